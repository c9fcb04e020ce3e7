# SPDX-License-Identifier: Apache-2.0
"""Parts that several robots have: a round base with wheels, a camera on a pole."""

import math

from agent_planner_sim.robots.description import Joint
from agent_planner_sim.robots.seven_joint_arm import ACCENT, ALONG_X, ALONG_Y, DARK, RUBBER, WHITE
from agent_planner_sim.shapes import Box, Cylinder, Solid
from agent_planner_sim.transforms import Vec3

CAMERA_FRAME = "head_camera_optical_frame"
_LENS = 0.045  # metres from the middle of the head to the camera's frame


def round_base() -> tuple[Solid, ...]:
    """Return a base of 25 cm radius and 27 cm height on two wheels."""
    return (
        Solid(Cylinder(0.25, 0.22), (0.0, 0.0, 0.16), color=WHITE),
        Solid(Cylinder(0.252, 0.035), (0.0, 0.0, 0.20), color=ACCENT, collides=False),
        Solid(Cylinder(0.235, 0.05), (0.0, 0.0, 0.035), color=RUBBER, collides=False),
        *(Solid(Cylinder(0.075, 0.04), (0.0, y, 0.075), ALONG_Y, RUBBER, collides=False) for y in (-0.215, 0.215)),
    )


def camera_pole(xyz: Vec3, foot: float) -> tuple[Solid, ...]:
    """Return a head whose camera is at a point, and the pole under it, which begins at a height."""
    x, y, z = xyz
    return (
        Solid(Cylinder(0.018, z - 0.01 - foot), (x - _LENS, y, (z - 0.01 + foot) / 2), color=DARK),
        Solid(Box((0.06, 0.20, 0.07)), (x - _LENS, y, z), color=WHITE),
        Solid(Cylinder(0.022, 0.03), (x - 0.025, y, z), ALONG_X, RUBBER, collides=False),
    )


def camera_joint(xyz: Vec3, pitch: float) -> Joint:
    """Return the joint that carries the camera's frame; pitch is in radians below the horizon."""
    turn = (-math.pi / 2 - pitch, 0.0, -math.pi / 2)
    return Joint("head_camera_joint", "fixed", "base_link", CAMERA_FRAME, xyz, turn)
