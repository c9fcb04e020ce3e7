# SPDX-License-Identifier: Apache-2.0
"""Who counts as the person who watches."""

import threading

import pytest
from agent_planner_interfaces.msg import OperatorRequest
from agent_planner_interfaces.srv import AnswerOperator
from rclpy.node import Node

from agent_planner.agent.requests import Question
from agent_planner.ros import operator_desk as module
from agent_planner.ros.names import NEWEST, recorder_name
from agent_planner.ros.operator_desk import OperatorDesk
from tests.ros.waits import eventually

STUCK = Question("stuck", "Take over, retry or give up?", ("take over", "retry", "give up"))


@pytest.fixture
def desk(node):
    desk = OperatorDesk(node, 1000.0)
    desk.configure()
    yield desk
    desk.release()


@pytest.fixture
def listen(node, desk):
    """Have a node of that name listen to the questions; returns once that is known."""
    nodes = []

    def listen(name):
        nodes.append(Node(name, namespace=node.get_namespace()))
        nodes[-1].create_subscription(OperatorRequest, "operator_requests", lambda message: None, NEWEST)
        assert eventually(lambda: node.count_subscribers("operator_requests") == len(nodes))

    yield listen
    for one in nodes:
        one.destroy_node()


def test_who_records_is_nobody(node, desk, listen, monkeypatch):
    monkeypatch.setattr(module, "_LISTENER_S", 0.0)
    for name in (recorder_name(node), "rosbag2_recorder", "rosbag2_recorder_7"):
        listen(name)
    assert not desk.is_watched
    assert desk.ask(STUCK, threading.Event()) is None
    assert desk.ask(Question("question", "where?"), threading.Event()) is None
    listen("loudspeaker")
    assert desk.is_watched


@pytest.mark.parametrize("name", ["agent_planner_console", "_ros2cli_4711", "rosbridge_websocket"])
def test_who_may_answer_is_somebody(desk, listen, name):
    listen(name)
    assert desk.is_watched


def test_an_answer_is_taken_once_and_for_its_own_question_alone(desk):
    def says(id_, answer):
        given = desk._take(AnswerOperator.Request(id=id_, answer=answer), AnswerOperator.Response())
        return given.success, given.message

    assert says("", "yes") == (False, "no question is open")
    desk._open = OperatorRequest(id="new", kind="approve_call", text="pick the cup?", options=["yes", "no"])
    assert says("old", "yes") == (False, "the question 'old' is not open; open: new (pick the cup?)")
    assert says("new", "sure") == (False, "answer with one of: yes, no")
    assert desk._answer is None
    assert says("new", " no ") == (True, "")
    assert says("new", "yes") == (False, "the question has been answered already")
    assert desk._answer == "no"
    desk._open, desk._answer = OperatorRequest(id="free", kind="question", text="where?"), None
    assert says("", "  ") == (False, "the answer is empty")
    assert says("", "on the shelf") == (True, "")
