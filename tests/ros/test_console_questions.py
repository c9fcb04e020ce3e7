# SPDX-License-Identifier: Apache-2.0
"""Which questions a console shows."""

import pytest
from agent_planner_interfaces.msg import OperatorRequest

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
