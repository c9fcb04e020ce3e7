# SPDX-License-Identifier: Apache-2.0
"""The shipped robot and small scenes, without physics and without ROS."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import yaml

import agent_planner_motion
from agent_planner_motion.arm.description import parse
from agent_planner_motion.arm.fingers import Fingers
from agent_planner_motion.skills.kit import ArmSettings
from agent_planner_sim.robots.mobile_manipulator import mobile_manipulator
from agent_planner_sim.robots.urdf import to_urdf
from tests.motion.kinematic_robot import KinematicRobot, kit_of


@pytest.fixture(scope="session")
def shipped_parameters():
    """The parameters of config/mobile_manipulator.yaml."""
    file = Path(agent_planner_motion.__file__).parent / "config" / "mobile_manipulator.yaml"
    return yaml.safe_load(file.read_text(encoding="utf-8"))["/**"]["ros__parameters"]


@pytest.fixture(scope="session")
def description():
    return parse(to_urdf(mobile_manipulator()))


@pytest.fixture(scope="session")
def endless(description):
    """The description, but the last joint of the arm turns without end."""
    last = replace(description.joints["arm_joint_7"], kind="continuous", lower=-np.inf, upper=np.inf)
    return replace(description, joints=description.joints | {last.name: last})


@pytest.fixture(scope="session")
def arm_settings():
    robot = mobile_manipulator()
    fingers = Fingers(robot.fingers, robot.max_opening, robot.max_opening / 2)
    return ArmSettings("base_link", "end_effector", robot.arm, fingers, robot.postures, (1.0, *[5.0] * 7), 0.9)


@pytest.fixture(scope="session")
def kit(description, arm_settings):
    """The arm in an empty world. Nothing that a test does to it stays, but where the arm is."""
    return kit_of(KinematicRobot(q=arm_settings.postures["home"]), description, arm_settings)


@pytest.fixture(scope="session")
def kinematics(kit):
    return kit.kinematics


@pytest.fixture(scope="session")
def stow(arm_settings):
    return np.array(arm_settings.postures["stow"])


@pytest.fixture
def robot_in(description, arm_settings):
    """Call it with what a KinematicRobot takes; returns the robot and its arm."""

    def make(**what):
        robot = KinematicRobot(**({"q": arm_settings.postures["stow"]} | what))
        return robot, kit_of(robot, description, arm_settings)

    return make
