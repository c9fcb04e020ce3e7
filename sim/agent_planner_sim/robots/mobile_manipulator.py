# SPDX-License-Identifier: Apache-2.0
"""The shipped mobile manipulator: a round base, a lift, an arm of seven joints, two fingers, a head camera."""

import math
from functools import cache
from typing import Any

from agent_planner_sim.robots.description import CameraDescription, Joint, LidarDescription, Link, RobotDescription
from agent_planner_sim.robots.urdf import to_urdf
from agent_planner_sim.shapes import Box, Color, Cylinder, Solid
from agent_planner_sim.transforms import Vec3

WHITE: Color = (0.92, 0.93, 0.95, 1.0)
DARK: Color = (0.16, 0.18, 0.22, 1.0)
GREY: Color = (0.55, 0.58, 0.62, 1.0)
ACCENT: Color = (0.10, 0.46, 0.72, 1.0)
RUBBER: Color = (0.08, 0.08, 0.09, 1.0)

_ALONG_X: Vec3 = (0.0, math.pi / 2, 0.0)
_ALONG_Y: Vec3 = (math.pi / 2, 0.0, 0.0)
_CAMERA_PITCH = 0.82  # rad below the horizon
_CAMERA_XYZ: Vec3 = (-0.15, 0.0, 1.42)

# Lift, then arm_joint_1 to 7. The hand points down in each, so that what it holds stays upright.
POSTURES = {
    "stow": (0.05, 0.38, -2.28, 0.0, 2.57, 0.0, 1.28, 0.0),
    "home": (0.15, 0.0, -1.638, 0.0, 1.902, 0.0, 1.307, 0.0),
    "ready": (0.20, 0.0, -1.297, 0.0, 1.806, 0.0, 1.062, 0.0),
}


@cache
def mobile_manipulator() -> RobotDescription:
    """Return the description of the robot."""
    return RobotDescription(
        name="mobile_manipulator",
        links=_links(),
        joints=_joints(),
        arm=("torso_lift_joint", *(f"arm_joint_{i}" for i in range(1, 8))),
        fingers=("gripper_left_finger_joint", "gripper_right_finger_joint"),
        camera=CameraDescription(frame="head_camera_optical_frame"),
        lidar=LidarDescription(frame="base_scan"),
        end_effector="end_effector",
        postures=POSTURES,
    )


def urdf() -> str:
    """Return the robot as URDF text (what `robot_description` carries)."""
    return to_urdf(mobile_manipulator())


def _links() -> tuple[Link, ...]:
    return (
        _base(),
        Link("torso_link", (Solid(Box((0.12, 0.15, 0.52)), (0.0, 0.0, -0.06), color=GREY), _bracket()), 8.0),
        Link("arm_link_1", (_upright(0.055, 0.12, (0.0, 0.0, 0.03), WHITE), _rod(0.045, 0.0, 0.05, DARK)), 2.5),
        Link("arm_link_2", (_across(0.055, 0.11, ACCENT), _rod(0.045, 0.0, 0.14, WHITE)), 2.0),
        Link("arm_link_3", (_rod(0.043, 0.0, 0.26, WHITE),), 1.8),
        Link("arm_link_4", (_across(0.050, 0.10, ACCENT), _rod(0.040, 0.0, 0.13, WHITE)), 1.4),
        Link("arm_link_5", (_rod(0.038, 0.0, 0.25, WHITE),), 1.2),
        Link("arm_link_6", (_across(0.042, 0.085, ACCENT), _rod(0.034, 0.0, 0.05, WHITE)), 0.7),
        Link(
            "arm_link_7",
            (_rod(0.036, 0.0, 0.02, DARK), Solid(Box((0.055, 0.125, 0.06)), (0.0475, 0.0, 0.0), color=DARK)),
            0.6,
        ),
        *(_finger(side) for side in ("left", "right")),
        Link("end_effector"),
        Link("head_camera_optical_frame"),
        Link("base_scan"),
    )


def _base() -> Link:
    mast_x = -0.195
    return Link(
        "base_link",
        (
            Solid(Cylinder(0.25, 0.22), (0.0, 0.0, 0.16), color=WHITE),
            Solid(Cylinder(0.252, 0.035), (0.0, 0.0, 0.20), color=ACCENT, collides=False),
            Solid(Cylinder(0.235, 0.05), (0.0, 0.0, 0.035), color=RUBBER, collides=False),
            *(Solid(Cylinder(0.075, 0.04), (0.0, y, 0.075), _ALONG_Y, RUBBER, collides=False) for y in (-0.215, 0.215)),
            Solid(Box((0.15, 0.18, 0.22)), (-0.06, 0.0, 0.38), color=DARK),
            Solid(Cylinder(0.018, 1.14), (mast_x, 0.0, 0.84), color=DARK),
            Solid(Box((0.06, 0.20, 0.07)), (_CAMERA_XYZ[0] - 0.045, 0.0, _CAMERA_XYZ[2]), color=WHITE),
            Solid(
                Cylinder(0.022, 0.03), (_CAMERA_XYZ[0] - 0.025, 0.0, _CAMERA_XYZ[2]), _ALONG_X, RUBBER, collides=False
            ),
        ),
        mass=50.0,
    )


