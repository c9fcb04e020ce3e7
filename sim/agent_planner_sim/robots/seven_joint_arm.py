# SPDX-License-Identifier: Apache-2.0
"""An arm of seven joints with two fingers, which our robots carry."""

import math
from typing import Any

from agent_planner_sim.robots.description import Joint, Link
from agent_planner_sim.shapes import Box, Color, Cylinder, Solid
from agent_planner_sim.transforms import Vec3

WHITE: Color = (0.92, 0.93, 0.95, 1.0)
DARK: Color = (0.16, 0.18, 0.22, 1.0)
GREY: Color = (0.55, 0.58, 0.62, 1.0)
ACCENT: Color = (0.10, 0.46, 0.72, 1.0)
RUBBER: Color = (0.08, 0.08, 0.09, 1.0)
ALONG_X: Vec3 = (0.0, math.pi / 2, 0.0)
ALONG_Y: Vec3 = (math.pi / 2, 0.0, 0.0)

ARM = tuple(f"arm_joint_{i}" for i in range(1, 8))
FINGERS = ("gripper_left_finger_joint", "gripper_right_finger_joint")
END_EFFECTOR = "end_effector"
# arm_joint_1 to 7. The hand points down in each, so that what it holds stays upright.
POSTURES = {
    "stow": (0.38, -2.28, 0.0, 2.57, 0.0, 1.28, 0.0),
    "home": (0.0, -1.638, 0.0, 1.902, 0.0, 1.307, 0.0),
    "ready": (0.0, -1.297, 0.0, 1.806, 0.0, 1.062, 0.0),
}


def arm_links() -> tuple[Link, ...]:
    """Return the links from the shoulder to the fingertips, and the end effector's frame."""
    return (
        Link("arm_link_1", (_shoulder(), _rod(0.045, 0.0, 0.05, DARK)), 2.5),
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
        Link(END_EFFECTOR),
    )


def arm_joints(parent: str, xyz: Vec3) -> tuple[Joint, ...]:
    """Return its joints, the first of them on a link at a point, its axis up."""
    x, y, z = (1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)
    big = {"velocity": 1.6, "effort": 120.0, "stiffness": 4000.0, "damping": 160.0, "armature": 0.3}
    small = {"velocity": 2.5, "effort": 40.0, "stiffness": 1000.0, "damping": 30.0, "armature": 0.05}
    chain: list[tuple[Vec3, Vec3, tuple[float, float], dict[str, float]]] = [
        (xyz, z, (-2.6, 2.6), big),
        ((0.05, 0.0, 0.05), y, (-2.35, 1.55), big),
        ((0.14, 0.0, 0.0), x, (-3.1, 3.1), big),
        ((0.26, 0.0, 0.0), y, (-2.7, 2.7), big),
        ((0.13, 0.0, 0.0), x, (-3.1, 3.1), small),
        ((0.25, 0.0, 0.0), y, (-2.2, 2.2), small),
        ((0.06, 0.0, 0.0), x, (-3.1, 3.1), small),
    ]
    parents = (parent, *(f"arm_link_{i}" for i in range(1, 7)))
    finger = {"velocity": 0.12, "effort": 60.0, "stiffness": 6000.0, "damping": 150.0, "armature": 0.2}
    return (
        *(
            drive("revolute", name, parents[i], f"arm_link_{i + 1}", place, axis, span, **motor)
            for i, (name, (place, axis, span, motor)) in enumerate(zip(ARM, chain, strict=True))
        ),
        *(
            drive(
                "prismatic", name, "arm_link_7", f"gripper_{side}_finger",
                (0.130, 0.0, 0.0), (0.0, sign, 0.0), (0.0, 0.0425), **finger,
            )
            for name, side, sign in zip(FINGERS, ("left", "right"), (1.0, -1.0), strict=True)
        ),
        Joint("end_effector_joint", "fixed", "arm_link_7", END_EFFECTOR, (0.140, 0.0, 0.0), (0.0, math.pi / 2, 0.0)),
    )  # fmt: skip


def drive(
    kind: str, name: str, parent: str, child: str, xyz: Vec3, axis: Vec3, span: tuple[float, float], **motor: Any
) -> Joint:
    """Return a joint with a motor, its limits given as a span."""
    return Joint(name, kind, parent, child, xyz, axis=axis, lower=span[0], upper=span[1], **motor)


def _shoulder() -> Solid:
    return Solid(Cylinder(0.055, 0.12), (0.0, 0.0, 0.03), color=WHITE)


def _rod(radius: float, start: float, end: float, color: Color) -> Solid:
    return Solid(Cylinder(radius, end - start), ((start + end) / 2, 0.0, 0.0), ALONG_X, color)


def _across(radius: float, width: float, color: Color) -> Solid:
    return Solid(Cylinder(radius, width), rpy=ALONG_Y, color=color)


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
