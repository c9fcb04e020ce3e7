# SPDX-License-Identifier: Apache-2.0
"""Joints of which one or several publishers tell, with velocities or without."""

import math

import numpy as np
import pytest
from sensor_msgs.msg import JointState

from agent_planner_motion.errors import MissingData
from agent_planner_motion.ros.joint_readings import JointReadings

NOW = 100.0


@pytest.fixture
def readings():
    return JointReadings(("elbow", "finger"))


def state(positions, stamp=NOW, velocity=()):
    message = JointState(name=list(positions), position=list(positions.values()), velocity=list(velocity))
    message.header.stamp.sec = int(stamp)
    message.header.stamp.nanosec = round(stamp % 1 * 1e9)
    return message


def moving(readings, rate, seconds, period, heard=0.0):
    """Tell of both joints at a constant rate, without velocities; new positions only every so many seconds."""
    for t in np.arange(0.0, seconds, period):
        at = rate * (t if not heard else t - t % heard)
        readings.take(state({"elbow": at, "finger": 0.0}, NOW + t))
    return readings.read(NOW + seconds)


def test_arm_and_gripper_may_have_publishers_of_their_own(readings):
    readings.take(state({"elbow": 1.0}, NOW - 0.2, [0.5]))
    assert readings.stamp is None
    with pytest.raises(MissingData, match=r"joint_states \(without finger\)"):
        readings.read(NOW)
    readings.take(state({"finger": 0.02, "wheel": 7.0}, velocity=[0.1, 9.0]))
    measured = readings.read(NOW)
    assert measured.positions == pytest.approx([1.0, 0.02])
    assert measured.rates == pytest.approx([0.5, 0.1])
    assert measured.stamp == readings.stamp == pytest.approx(NOW - 0.2), "the older of the two"


def test_one_of_two_publishers_that_falls_silent_is_told_by_its_joint(readings):
    readings.take(state({"elbow": 1.0}))
    readings.take(state({"finger": 0.0}, NOW - 3.0))
    with pytest.raises(MissingData, match=r"nothing came on 'joint_states \(without finger\)' for 3.0 s"):
        readings.read(NOW)


def test_joints_from_a_clock_that_is_ahead_count_for_nothing(readings):
    readings.take(state({"elbow": 1.0}))
    readings.take(state({"finger": 0.0}, NOW + 3.0))
    with pytest.raises(MissingData, match="the clock that stamps 'joint_states' is 3.0 s ahead of ours"):
        readings.read(NOW)


@pytest.mark.parametrize("position", [math.nan, math.inf])
def test_a_position_that_is_no_number_counts_as_none(readings, position):
    readings.take(state({"elbow": position, "finger": 0.0}))
    with pytest.raises(MissingData, match=rf"'joint_states' has 'elbow' at {position}, where a finite position should"):
        readings.read(NOW)


def test_names_without_positions_tell_nothing(readings):
    readings.take(JointState(name=["elbow", "finger"], velocity=[0.0, 0.0]))
    with pytest.raises(MissingData, match=r"joint_states \(without elbow, finger\)"):
        readings.read(NOW)
    readings.take(state({"elbow": 1.0, "finger": 0.0}))
    readings.take(JointState(name=["elbow"], effort=[3.0]))
    assert readings.read(NOW).positions == pytest.approx([1.0, 0.0])


def test_a_single_position_says_nothing_of_rest(readings):
    readings.take(state({"elbow": 1.0, "finger": 0.0}))
    assert np.isnan(readings.read(NOW).rates).all()


def test_where_nobody_measures_velocities_they_come_from_the_positions(readings):
    assert moving(readings, 0.4, 0.5, 0.02).rates == pytest.approx([0.4, 0.0])


def test_a_rate_from_positions_goes_the_short_way_round(readings):
    for i in range(10):
        angle = (2.75 + 0.05 * i + np.pi) % (2 * np.pi) - np.pi
        readings.take(state({"elbow": angle, "finger": -angle}, NOW + 0.05 * i))
    assert readings.read(NOW + 0.5).rates == pytest.approx([1.0, -1.0])


def test_a_velocity_that_is_no_number_is_taken_from_the_positions_too(readings):
    """As joint_state_broadcaster tells of a joint without a velocity interface."""
    for i in range(10):
        readings.take(state({"elbow": 0.1 * i, "finger": 0.0}, NOW + 0.05 * i, [math.nan, 0.3]))
    assert readings.read(NOW + 0.5).rates == pytest.approx([2.0, 0.3])


def test_a_driver_that_tells_of_the_same_position_several_times_is_not_taken_for_one_at_rest(readings):
    assert moving(readings, 0.4, 0.415, 0.01, heard=0.04).rates[0] > 0.2


def test_what_was_before_a_gap_or_before_a_clock_began_anew_counts_for_nothing(readings):
    moving(readings, 0.4, 0.5, 0.02)
    readings.take(state({"elbow": 0.2, "finger": 0.0}, NOW + 20.0))
    assert np.isnan(readings.read(NOW + 20.0).rates).all()
    moving(readings, 0.4, 0.5, 0.02)
    readings.take(state({"elbow": 0.2, "finger": 0.0}, 1.0))
    assert np.isnan(readings.read(1.0).rates).all()
