# SPDX-License-Identifier: Apache-2.0
"""The arm is held, and rest is what is measured."""

from types import SimpleNamespace

import pytest
from agent_planner_interfaces.msg import RestState
from nav_msgs.msg import Odometry
from sensor_msgs.msg import JointState
from trajectory_msgs.msg import JointTrajectory

from agent_planner.ros import rest_watch
from agent_planner.ros.rest_watch import RestLimits, RestWatch
from agent_planner.testing.fake_action import Ending
from tests.clock import Clock
from tests.ros.supervisor.measured import JOINTS
from tests.ros.waits import answer_of, eventually


def test_the_arm_is_held_by_one_point_where_it_was_measured(
    start_supervisor, listen, measure, reports, trigger, monkeypatch
):
    commands = listen(JointTrajectory, "arm_controller/joint_trajectory")
    supervisor, _ = start_supervisor(arm_joints=JOINTS)
    assert eventually(lambda: supervisor._report(None).arm.state == RestState.AT_REST)
    with monkeypatch.context() as still:
        # Where a busy machine leaves a gap in the measurements, the arm has to be seen at rest again.
        still.setattr(supervisor._path._rest, "arm", lambda: RestState(state=RestState.AT_REST))
        assert eventually(lambda: supervisor._path._rest.positions() is not None)
        trigger("stop")
        assert eventually(lambda: len(reports.messages) > 10)
        (command,) = commands.messages  # it is at rest: once is enough
    (point,) = command.points
    assert (command.joint_names, list(point.positions)) == (JOINTS, [0.5, -0.5])
    assert point.time_from_start.sec + point.time_from_start.nanosec > 0
    measure.joint, measure.position = 0.4, 0.55  # it coasts
    assert list(commands.next(lambda m: True).points[0].positions) == [0.5, -0.5]
    measure.position = 0.9  # somebody moves it
    commands.next(lambda m: list(m.points[0].positions) == [0.9, -0.9])
    measure.joint = 0.0
    reports.next(lambda m: m.arm.state == RestState.AT_REST)


def test_an_arm_with_a_trajectory_action_is_held_by_its_cancel(start_supervisor, node, measure, serve, send, trigger):
    server = serve("arm_controller/follow_joint_trajectory", ending=Ending.HANG)
    assert answer_of(send("arm_controller/follow_joint_trajectory")).accepted
    start_supervisor(arm_joints=JOINTS, arm_action="arm_controller/follow_joint_trajectory")
    trigger("stop")
    assert eventually(lambda: server.ended == ["canceled"])
    assert not node.count_publishers("arm_controller/joint_trajectory")


def test_an_arm_whose_joints_are_not_named_is_not_known_to_rest(start_supervisor, measure, reports, trigger):
    start_supervisor(arm_action="arm_controller/follow_joint_trajectory")
    trigger("stop")
    report = reports.until(lambda m: m.active and m.base.state == RestState.AT_REST)
    assert (report.arm.state, report.at_rest) == (RestState.UNKNOWN, False)
    assert "the parameter arm_joints is not set" in report.arm.detail


def test_without_an_arm_the_base_alone_has_to_rest(start_supervisor, measure, reports, trigger):
    start_supervisor()
    trigger("stop")
    report = reports.until(lambda m: m.active and m.base.state == RestState.AT_REST)
    assert (report.arm.state, report.at_rest) == (RestState.NONE, True)


def test_moving_at_rest_and_not_known_are_told_apart(start_supervisor, measure, reports, trigger):
    measure.linear = 0.2
    start_supervisor(arm_joints=JOINTS)
    trigger("stop")
    report = reports.until(lambda m: m.active and m.arm.state == RestState.AT_REST)
    assert (report.base.state, report.at_rest) == (RestState.MOVING, False)
    assert report.base.speed == pytest.approx(0.2) and report.base.age_s >= 0
    answer = trigger("reset_stop")
    assert not answer.success and "the base moves (0.20 m/s" in answer.message
    measure.linear = float("nan")
    assert reports.next(lambda m: m.base.speed != m.base.speed).base.state == RestState.MOVING
    measure.linear = 0.0
    assert reports.until(lambda m: m.base.state == RestState.AT_REST).at_rest
    measure.odometry = False
    report = reports.next(lambda m: m.base.state == RestState.UNKNOWN)
    assert not report.at_rest and "the newest on 'odom' is" in report.base.detail
    # What is not known is not measured motion; and the arm, where the test was held up, has to be seen at rest again.
    assert eventually(lambda: trigger("reset_stop").success)


def test_a_velocity_that_is_no_number_is_worked_out_from_positions():
    """As joint_state_broadcaster tells of a joint without a velocity interface."""
    watch = RestWatch(None, JOINTS, RestLimits(settled_s=0.0))  # type: ignore[arg-type]

    def told(second, elbow):
        message = JointState(name=JOINTS, position=[0.5, elbow], velocity=[0.0, float("nan")])
        message.header.stamp.sec = second
        watch._on_joints(message)
        return watch.arm()

    assert told(1, 0.2).state == RestState.UNKNOWN, "of one position nothing follows"
    assert told(2, 0.2).state == RestState.AT_REST
    moves = told(3, 0.5)
    assert (moves.state, moves.speed) == (RestState.MOVING, pytest.approx(0.3))
    told(4, 3.14)
    assert told(5, -3.14).state == RestState.AT_REST, "an angle that is counted from -pi to pi"