def _bracket() -> Solid:
    return Solid(Box((0.15, 0.11, 0.04)), (0.085, 0.0, 0.17), color=DARK)


def _rod(radius: float, start: float, end: float, color: Color) -> Solid:
    return Solid(Cylinder(radius, end - start), ((start + end) / 2, 0.0, 0.0), _ALONG_X, color)


def _across(radius: float, width: float, color: Color) -> Solid:
    return Solid(Cylinder(radius, width), rpy=_ALONG_Y, color=color)


def _upright(radius: float, length: float, xyz: Vec3, color: Color) -> Solid:
    return Solid(Cylinder(radius, length), xyz, color=color)


def _finger(side: str) -> Link:
    # The joint's frame lies in the pad's face, so that position zero is where both faces meet.
    outward = 1.0 if side == "left" else -1.0
    return Link(
        f"gripper_{side}_finger",
        (
            Solid(Box((0.085, 0.010, 0.020)), (-0.0125, outward * 0.011, 0.0), color=GREY),
            Solid(Box((0.042, 0.006, 0.022)), (0.010, outward * 0.003, 0.0), color=RUBBER, grip=True),
        ),
        0.12,
    )


def _drive(
    kind: str, name: str, parent: str, child: str, xyz: Vec3, axis: Vec3, span: tuple[float, float], **more: Any
) -> Joint:
    return Joint(name, kind, parent, child, xyz, axis=axis, lower=span[0], upper=span[1], **more)


def _joints() -> tuple[Joint, ...]:
    x, y, z = (1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)
    big = {"velocity": 1.6, "effort": 120.0, "stiffness": 4000.0, "damping": 160.0, "armature": 0.3}
    small = {"velocity": 2.5, "effort": 40.0, "stiffness": 1000.0, "damping": 30.0, "armature": 0.05}
    chain: list[tuple[Vec3, Vec3, tuple[float, float], dict[str, float]]] = [
        ((0.12, 0.0, 0.19), z, (-2.6, 2.6), big),
        ((0.05, 0.0, 0.05), y, (-2.35, 1.55), big),
        ((0.14, 0.0, 0.0), x, (-3.1, 3.1), big),
        ((0.26, 0.0, 0.0), y, (-2.7, 2.7), big),
        ((0.13, 0.0, 0.0), x, (-3.1, 3.1), small),
        ((0.25, 0.0, 0.0), y, (-2.2, 2.2), small),
        ((0.06, 0.0, 0.0), x, (-3.1, 3.1), small),
    ]
    parents = ["torso_link", *(f"arm_link_{i}" for i in range(1, 7))]
    arm = (
        _drive("revolute", f"arm_joint_{i}", parents[i - 1], f"arm_link_{i}", xyz, axis, span, **drive)
        for i, (xyz, axis, span, drive) in enumerate(chain, start=1)
    )
    lift = {"velocity": 0.25, "effort": 900.0, "stiffness": 60000.0, "damping": 3000.0, "armature": 5.0}
    finger = {"velocity": 0.12, "effort": 60.0, "stiffness": 6000.0, "damping": 150.0, "armature": 0.2}
    return (
        _drive("prismatic", "torso_lift_joint", "base_link", "torso_link", (-0.06, 0.0, 0.36), z, (0.0, 0.40), **lift),
        *arm,
        *(
            _drive(
                "prismatic", f"gripper_{side}_finger_joint", "arm_link_7", f"gripper_{side}_finger",
                (0.130, 0.0, 0.0), (0.0, sign, 0.0), (0.0, 0.0425), **finger,
            )
            for side, sign in (("left", 1.0), ("right", -1.0))
        ),
        Joint("end_effector_joint", "fixed", "arm_link_7", "end_effector", (0.140, 0.0, 0.0), (0.0, math.pi / 2, 0.0)),
        Joint(
            "head_camera_joint", "fixed", "base_link", "head_camera_optical_frame",
            _CAMERA_XYZ, (-math.pi / 2 - _CAMERA_PITCH, 0.0, -math.pi / 2),
        ),
        Joint("base_scan_joint", "fixed", "base_link", "base_scan", (0.21, 0.0, 0.30)),
    )  # fmt: skip
