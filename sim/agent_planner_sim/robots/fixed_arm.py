# SPDX-License-Identifier: Apache-2.0
"""The shipped fixed arm: the arm and the fingers of the mobile manipulator on a pedestal, a camera on a pole."""

from functools import cache

from agent_planner_sim.robots.description import CameraDescription, Link, RobotDescription
from agent_planner_sim.robots.parts import CAMERA_FRAME, camera_joint, camera_pole
from agent_planner_sim.robots.seven_joint_arm import (
    ARM,
    DARK,
    END_EFFECTOR,
    FINGERS,
    GREY,
    POSTURES,
    arm_joints,
    arm_links,
)
from agent_planner_sim.shapes import Box, Cylinder, Solid
from agent_planner_sim.transforms import Vec3

_CAMERA: Vec3 = (-0.18, 0.0, 1.62)
_CAMERA_PITCH = 0.95  # rad below the horizon
# At this height the arm points ahead over everything on a table when all joints are zero, as they are when Gazebo
# starts.
_SHOULDER = 0.92


@cache
def fixed_arm() -> RobotDescription:
    """Return the description of the robot."""
    return RobotDescription(
        name="fixed_arm",
        links=(
            Link("base_link", (*_pedestal(), *camera_pole(_CAMERA, foot=0.04)), mass=80.0),
            *arm_links(),
            Link(CAMERA_FRAME),
        ),
        joints=(*arm_joints("base_link", (0.0, 0.0, _SHOULDER)), camera_joint(_CAMERA, _CAMERA_PITCH)),
        arm=ARM,
        fingers=FINGERS,
        camera=CameraDescription(frame=CAMERA_FRAME),
        end_effector=END_EFFECTOR,
        postures=POSTURES,
        base=None,
    )


def _pedestal() -> tuple[Solid, ...]:
    top = _SHOULDER - 0.03
    return (
        Solid(Box((0.48, 0.40, 0.04)), (-0.06, 0.0, 0.02), color=DARK),
        Solid(Cylinder(0.075, top - 0.04), (0.0, 0.0, (top + 0.04) / 2), color=GREY),
    )
