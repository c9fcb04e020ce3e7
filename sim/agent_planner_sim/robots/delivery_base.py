# SPDX-License-Identifier: Apache-2.0
"""The shipped delivery base: a round base without an arm; a person puts things on its deck and takes them off."""

from functools import cache

from agent_planner_sim.robots.description import CameraDescription, Joint, LidarDescription, Link, RobotDescription
from agent_planner_sim.robots.parts import CAMERA_FRAME, camera_joint, camera_pole, round_base
from agent_planner_sim.robots.seven_joint_arm import DARK, GREY, RUBBER
from agent_planner_sim.shapes import Box, Cylinder, Solid
from agent_planner_sim.transforms import Vec3

_CAMERA: Vec3 = (-0.13, 0.0, 1.20)
_CAMERA_PITCH = 0.70  # rad below the horizon
_DECK: Vec3 = (0.05, 0.0, 0.62)  # middle of its top
_DEPTH, _WIDTH, _RIM = 0.26, 0.28, 0.03


@cache
def delivery_base() -> RobotDescription:
    """Return the description of the robot."""
    return RobotDescription(
        name="delivery_base",
        links=(
            Link("base_link", (*round_base(), *_rack(), *camera_pole(_CAMERA, foot=0.27)), mass=40.0),
            Link("deck"),
            Link(CAMERA_FRAME),
            Link("base_scan"),
        ),
        joints=(
            Joint("deck_joint", "fixed", "base_link", "deck", _DECK),
            camera_joint(_CAMERA, _CAMERA_PITCH),
            Joint("base_scan_joint", "fixed", "base_link", "base_scan", (0.21, 0.0, 0.30)),
        ),
        camera=CameraDescription(frame=CAMERA_FRAME),
        lidar=LidarDescription(frame="base_scan"),
        end_effector="deck",
        deck=(_DEPTH, _WIDTH),
    )


def _rack() -> tuple[Solid, ...]:
    """A post, and a deck with a mat and a rim that keeps things on it."""
    x, y, z = _DECK
    plate = z - 0.015
    high, mid = _RIM + 0.03, z + (_RIM - 0.03) / 2
    return (
        Solid(Cylinder(0.05, plate - 0.27), (x, y, (plate + 0.27) / 2), color=DARK),
        Solid(Box((_DEPTH + 0.02, _WIDTH + 0.02, 0.03)), (x, y, plate), color=RUBBER),
        *(Solid(Box((0.01, _WIDTH + 0.02, high)), (x + s * (_DEPTH + 0.03) / 2, y, mid), color=GREY) for s in (-1, 1)),
        *(Solid(Box((_DEPTH + 0.04, 0.01, high)), (x, y + s * (_WIDTH + 0.03) / 2, mid), color=GREY) for s in (-1, 1)),
    )  # fmt: skip
