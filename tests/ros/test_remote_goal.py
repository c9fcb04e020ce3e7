# SPDX-License-Identifier: Apache-2.0
"""A goal at a server, as its client sees it; what skills make of it is in test_dispatcher."""

from agent_planner_interfaces.action import Pick

from agent_planner.ros.action_client import SafeActionClient
from agent_planner.ros.remote_goal import RemoteGoal
from agent_planner.testing.fake_action import Ending
from tests.ros.waits import SECONDS
from tests.waits import eventually


def test_a_server_that_was_started_anew_has_ended_what_it_does_not_know(node, serve):
    first = serve(ending=Ending.HANG, ends_on_cancel=False)
    client = SafeActionClient(node, Pick, "wave")
    assert client.wait_for_server(SECONDS)
    goal = RemoteGoal(client, Pick.Goal(), lambda feedback: None)
    goal.send()
    assert first.running.wait(SECONDS)
    first.vanish()
    serve()

    def over():
        goal.cancel()
        return goal.ended.is_set()

    assert eventually(over, SECONDS)
