# SPDX-License-Identifier: Apache-2.0
"""A cancel that comes while a goal is just being accepted."""

import threading

import pytest
from action_msgs.msg import GoalStatus
from agent_planner_interfaces.action import Pick
from rclpy.action.client import ClientGoalHandle
from rclpy.action.server import CancelResponse, ServerGoalHandle
from rclpy.callback_groups import ReentrantCallbackGroup
from unique_identifier_msgs.msg import UUID

from agent_planner.ros.action_client import SafeActionClient
from agent_planner.ros.action_server import AnsweringActionServer
from tests.ros.waits import SECONDS, answer_of

ID = UUID(uuid=list(range(16)))


@pytest.fixture
def client(node):
    client = SafeActionClient(node, Pick, "wave")
    yield client
    client.destroy()


@pytest.fixture
def serve(node):
    """Serve a goal that hangs until it is cancelled; returns the server."""
    servers = []
    closing = threading.Event()

    def execute(handle):
        while not (handle.is_cancel_requested or closing.wait(0.01)):
            pass
        handle.canceled() if handle.is_cancel_requested else handle.abort()
        return Pick.Result()

    def start():
        server = AnsweringActionServer(
            node,
            Pick,
            "wave",
            execute,
            cancel_callback=lambda _: CancelResponse.ACCEPT,
            callback_group=ReentrantCallbackGroup(),
        )
        servers.append(server)
        return server

    yield start
    closing.set()
    for server in servers:
        server.destroy()


@pytest.mark.parametrize("moment", ["__init__", "execute"])
def test_a_cancel_in_the_midst_of_acceptance_counts(client, serve, monkeypatch, moment):
    """The goal's thread is held up there until the cancel has come (or would have, were it not kept waiting)."""
    server = serve()
    assert client.wait_for_server(SECONDS)
    cancels = []
    step = getattr(ServerGoalHandle, moment)
    state = ServerGoalHandle._update_state

    def hold_up():
        handled = threading.Event()
        cancels.append(client._cancel_goal_async(ClientGoalHandle(client, ID, None)))
        cancels[0].add_done_callback(lambda _: handled.set())
        handled.wait(0.5)

    def created(handle, *args):
        step(handle, *args)
        # rcl knows the goal now; rclpy looks for it in its own table, where it is not yet.
        server._lock.release()
        hold_up()
        server._lock.acquire()

    def executed(handle, *args):
        def update(handle, event):
            if event.name == "EXECUTE":
                hold_up()
            state(handle, event)

        monkeypatch.setattr(ServerGoalHandle, "_update_state", update)
        step(handle, *args)

    monkeypatch.setattr(ServerGoalHandle, moment, created if moment == "__init__" else executed)
    handle = answer_of(client.send_goal_async(Pick.Goal(), goal_uuid=ID))
    result = answer_of(handle.get_result_async())
    assert result.status == GoalStatus.STATUS_CANCELED
    assert len(answer_of(cancels[0]).goals_canceling) == 1
