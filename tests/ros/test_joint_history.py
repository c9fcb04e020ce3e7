# SPDX-License-Identifier: Apache-2.0
import math

import pytest
from sensor_msgs.msg import JointState

from agent_planner.ros.joint_history import JointHistory
from agent_planner.ros.messages import to_stamp


def told(stamp, velocities=(), **positions):
    message = JointState(name=list(positions), position=list(positions.values()), velocity=list(velocities))
    message.header.stamp = to_stamp(stamp)
    return message


def history(*messages, **more):
    made = JointHistory(**more)
    for message in messages:
        made.take(message)
    return made


def test_each_joint_has_its_newest_state_before_the_moment_whoever_told_it():
    joints = history(told(1.0, elbow=0.1), told(1.1, finger=0.02), told(1.2, elbow=0.3))
    assert joints.names == ("elbow", "finger")
    assert (joints.position("elbow", 1.15), joints.position("finger", 1.15)) == (0.1, 0.02)
    assert joints.position("elbow", 2.0) == 0.3
    assert joints.position("finger", 0.5) == 0.02  # the oldest there is
    assert joints.position("wrist", 2.0) is None


def test_only_the_last_ones_are_kept():
    joints = history(*(told(float(n), elbow=float(n)) for n in range(5)), most=2)
    assert joints.position("elbow", 0.0) == 3.0


def test_a_speed_that_is_told_counts():
    joints = history(told(1.0, [-0.2], elbow=0.1), told(1.1, [0.0], elbow=0.3))
    assert (joints.speed("elbow", 1.0), joints.speed("elbow", 1.1)) == (0.2, 0.0)


@pytest.mark.parametrize("velocities", [[], [math.nan]])
def test_else_it_is_that_of_the_positions(velocities):
    joints = history(*(told(n / 10, velocities, elbow=0.01 * n) for n in range(20)))
    assert joints.speed("elbow", 1.5) == pytest.approx(0.1)


def test_a_step_of_the_encoder_is_no_motion():
    joints = history(*(told(n / 100, elbow=0.001 * (n % 2)) for n in range(20)))
    assert all(joints.speed("elbow", n / 100) <= 0.011 for n in range(10, 20))


def test_what_is_told_once_or_not_at_all_is_not_known_to_move():
    joints = history(told(1.0, elbow=0.1), JointState(name=["wrist"]))
    assert [joints.speed(name, 1.0) for name in ("elbow", "wrist", "shoulder")] == [0.0, 0.0, 0.0]
    assert joints.position("wrist", 1.0) is None
