# SPDX-License-Identifier: Apache-2.0
"""The shipped mobile manipulator: a round base, a lift, an arm of seven joints, two fingers, a head camera."""

from functools import cache

from agent_planner_sim.robots.description import CameraDescription, Joint, LidarDescription, Link, RobotDescription
from agent_planner_sim.robots.parts import CAMERA_FRAME, camera_joint, camera_pole, round_base
from agent_planner_sim.robots.seven_joint_arm import (
    ARM,
    DARK,
    END_EFFECTOR,
    FINGERS,
    GREY,
    POSTURES,
    arm_joints,
    arm_links,
    drive,
)
from agent_planner_sim.shapes import Box, Solid
from agent_planner_sim.transforms import Vec3

_CAMERA: Vec3 = (-0.15, 0.0, 1.42)
_CAMERA_PITCH = 0.82  # rad below the horizon
_LIFTED = {"stow": 0.05, "home": 0.15, "ready": 0.20}  # metres


@cache
def mobile_manipulator() -> RobotDescription:
    """Return the description of the robot."""
    return RobotDescription(
        name="mobile_manipulator",
        links=(
            Link("base_link", (*round_base(), _mount(), *camera_pole(_CAMERA, foot=0.27)), mass=50.0),
            Link("torso_link", (Solid(Box((0.12, 0.15, 0.52)), (0.0, 0.0, -0.06), color=GREY), _bracket()), 8.0),
            *arm_links(),
            Link(CAMERA_FRAME),
            Link("base_scan"),
        ),
        joints=(
            _lift(),
            *arm_joints("torso_link", (0.12, 0.0, 0.19)),
            camera_joint(_CAMERA, _CAMERA_PITCH),
            Joint("base_scan_joint", "fixed", "base_link", "base_scan", (0.21, 0.0, 0.30)),
        ),
        arm=("torso_lift_joint", *ARM),
        fingers=FINGERS,
        camera=CameraDescription(frame=CAMERA_FRAME),
        lidar=LidarDescription(frame="base_scan"),
        end_effector=END_EFFECTOR,
        postures={name: (_LIFTED[name], *arm) for name, arm in POSTURES.items()},
    )


def _mount() -> Solid:
    return Solid(Box((0.15, 0.18, 0.22)), (-0.06, 0.0, 0.38), color=DARK)


def _bracket() -> Solid:
    return Solid(Box((0.15, 0.11, 0.04)), (0.085, 0.0, 0.17), color=DARK)


def _lift() -> Joint:
    motor = {"velocity": 0.25, "effort": 900.0, "stiffness": 60000.0, "damping": 3000.0, "armature": 5.0}
    span, up = (0.0, 0.40), (0.0, 0.0, 1.0)
    return drive("prismatic", "torso_lift_joint", "base_link", "torso_link", (-0.06, 0.0, 0.36), up, span, **motor)
