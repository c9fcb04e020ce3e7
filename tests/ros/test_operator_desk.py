# SPDX-License-Identifier: Apache-2.0
"""Who counts as the person who watches."""

import threading

import pytest
from agent_planner_interfaces.msg import OperatorRequest
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
