# SPDX-License-Identifier: Apache-2.0
import math
from dataclasses import replace

import numpy as np
import pytest

from agent_planner_motion.arm.ik import hand_rotation
from agent_planner_motion.errors import MotionError
from agent_planner_motion.skills.job import CancelRequested
from agent_planner_motion.skills.move import MoveArm, MoveGripper
from agent_planner_motion.spatial import transform
from tests.motion.things import table

DOWN = hand_rotation((0, 0, -1), (0, 1, 0))


def test_it_goes_to_a_named_posture(robot_in):
    robot, kit = robot_in()
    MoveArm(kit).to_posture("ready", robot.job())
    assert robot.q == pytest.approx(kit.posture("ready"), abs=0.012)


def test_a_posture_beyond_the_limits_names_joint_and_limits(robot_in):
    robot, kit = robot_in()
    kit.postures["odd"] = kit.posture("ready") + (0, 0, 0, 0, 2.0, 0, 0, 0)
    with pytest.raises(MotionError, match=r"JOINT_LIMITS: posture 'odd' wants arm_joint_4 at 3.81; .* -2.70 to 2.70"):
        MoveArm(kit).to_posture("odd", robot.job())
    assert robot.arm_sent == []


def test_it_brings_the_hand_to_a_pose(robot_in):
    robot, kit = robot_in()
    pose = transform(DOWN, (0.6, 0.15, 0.75))
    MoveArm(kit).to_pose(pose, robot.job())
    assert kit.kinematics.pose(robot.q) == pytest.approx(pose, abs=0.02)


@pytest.mark.parametrize("xyz", [(2.0, 0.0, 0.7), (0.75, 0.0, 0.4)])
def test_a_pose_out_of_reach_or_inside_of_something_has_no_posture(robot_in, xyz):
    robot, kit = robot_in(places=(table(),))
    with pytest.raises(MotionError, match=r"NO_IK: no free posture brings the end effector to .* in base_link"):
        MoveArm(kit).to_pose(transform(DOWN, xyz), robot.job())
    assert robot.arm_sent == []


def test_cancelled_the_arm_is_at_rest(robot_in):
    robot, kit = robot_in()
    robot.cancel_at = robot.time + 0.5
    with pytest.raises(CancelRequested):
        MoveArm(kit).to_posture("ready", robot.job())
    assert np.abs(robot.joints().speed).max() == 0.0
    assert np.abs(robot.q - kit.posture("ready")).max() > 0.1


def test_the_gripper_opens_to_a_width(robot_in):
    robot, kit = robot_in(opening=0.0)
    assert MoveGripper(kit).run(0.05, robot.job()) == pytest.approx(0.05, abs=0.002)


@pytest.mark.parametrize("opening", [-0.01, 0.09, math.nan, math.inf])
def test_a_width_that_the_gripper_does_not_have_is_refused(robot_in, opening):
    robot, kit = robot_in()
    with pytest.raises(MotionError, match="OUT_OF_RANGE: the gripper opens from 0 to 0.085 m"):
        MoveGripper(kit).run(opening, robot.job())


def test_something_between_the_fingers_is_told(robot_in):
    robot, kit = robot_in()
    robot.least_opening = 0.04
    with pytest.raises(MotionError, match="NOT_REACHED: the fingers stopped at 40 mm of 10 mm"):
        MoveGripper(kit).run(0.01, robot.job())


def test_an_opening_that_is_no_number_is_no_success(robot_in):
    robot, kit = robot_in()
    joints = robot.joints
    robot.joints = lambda: replace(joints(), opening=math.nan)
    with pytest.raises(MotionError, match="NOT_REACHED: the fingers stopped at nan mm of 50 mm"):
        MoveGripper(kit).run(0.05, robot.job())
