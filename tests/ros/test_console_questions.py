# SPDX-License-Identifier: Apache-2.0
"""Which questions a console shows."""

import pytest
from agent_planner_interfaces.msg import OperatorRequest, PlanStatus
from builtin_interfaces.msg import Time
from std_msgs.msg import Header

from agent_planner.ros.console_questions import ConsoleQuestions
from agent_planner.ros.names import NEWEST
from tests.ros.waits import eventually

HELP = OperatorRequest(id="a", kind="help", text="Please put the cup on me.", options=["done", "cannot"])


@pytest.fixture
def publish(node):
    publisher = node.create_publisher(OperatorRequest, "help_requests", NEWEST)
    yield publisher.publish
    node.destroy_publisher(publisher)


def test_a_request_that_is_closed_is_shown_no_more(node, publish):
    told = []
    ConsoleQuestions(node, 10.0, told.append)
    publish(HELP)
    assert eventually(lambda: told and [one["id"] for one in told[-1]] == ["a"])
    publish(OperatorRequest(id="a"))
    assert eventually(lambda: told[-1] == [])


def test_a_request_for_a_hand_is_open_for_as_long_as_its_topic_says(node, publish):
    told = []
    questions = ConsoleQuestions(node, 0.0, told.append)  # the planner's own are over at once
    publish(HELP)
    assert eventually(lambda: told)
    waits = PlanStatus(state="EXECUTING", header=Header(stamp=Time(sec=1000)))
    questions.status(waits)
    questions.look()
    (question,) = questions.told()
    assert (question["id"], question["remaining_s"]) == ("a", None)
    publish(OperatorRequest(id="a"))
    assert eventually(lambda: told[-1] == [])


def test_a_question_of_the_planners_is_open_for_as_long_as_it_waits(node):
    told = []
    questions = ConsoleQuestions(node, 0.0, told.append)
    publisher = node.create_publisher(OperatorRequest, "operator_requests", NEWEST)
    publisher.publish(OperatorRequest(id="a", kind="stuck", options=["retry", "give up"]))
    assert eventually(lambda: told)
    assert [one["remaining_s"] for one in questions.told()] == [0.0]
    questions.look()
    assert questions.told() == told[-1] == []
    node.destroy_publisher(publisher)


def test_a_request_that_was_closed_before_is_never_shown(node, publish):
    publish(OperatorRequest(id="a"))
    told = []
    questions = ConsoleQuestions(node, 10.0, told.append)
    publish(HELP)
    assert eventually(lambda: told)
    assert len(told) == 1 and [one["id"] for one in questions.told()] == ["a"]
    publish(OperatorRequest(id="b"))
    publish(OperatorRequest(id="a"))
    assert eventually(lambda: questions.told() == [])
    assert all(one["kind"] for shown in told for one in shown)
