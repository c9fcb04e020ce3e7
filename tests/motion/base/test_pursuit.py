# SPDX-License-Identifier: Apache-2.0
import math

import numpy as np
import pytest
from hypothesis import assume
from hypothesis import strategies as st

from agent_planner_motion.base.path import resampled
from agent_planner_motion.base.pose import Pose2
from agent_planner_motion.base.pursuit import DriveLimits, Pursuit
from agent_planner_motion.spatial import wrapped
from tests.motion.properties import given

PERIOD = 0.05
LIMITS = DriveLimits()
CORNERS = st.lists(st.tuples(st.floats(-2, 2), st.floats(-2, 2)), min_size=1, max_size=4)
YAW = st.floats(-math.pi, math.pi)


def drive(pursuit, pose, seconds=90.0, period=PERIOD, late=0):
    """Let a base do exactly what is asked, seen so many periods late; return its poses and the commands."""
    poses, commands = [pose], []
    for _ in range(round(seconds / period)):
        linear, angular = pursuit.step(poses[max(0, len(poses) - 1 - late)], period, late * period)
        commands.append((linear, angular))
        if pursuit.done:
            break
        middle = pose.yaw + angular * period / 2
        x, y = pose.x + linear * period * math.cos(middle), pose.y + linear * period * math.sin(middle)
        pose = Pose2(x, y, wrapped(pose.yaw + angular * period))
        poses.append(pose)
    return poses, np.array(commands)


def path_of(*points):
    return resampled(np.array(points, dtype=float))


@given(CORNERS, YAW, YAW, examples=40)
def test_it_arrives_within_the_limits_and_comes_to_rest(corners, start_yaw, final_yaw):
    path = path_of((0.0, 0.0), *corners)
    pursuit = Pursuit(path, final_yaw, LIMITS, PERIOD)
    poses, commands = drive(pursuit, Pose2(0.0, 0.0, start_yaw))
    assert pursuit.done
    assert commands[-1] == pytest.approx((0.0, 0.0))
    assert poses[-1].distance(*path[-1]) <= 0.085
    assert abs(wrapped(poses[-1].yaw - final_yaw)) <= 0.035
    assert (np.abs(commands[:, 0]) <= LIMITS.linear + 1e-9).all()
    assert (np.abs(commands[:, 1]) <= LIMITS.angular + 1e-9).all()
    changes = np.abs(np.diff(commands, axis=0, prepend=0.0)) / PERIOD
    assert (changes[:, 0] <= LIMITS.acceleration * 1.5 + 1e-9).all()
    assert (changes[:, 1] <= LIMITS.angular_acceleration + 1e-9).all()
    assert (commands[:, 0] >= 0.0).all(), "it does not drive where it does not look"


@given(CORNERS, YAW)
def test_it_stays_near_the_path(corners, start_yaw):
    path = path_of((0.0, 0.0), *corners)
    poses, _ = drive(Pursuit(path, None, LIMITS, PERIOD), Pose2(0.0, 0.0, start_yaw))
    beside = [np.linalg.norm(path - np.array(p[:2]), axis=1).min() for p in poses]
    assert max(beside) < 0.20


def turns_back(*corners):
    """Whether a path goes back nearly where it came from, as no planner's does."""
    ways = np.diff(np.array(corners), axis=0)
    headings = np.arctan2(ways[:, 1], ways[:, 0])
    return any(abs(wrapped(turn)) > 2.4 for turn in np.diff(headings))


@given(CORNERS, YAW, YAW, st.sampled_from([(0.1, 2), (0.25, 2)]))
def test_it_arrives_too_where_it_is_asked_seldom_and_sees_late(corners, start_yaw, final_yaw, delays):
    assume(not turns_back((0.0, 0.0), *corners))
    path = path_of((0.0, 0.0), *corners)
    pursuit = Pursuit(path, final_yaw, LIMITS, PERIOD)
    period, late = delays
    poses, commands = drive(pursuit, Pose2(0.0, 0.0, start_yaw), seconds=300.0, period=period, late=late)
    assert pursuit.done, "it swings to and fro"
    assert poses[-1].distance(*path[-1]) <= 0.12
    assert abs(wrapped(poses[-1].yaw - final_yaw)) <= 0.06
    changes = np.abs(np.diff(commands, axis=0, prepend=0.0)) / period
    assert (changes[:, 1] <= LIMITS.angular_acceleration + 1e-9).all()


