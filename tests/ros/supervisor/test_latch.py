# SPDX-License-Identifier: Apache-2.0
"""The stop latch and the last word on the base's velocity."""

from geometry_msgs.msg import Twist
from rclpy.executors import SingleThreadedExecutor
from rclpy.parameter import Parameter
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
    inputs = [node.create_publisher(Twist, name, 1) for name in ("cmd_vel_nav", "cmd_vel_teleop")]
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


def test_a_request_with_a_reason_stops_as_well(start_supervisor, node, reports, trigger):
    start_supervisor()
    publisher = node.create_publisher(String, "stop_request", 10)
    assert eventually(lambda: publisher.get_subscription_count() == 1)
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
