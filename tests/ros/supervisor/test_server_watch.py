# SPDX-License-Identifier: Apache-2.0
"""Answers of servers that take their time, while a stop is sent to them again and again."""

from types import SimpleNamespace

import pytest
from action_msgs.srv import CancelGoal
from agent_planner_interfaces.msg import StopServer
from rclpy.task import Future
from std_srvs.srv import Trigger

from agent_planner.ros.server_watch import ActionServerWatch, StopServiceWatch

STOP, IN_A_SECOND = 1, 10  # times that it is sent


class Node:
    """Stands in for one, with a server that answers when a test says so."""

    def __init__(self):
        self.awaited = []

    def resolve_topic_name(self, name):
        return name

    def create_subscription(self, *_, **__):
        pass

    def create_client(self, kind, name, callback_group):
        def call(request):
            self.awaited.append(Future())
            return self.awaited[-1]

        return SimpleNamespace(
            service_is_ready=lambda: True, call_async=call, remove_pending_request=self.awaited.remove
        )


@pytest.mark.parametrize(
    ("watch", "answer"),
    [
        (lambda node: ActionServerWatch(node, "wave"), CancelGoal.Response()),
        (lambda node: StopServiceWatch(node, "wave", ["waving"]), Trigger.Response(success=True)),
    ],
    ids=["action", "service"],
)
def test_an_answer_after_a_second_counts(watch, answer):
    node = Node()
    watch = watch(node)
    watch.configure()
    for _ in range(IN_A_SECOND):
        watch.send_stop(STOP)
    assert watch.state(STOP).state == StopServer.NO_ANSWER
    assert len(node.awaited) == IN_A_SECOND, "the first is awaited still"
    node.awaited[0].set_result(answer)
    assert watch.state(STOP).state == StopServer.ENDED


def test_a_server_that_never_answers_costs_no_memory():
    node = Node()
    watch = StopServiceWatch(node, "wave", [])  # type: ignore[arg-type]
    watch.configure()
    for _ in range(100 * IN_A_SECOND):
        watch.send_stop(STOP)
    assert len(node.awaited) < 10 * IN_A_SECOND
