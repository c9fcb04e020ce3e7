# SPDX-License-Identifier: Apache-2.0
"""A goal at a server, as its client sees it; what skills make of it is in test_dispatcher."""

import pytest
from action_msgs.msg import GoalStatus
from agent_planner_interfaces.action import Pick

from agent_planner.ros.action_client import SafeActionClient
from agent_planner.ros.remote_goal import RemoteGoal
from agent_planner.testing.fake_action import Ending
from tests.ros.waits import SECONDS
from tests.waits import eventually


@pytest.fixture
def begin(node):
    """Call it with a server; returns a goal of it that runs."""

    def begin(server):
        client = SafeActionClient(node, Pick, "wave")
        assert client.wait_for_server(SECONDS)
        goal = RemoteGoal(client, Pick.Goal(), lambda feedback: None)
        goal.send()
        assert server.running.wait(SECONDS)
        return goal

    return begin


def test_a_server_that_was_started_anew_has_ended_what_it_does_not_know(begin, serve):
    first = serve(ending=Ending.HANG, ends_on_cancel=False)
    goal = begin(first)
    first.vanish()
    serve()

    def over():
        goal.cancel()
        return goal.ended.is_set()

    assert eventually(over, SECONDS)


def test_the_successor_of_a_server_that_was_killed_is_asked_for_the_result(begin, serve):
    first = serve(ending=Ending.HANG)
    goal = begin(first)
    first.is_dead = True
    serve()
    assert eventually(lambda: goal.server_is_there() and goal.ended.is_set(), SECONDS)
    assert goal.forgotten


def test_a_server_that_seems_new_is_asked_a_few_times_and_answers_at_its_end(begin, serve):
    server = serve(ending=Ending.HANG)
    goal = begin(server)
    requests = goal._client._pending_result_requests
    goal._servers = frozenset()
    assert eventually(lambda: goal.server_is_there() and len(requests) == 4, SECONDS), "its own, and three more"
    goal._looked = float("-inf")
    assert goal.server_is_there() and len(requests) == 4
    server.closing.set()
    assert goal.ended.wait(SECONDS)
    assert goal.response.status == GoalStatus.STATUS_ABORTED and not goal.forgotten


def test_where_another_server_knows_nothing_the_goal_is_ended_at_its_own(begin, serve):
    own = serve(ending=Ending.HANG)
    goal = begin(own)
    serve()
    assert eventually(lambda: goal.server_is_there() and goal.ended.is_set(), SECONDS)
    assert goal.forgotten
    assert eventually(lambda: own.ended == ["canceled"], SECONDS)