@given(st.floats(-3.2, 3.2), st.floats(-3.2, 3.2))
def test_turning_slows_down_towards_the_end_and_never_the_wrong_way(one, other):
    for error in (one, other):
        assert LIMITS.turn(error) * error >= 0.0
        assert abs(LIMITS.turn(error)) <= LIMITS.angular
        assert abs(LIMITS.turn(error)) <= math.sqrt(2 * LIMITS.angular_braking * abs(error)) + 1e-9
    if abs(one) <= abs(other):
        assert abs(LIMITS.turn(one)) <= abs(LIMITS.turn(other)) + 1e-9


def test_along_a_straight_way_it_ends_where_it_should():
    path = path_of((0.0, 0.0), (2.0, 0.0))
    poses, commands = drive(Pursuit(path, 0.0, LIMITS, PERIOD), Pose2(0.0, 0.0, 0.0))
    assert poses[-1].x == pytest.approx(2.0, abs=0.02)
    assert poses[-1].y == pytest.approx(0.0, abs=0.01)
    assert commands[:, 0].max() == pytest.approx(LIMITS.linear)


def test_what_is_behind_it_turns_to_first():
    pursuit = Pursuit(path_of((0.0, 0.0), (-1.0, 0.0)), None, LIMITS, PERIOD)
    _, commands = drive(pursuit, Pose2(0.0, 0.0, 0.0))
    moving = np.argmax(commands[:, 0] > 0.0)
    assert commands[:moving, 1].max() == pytest.approx(LIMITS.angular) or commands[:moving, 1].min() == pytest.approx(
        -LIMITS.angular
    )


def test_the_remaining_way_shrinks_to_nothing():
    path = path_of((0.0, 0.0), (1.0, 0.0), (1.0, 1.0))
    pursuit = Pursuit(path, None, LIMITS, PERIOD)
    assert pursuit.remaining(Pose2(0.0, 0.0, 0.0)) == pytest.approx(2.0, abs=0.01)
    poses, _ = drive(pursuit, Pose2(0.0, 0.0, 0.0))
    assert pursuit.remaining(poses[-1]) < 0.1


def test_an_end_that_was_passed_at_a_distance_is_told_and_not_crept_around():
    pursuit = Pursuit(path_of((0.0, 0.0), (1.0, 0.0)), 0.0, LIMITS, PERIOD)
    drive(pursuit, Pose2(0.0, 0.0, 0.0), seconds=1.5)
    _, commands = drive(pursuit, Pose2(1.01, 0.15, 0.0), seconds=2.0)
    assert pursuit.missed
    assert not pursuit.done
    assert commands[-1] == pytest.approx((0.0, 0.0))


def test_a_short_way_to_a_point_behind_is_turned_to_and_not_missed():
    pursuit = Pursuit(path_of((0.0, 0.0), (-0.1, 0.0)), None, LIMITS, PERIOD)
    drive(pursuit, Pose2(0.0, 0.0, 0.0))
    assert pursuit.done
    assert not pursuit.missed


def test_a_way_of_no_length_is_a_turn():
    pursuit = Pursuit(np.array([[0.5, 0.5], [0.5, 0.5]]), 1.0, LIMITS, PERIOD)
    poses, commands = drive(pursuit, Pose2(0.5, 0.5, -1.0))
    assert pursuit.done
    assert (commands[:, 0] == 0.0).all()
    assert poses[-1].yaw == pytest.approx(1.0, abs=0.035)


def test_the_later_it_sees_the_slower_it_goes():
    def fastest(age):
        pursuit = Pursuit(path_of((0.0, 0.0), (3.0, 0.0)), None, LIMITS, PERIOD)
        return max(pursuit.step(Pose2(0.0, 0.0, 0.0), PERIOD, age)[0] for _ in range(100))

    assert fastest(0.0) == fastest(0.1) == pytest.approx(LIMITS.linear)
    assert fastest(0.5) == pytest.approx(LIMITS.linear * 0.25 / 0.55)


def test_its_command_is_the_last_one():
    pursuit = Pursuit(path_of((0.0, 0.0), (1.0, 0.0)), None, LIMITS, PERIOD)
    assert pursuit.command == (0.0, 0.0)
    assert pursuit.step(Pose2(0.0, 0.0, 0.5)) == pursuit.command != (0.0, 0.0)
