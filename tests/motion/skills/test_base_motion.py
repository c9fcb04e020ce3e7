# SPDX-License-Identifier: Apache-2.0
import math

import pytest
from hypothesis import strategies as st

from agent_planner_motion.base.pursuit import DriveLimits
from agent_planner_motion.errors import MissingData, MotionError
from agent_planner_motion.skills.base_motion import BaseMotion
from agent_planner_motion.skills.job import CancelRequested
from agent_planner_motion.spatial import wrapped
from tests.motion.kinematic_robot import KinematicRobot
from tests.motion.properties import given

LIMITS = DriveLimits()


def moving(robot):
    return BaseMotion(robot, LIMITS)


@given(st.floats(-math.pi, math.pi), st.floats(-math.pi, math.pi))
def test_it_turns_the_short_way_to_a_heading_and_stops(start, goal):
    robot = KinematicRobot(pose=(0.0, 0.0, start))
    moving(robot).turn_to(goal, robot.job())
    assert wrapped(robot.pose.yaw - goal) == pytest.approx(0.0, abs=0.06)
    assert robot.velocity == (0.0, 0.0)
    assert all(linear == 0.0 and abs(angular) <= LIMITS.angular for _, linear, angular in robot.sent)
    assert abs(robot.pose.yaw - start) <= math.pi + 0.1


@given(st.floats(-math.pi, math.pi))
def test_it_comes_to_rest_at_a_heading_that_it_sees_late(goal):
    robot = KinematicRobot()
    robot.lag = 0.2
    moving(robot).turn_to(goal, robot.job())
    assert wrapped(robot.pose.yaw - goal) == pytest.approx(0.0, abs=0.09)
    assert robot.time < 12.0


@given(st.floats(-0.5, 0.5), st.floats(-math.pi, math.pi))
def test_it_drives_straight_on_or_back_and_tells_how_far(distance, yaw):
    robot = KinematicRobot(pose=(1.0, -1.0, yaw))
    driven = moving(robot).straight(distance, robot.job())
    along = (robot.pose.x - 1.0) * math.cos(yaw) + (robot.pose.y + 1.0) * math.sin(yaw)
    assert driven == pytest.approx(abs(along), abs=1e-6)
    assert along == pytest.approx(distance, abs=0.008)
    assert robot.velocity == (0.0, 0.0)
    assert all(abs(linear) <= 0.1 for _, linear, _ in robot.sent)


def test_what_does_not_give_way_ends_a_straight_drive():
    robot = KinematicRobot()
    robot.stuck = True
    assert moving(robot).straight(0.3, robot.job()) == pytest.approx(0.0)
    assert robot.velocity == (0.0, 0.0)
    assert robot.time < 5.0


def test_a_base_that_does_not_turn_is_told():
    robot = KinematicRobot()
    robot.stuck = True
    with pytest.raises(MotionError, match="NOT_REACHED: the base does not turn; 57° are missing"):
        moving(robot).turn_to(1.0, robot.job())
    assert robot.velocity == (0.0, 0.0)


@pytest.mark.parametrize(
    "motion", [lambda base, job: base.turn_to(3.0, job), lambda base, job: base.straight(-0.5, job)]
)
def test_cancelled_it_is_at_rest_before_that_is_passed_on(motion):
    robot = KinematicRobot()
    robot.cancel_at = robot.time + 1.0
    with pytest.raises(CancelRequested):
        motion(moving(robot), robot.job())
    assert robot.velocity == (0.0, 0.0)
    assert robot.time < robot.cancel_at + 0.5


def test_whatever_ends_a_motion_the_base_does_not_go_on():
    robot = KinematicRobot()
    base = robot.base

    def broken():
        if robot.velocity != (0.0, 0.0):
            robot.base = base
            raise ValueError("cannot convert float NaN to integer")
        return base()

    robot.base = broken
    with pytest.raises(ValueError, match="NaN"):
        moving(robot).straight(-0.5, robot.job())
    assert robot.velocity == (0.0, 0.0)


def test_without_odometry_a_cancel_stays_one_and_does_not_claim_rest():
    robot = KinematicRobot()
    robot.cancel_at = robot.time + 1.0

    def silent():
        raise MissingData("odom", 1.0)

    def lose():
        if robot.time >= robot.cancel_at:
            robot.base = silent

    robot.on_tick = lose
    with pytest.raises(CancelRequested) as ended:
        moving(robot).turn_to(3.0, robot.job())
    assert not ended.value.at_rest
    assert robot.velocity == (0.0, 0.0)


def test_stopping_tells_whether_the_base_came_to_rest():
    robot = KinematicRobot()
    robot.velocity = (0.3, 0.5)
    assert moving(robot).stop()
    assert robot.velocity == (0.0, 0.0)

    runaway = KinematicRobot()
    runaway.send_velocity = lambda linear, angular: None
    runaway.velocity = (0.3, 0.0)
    assert not moving(runaway).stop()
    assert runaway.time < 4.0
