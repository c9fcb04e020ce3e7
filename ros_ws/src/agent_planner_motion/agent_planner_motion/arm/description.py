# SPDX-License-Identifier: Apache-2.0
"""Reads from URDF what moving an arm needs: joints with limits, and the shapes that can collide."""

from dataclasses import dataclass
from typing import NamedTuple
from xml.etree import ElementTree as ET

import numpy as np

from agent_planner_motion.errors import MotionError
from agent_planner_motion.spatial import rotation_rpy, transform


@dataclass(frozen=True)
class Joint:
    """A joint of the URDF; limits in metres or radians and their rates."""

    name: str
    kind: str
    parent: str
    child: str
    origin: np.ndarray  # (4, 4)
    axis: np.ndarray  # (3,)
    lower: float
    upper: float
    velocity: float


class Solid(NamedTuple):
    """A collision shape: half extents of its box; a cylinder (along z) and a sphere are round."""

    pose: np.ndarray  # (4, 4) in the link's frame
    half: np.ndarray  # (3,)
    kind: str  # box, cylinder, sphere


@dataclass(frozen=True)
class RobotDescription:
    """Joints by the link they carry, and each link's solids."""

    joints: dict[str, Joint]
    solids: dict[str, tuple[Solid, ...]]

    def chain(self, base: str, tip: str) -> list[Joint]:
        """Return the joints from base to tip.

        Raises:
            MotionError: the tip does not hang on the base.
        """
        by_child = {joint.child: joint for joint in self.joints.values()}
        found: list[Joint] = []
        link = tip
        while link != base:
            if link not in by_child:
                raise MotionError(
                    "UNKNOWN",
                    f"the robot description has no chain from '{base}' to '{tip}'; links: {', '.join(by_child)}",
                )
            found.insert(0, by_child[link])
            link = found[0].parent
        return found


def parse(text: str) -> RobotDescription:
    """Read URDF text.

    Raises:
        MotionError: it is not a URDF, or something in it is not as URDF has it.
    """
    try:
        root = ET.fromstring(text)
        joints = {j.name: j for j in (_joint(e) for e in root.findall("joint"))}
        solids = {e.attrib["name"]: tuple(_solid(c) for c in e.findall("collision")) for e in root.findall("link")}
    except ET.ParseError as error:
        raise MotionError("UNKNOWN", f"robot_description is not XML: {error}") from error
    except (KeyError, ValueError) as error:
        raise MotionError("UNKNOWN", f"robot_description is not a URDF: {type(error).__name__}: {error}") from error
    return RobotDescription(joints, solids)


def _vector(text: str | None, default: tuple[float, ...]) -> np.ndarray:
    return np.array([float(v) for v in text.split()] if text else default)


def _origin(element: ET.Element) -> np.ndarray:
    origin = element.find("origin")
    if origin is None:
        return np.eye(4)
    rpy = _vector(origin.get("rpy"), (0, 0, 0))
    return transform(rotation_rpy(*rpy), _vector(origin.get("xyz"), (0, 0, 0)))


def _end(joint: ET.Element, which: str) -> str:
    link = joint.find(which)
    if link is None or "link" not in link.attrib:
        raise MotionError("UNKNOWN", f"robot_description: joint '{joint.get('name')}' names no {which} link")
    return link.attrib["link"]


def _joint(element: ET.Element) -> Joint:
    axis, limit = element.find("axis"), element.find("limit")
    limits = dict(limit.attrib) if limit is not None else {}
    return Joint(
        element.attrib["name"],
        element.attrib["type"],
        _end(element, "parent"),
        _end(element, "child"),
        _origin(element),
        _vector(axis.get("xyz") if axis is not None else None, (1, 0, 0)),
        float(limits.get("lower", -np.pi)),
        float(limits.get("upper", np.pi)),
        float(limits.get("velocity", 1.0)),
    )


def _solid(collision: ET.Element) -> Solid:
    geometry = collision.find("geometry")
    shape = geometry[0] if geometry is not None and len(geometry) else ET.Element("box")
    if shape.tag == "cylinder":
        radius, length = float(shape.attrib["radius"]), float(shape.attrib["length"])
        half = np.array([radius, radius, length / 2])
    elif shape.tag == "sphere":
        half = np.full(3, float(shape.attrib["radius"]))
    else:
        half = _vector(shape.get("size"), (0.1, 0.1, 0.1)) / 2
    kind = shape.tag if shape.tag in ("cylinder", "sphere") else "box"
    return Solid(_origin(collision), half, kind)
