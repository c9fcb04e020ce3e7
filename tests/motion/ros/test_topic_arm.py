# SPDX-License-Identifier: Apache-2.0
"""An arm that hears trajectories and says nothing of them."""

import numpy as np
import pytest
from trajectory_msgs.msg import JointTrajectory

from agent_planner_motion.arm.trajectory import Trajectory
from agent_planner_motion.errors import MissingData
from agent_planner_motion.ros.arm_outputs import ArmChannel, TopicArm
from tests.waits import eventually

LONG = Trajectory(np.array([0.0, 100.0]), np.array([[0.0], [1.0]]), np.zeros((2, 1)))


def silent():
    raise MissingData("joint_states", 1.5)


@pytest.fixture
def heard(node):
    heard = []
    node.create_subscription(JointTrajectory, "arm_controller/joint_trajectory", heard.append, 10)
    return heard


@pytest.fixture
def arm(node, heard):
    arm = TopicArm(node, ArmChannel("topic", ("elbow",)))
    assert eventually(lambda: node.count_subscribers("arm_controller/joint_trajectory"))
    return arm


def test_it_is_held_where_it_was_sent_when_nobody_measures_it_any_more(arm, heard):
    def sent():
        arm.send(LONG)
        return heard

    assert eventually(sent)
    arm.hold(silent)
    assert eventually(lambda: len(heard[-1].points) == 1)
    assert 0.0 < heard[-1].points[0].positions[0] < 0.9
    assert list(heard[-1].points[0].velocities) == [0.0]


def test_one_that_was_sent_nothing_is_let_be(arm, heard):
    arm.hold(silent)
    arm.hold(lambda: np.array([0.5]))
    assert eventually(lambda: len(heard) == 1)
    assert heard[0].points[0].positions[0] == 0.5
