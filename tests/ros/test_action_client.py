# SPDX-License-Identifier: Apache-2.0
"""An action client that is destroyed at the worst moment."""

import threading

from agent_planner_interfaces.action import Pick

from agent_planner.ros.action_client import SafeActionClient
from tests.ros.waits import SECONDS


def test_a_client_destroyed_as_its_answer_comes_holds_up_nothing_else(node, serve):
    serve()
    client = SafeActionClient(node, Pick, "wave")
    assert client.wait_for_server(SECONDS)
    take, destroyed = client.take_data, threading.Event()

    def destroyed_first():
        client.destroy()
        # The executor lets go of it in its next round, which is not held up by this thread of it.
        destroyed.wait(0.5)
        destroyed.set()
        return take()

    client.take_data = destroyed_first
    client.send_goal_async(Pick.Goal())
    assert destroyed.wait(SECONDS)
    ticked = threading.Event()
    node.create_timer(0.01, ticked.set)
    assert ticked.wait(SECONDS)
