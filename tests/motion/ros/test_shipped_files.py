# SPDX-License-Identifier: Apache-2.0
"""The parameter files of the other shipped robots, held against their descriptions (see test_parameters)."""

from pathlib import Path

import pytest
import yaml

pytest.importorskip("mujoco")

import agent_planner_motion
from agent_planner_motion.arm.description import parse
from agent_planner_motion.arm.fingers import Fingers
from agent_planner_motion.arm.kinematics import Kinematics
from agent_planner_motion.ros.parameters import Parameters
from agent_planner_sim.robots import ROBOTS
from agent_planner_sim.robots.urdf import to_urdf

CONFIG = Path(agent_planner_motion.__file__).parent / "config"


@pytest.fixture
def settings_of(bare_node):
    """Call it with a robot's name; returns what its file says."""

    def read(name):
        given = yaml.safe_load((CONFIG / f"{name}.yaml").read_text(encoding="utf-8"))["/**"]["ros__parameters"]
        flat = {}
        for key, value in given.items():
            flat |= {f"{key}.{k}": v for k, v in value.items()} if isinstance(value, dict) else {key: value}
        return Parameters(bare_node(**flat))

    return read


def test_the_fixed_arms_file_is_taken_and_suits_it(settings_of):
    settings, robot = settings_of("fixed_arm"), ROBOTS["fixed_arm"]()
    assert settings.has_arm
    assert settings.base_is_fixed == (robot.base is None)
    arm = settings.arm()
    assert arm.joints == robot.arm and len(arm.acceleration) == len(robot.arm)
    assert (arm.base_frame, arm.end_effector) == (robot.links[0].name, robot.end_effector)
    assert arm.fingers == Fingers(robot.fingers, robot.max_opening, robot.max_opening / 2)
    assert dict(arm.postures) == dict(robot.postures)
    kinematics = Kinematics(parse(to_urdf(robot)), arm.base_frame, arm.end_effector, arm.joints)
    for posture in arm.postures.values():
        assert (kinematics.lower <= posture).all()
        assert (posture <= kinematics.upper).all()


def test_the_delivery_bases_file_is_taken_and_suits_it(settings_of):
    settings, robot = settings_of("delivery_base"), ROBOTS["delivery_base"]()
    assert settings.has_arm == bool(robot.arm)
    assert settings.base_is_fixed == (robot.base is None)
    assert settings.channels().limb is None
    assert settings.frames == ("map", robot.links[0].name)
    drive = settings.drive()
    assert drive.radius < robot.radius
    assert drive.limits.linear <= robot.base.linear and drive.limits.angular <= robot.base.angular
    assert drive.limits.acceleration <= robot.base.linear_acceleration
    assert drive.limits.braking <= robot.base.linear_braking