@pytest.fixture
def clock(monkeypatch):
    clock = Clock(100.0)
    monkeypatch.setattr(rest_watch, "time", SimpleNamespace(monotonic=clock))
    return clock


@pytest.fixture
def watch(clock):
    """Nothing but what a test tells it, at the times that it says."""
    return RestWatch(None, JOINTS, RestLimits(settled_s=0.2, fresh_s=0.5))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("x", "y", "yaw", "speed"), [(-0.2, 0.0, 0.0, 0.2), (0.0, 0.2, 0.0, 0.2), (0.0, 0.0, -0.3, 0.3), (0, 0, 0.015, 0)]
)
def test_a_base_moves_that_goes_back_sideways_or_turns(watch, clock, x, y, yaw, speed):
    message = Odometry()
    message.twist.twist.linear.x, message.twist.twist.linear.y, message.twist.twist.angular.z = x, y, yaw
    for _ in range(4):
        watch._on_odometry(message)
        clock.now += 0.1
    base = watch.base()
    if speed:
        assert (base.state, base.speed) == (RestState.MOVING, pytest.approx(speed))
    else:
        assert base.state == RestState.AT_REST, "so slow a turn is noise"


def test_rest_has_to_last_and_a_gap_proves_nothing(watch, clock):
    def still():
        watch._on_odometry(Odometry())
        return watch.base().state

    assert still() == RestState.MOVING
    clock.now += 0.15
    assert still() == RestState.MOVING
    clock.now += 0.1
    assert still() == RestState.AT_REST
    clock.now += 0.6
    assert watch.base().state == RestState.UNKNOWN
    assert still() == RestState.MOVING, "nobody saw what it did meanwhile"


def test_an_arm_is_held_only_where_it_was_measured_a_moment_ago(watch, clock):
    assert watch.positions() is None
    watch._on_joints(JointState(name=JOINTS, position=[0.5, 0.2], velocity=[-0.4, 0.0]))
    assert (watch.arm().state, watch.arm().speed) == (RestState.MOVING, pytest.approx(0.4))
    assert watch.positions() == (0.5, 0.2)
    clock.now += 0.6
    assert watch.positions() is None


def test_each_joint_may_be_told_of_by_a_publisher_of_its_own(watch, clock):
    def tell(**speeds):
        watch._on_joints(JointState(name=list(speeds), position=[0.5] * len(speeds), velocity=list(speeds.values())))
        return watch.arm()

    for _ in range(4):
        tell(shoulder=0.0)
        clock.now += 0.1
    arm = watch.arm()
    assert (arm.state, arm.detail, arm.age_s) == (RestState.UNKNOWN, "no speed of elbow came on 'joint_states'", -1.0)
    assert watch.positions() is None
    assert tell(elbow=0.4).state == RestState.MOVING
    assert watch.positions() == (0.5, 0.5)
    for _ in range(4):
        tell(shoulder=0.0)
        arm = tell(elbow=0.01)
        clock.now += 0.1
    assert (arm.state, arm.speed) == (RestState.AT_REST, 0.01)
    for _ in range(6):
        arm = tell(shoulder=0.0)
        clock.now += 0.1
    assert (arm.state, arm.detail) == (RestState.UNKNOWN, "the newest of elbow on 'joint_states' is 0.6 s old")
    assert watch.positions() is None
    assert tell(shoulder=0.2).state == RestState.MOVING, "one that is seen to move goes first"


def test_an_empty_name_is_no_joint(start_supervisor, reports, trigger):
    start_supervisor(arm_joints=[""])
    trigger("stop")
    assert reports.until(lambda m: m.active).arm.state == RestState.NONE


def test_without_measurements_nothing_is_known(start_supervisor, reports, trigger):
    start_supervisor(arm_joints=JOINTS)
    trigger("stop")
    report = reports.until(lambda m: m.active)
    assert (report.base.state, report.arm.state) == (RestState.UNKNOWN, RestState.UNKNOWN)
    assert (report.base.age_s, report.base.detail) == (-1.0, "nothing came on 'odom'")


def test_a_fixed_base_has_no_rest_to_be_seen_and_needs_no_odometry(
    start_supervisor, node, namespace, measure, reports, trigger
):
    measure.odometry = False
    start_supervisor(base="fixed", arm_joints=JOINTS)
    trigger("stop")
    report = reports.until(lambda m: m.active and m.arm.state == RestState.AT_REST)
    assert (report.base.state, report.at_rest) == (RestState.NONE, True)
    assert report.base.detail == "the base is fixed (parameter base)"
    assert node.count_subscribers(f"{namespace}/odom") == 0
    measure.joint = 0.4
    assert not reports.next(lambda m: m.arm.state == RestState.MOVING).at_rest
    measure.joint = 0.0
    assert eventually(lambda: trigger("reset_stop").success)
