# SPDX-License-Identifier: Apache-2.0
"""The stop latch and the last word on the base's velocity."""

import pytest
from diagnostic_msgs.msg import DiagnosticArray, DiagnosticStatus
from geometry_msgs.msg import Twist
from rclpy.executors import SingleThreadedExecutor
from rclpy.parameter import Parameter
from rclpy.qos import QoSProfile, ReliabilityPolicy
from std_msgs.msg import String

from agent_planner.ros.process import spinning
from agent_planner.ros.stop_path import StopPath
from agent_planner.ros.supervisor_node import SupervisorNode
from tests.ros.waits import eventually


def test_nothing_is_stopped_at_first_and_a_stop_lasts_until_a_reset(start_supervisor, active, reports, trigger):
    start_supervisor()
    assert not active.until(lambda m: True).data
    answer = trigger("stop")
    assert answer.success and "stop 1: sent zero velocity" in answer.message
    active.next(lambda m: m.data)
    assert len(active.messages) < 50
    report = reports.until(lambda m: m.active)
    assert (report.number, report.reason) == (1, "the service 'stop' was called")
    answer = trigger("reset_stop")
    assert (answer.success, answer.message) == (True, "stop 1 was reset")
    active.next(lambda m: not m.data)
    assert eventually(lambda: not reports.messages[-1].active)
    assert trigger("reset_stop").message == "nothing was stopped"


def test_while_stopped_the_base_stands_whatever_comes_in(start_supervisor, node, velocities, trigger):
    start_supervisor()
    inputs = [node.create_publisher(Twist, name, 1) for name in ("cmd_vel_skills", "cmd_vel_teleop")]
    fast = Twist()
    fast.linear.x = 0.3
    node.create_timer(0.02, lambda: [publisher.publish(fast) for publisher in inputs])
    velocities.until(lambda m: m.linear.x == 0.3)
    trigger("stop")
    velocities.next(lambda m: m.linear.x == 0.0)
    velocities.messages.clear()
    assert eventually(lambda: len(velocities.messages) >= 60)
    assert {m.linear.x for m in velocities.messages} == {0.0}
    assert trigger("reset_stop").success
    velocities.next(lambda m: m.linear.x == 0.3)


@pytest.mark.parametrize("kind", [ReliabilityPolicy.RELIABLE, ReliabilityPolicy.BEST_EFFORT])
def test_a_request_with_a_reason_stops_as_well(start_supervisor, node, reports, trigger, kind):
    start_supervisor()
    publisher = node.create_publisher(String, "stop_request", QoSProfile(depth=10, reliability=kind))
    heard_by = 2 if kind is ReliabilityPolicy.RELIABLE else 1
    assert eventually(lambda: publisher.get_subscription_count() == heard_by)
    publisher.publish(String(data="a person\nin the way"))
    assert reports.until(lambda m: m.active).reason == "a person in the way"
    trigger("stop")
    assert reports.next(lambda m: m.active).reason == "a person in the way; the service 'stop' was called"


def test_a_supervisor_that_was_respawned_begins_stopped(start_supervisor, active, velocities, trigger):
    start_supervisor(start_stopped=True)
    assert active.until(lambda m: True).data
    assert trigger("reset_stop").success
    active.next(lambda m: not m.data)


def test_a_supervisor_that_has_just_begun_does_not_take_servers_for_missing(namespace, trigger, reports):
    supervisor = SupervisorNode(namespace=namespace, parameter_overrides=[Parameter("start_stopped", value=True)])
    supervisor._path.__class__ = type("Young", (StopPath,), {"looked_round": False})
    supervisor.start()
    with spinning(SingleThreadedExecutor(), supervisor):
        answer = trigger("reset_stop")
        assert not answer.success
        assert answer.message == "not reset: the supervisor has just begun to look for servers"
        assert not reports.until(lambda m: m.active).all_ended
    supervisor.destroy_node()


def test_who_sends_past_the_supervisor_and_who_else_for_the_skills_is_named(start_supervisor, node, listen, namespace):
    diagnosed = listen(DiagnosticArray, "/diagnostics")

    def until(text):
        line = lambda m: next(s for s in m.status if s.name.endswith("supervisor: input"))  # noqa: E731
        ours = lambda m: any(s.name == f"{namespace[1:]}/supervisor: input" for s in m.status)  # noqa: E731
        return line(diagnosed.next(lambda m: ours(m) and line(m).message == text)).level

    start_supervisor()
    assert until("silent") == DiagnosticStatus.OK
    test = f"{namespace}/test"
    skills = [node.create_publisher(Twist, "cmd_vel_skills", 1) for _ in range(2)]
    assert until(f"'cmd_vel_skills' has more than one publisher: {test}, {test}") == DiagnosticStatus.WARN
    past = node.create_publisher(Twist, "cmd_vel", 1)
    told = f"'cmd_vel' is published past the supervisor, which no stop holds: {test}"
    assert until(told) == DiagnosticStatus.ERROR
    node.destroy_publisher(past)
    node.destroy_publisher(skills[0])
    assert until("silent") == DiagnosticStatus.OK
