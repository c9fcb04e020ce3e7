# SPDX-License-Identifier: Apache-2.0
"""Reads from URDF what moving an arm needs: joints with limits, and the shapes that can collide."""

from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple
from xml.etree import ElementTree as ET

import numpy as np

from agent_planner.errors import did_you_mean
from agent_planner.scene.meshes import MeshError, boxes_of
from agent_planner_motion.errors import MotionError
from agent_planner_motion.spatial import rotation_about, rotation_rpy, transform

_SHAPES = "it must be one of box, cylinder, sphere, mesh"


@dataclass(frozen=True)
class Joint:
    """A joint of the URDF; limits in metres or radians (infinite: it turns without end) and their rates."""

    name: str
    kind: str
    parent: str
    child: str
    origin: np.ndarray  # (4, 4)
    axis: np.ndarray  # (3,)
    lower: float
    upper: float
    velocity: float
    mimics: "Mimic | None" = None

    def at(self, position: float) -> np.ndarray:
        """Return the pose of its child in its parent, (4, 4), at a position."""
        if self.kind == "fixed":
            return self.origin
        if self.kind == "prismatic":
            return self.origin @ transform(xyz=self.axis * position)
        return self.origin @ transform(rotation_about(self.axis, position))


class Mimic(NamedTuple):
    """A joint follows another one: factor times its position, and an offset."""

    joint: str
    factor: float
    offset: float


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

    def with_mimics(self, positions: Mapping[str, float]) -> dict[str, float]:
        """Return positions of joints, and those of the joints that mimic them.

        Raises:
            MotionError: a joint is not there.
        """
        absent = next((name for name in positions if name not in self.joints), None)
        if absent is not None:
            told = did_you_mean(absent, self.joints)
            raise MotionError("UNKNOWN", f"the robot description has no joint '{absent}'; {told}")
        follow = {
            name: joint.mimics.factor * positions[joint.mimics.joint] + joint.mimics.offset
            for name, joint in self.joints.items()
            if joint.mimics is not None and joint.mimics.joint in positions
        }
        return follow | dict(positions)

    def carried(
        self, link: str, apart: Container[str], positions: Mapping[str, float]
    ) -> Iterator[tuple[str, np.ndarray]]:
        """Give a link and what hangs on it by joints that are fixed or whose position is told, each with its pose.

        Args:
            link: the one in whose frame the poses are, (4, 4).
            apart: links that are left out, with what hangs on them.
            positions: of joints.
        """
        yield link, np.eye(4)
        for joint in self.joints.values():
            stays = joint.kind == "fixed" or joint.name in positions
            if joint.parent == link and stays and joint.child not in apart:
                at = joint.at(positions.get(joint.name, 0.0))
                for further, pose in self.carried(joint.child, apart, positions):
                    yield further, at @ pose

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
    """Read URDF text, and the mesh files that it names as collision shapes.

    Raises:
        MotionError: it is not a URDF, something in it is not as URDF has it, or a mesh cannot be read.
    """
    try:
        root = ET.fromstring(text)
        joints = {j.name: j for j in (_joint(e) for e in root.findall("joint"))}
        solids = {e.attrib["name"]: _solids(e) for e in root.findall("link")}
    except ET.ParseError as error:
        raise MotionError("UNKNOWN", f"robot_description is not XML: {error}") from error
    except (KeyError, ValueError) as error:
        raise MotionError("UNKNOWN", f"robot_description is not a URDF: {type(error).__name__}: {error}") from error
    return RobotDescription(joints, solids)


def _vector(text: str | None, default: tuple[float, ...] = ()) -> np.ndarray:
    vector = np.array([float(v) for v in text.split()] if text else default)
    if vector.shape != (3,):
        raise ValueError(f"three numbers are needed, not '{text}'")
    return vector


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
    kind = element.attrib["type"]
    if kind == "continuous":
        limits |= {"lower": "-inf", "upper": "inf"}
    return Joint(
        element.attrib["name"],
        kind,
        _end(element, "parent"),
        _end(element, "child"),
        _origin(element),
        _vector(axis.get("xyz") if axis is not None else None, (1, 0, 0)),
        float(limits.get("lower", -np.pi)),
        float(limits.get("upper", np.pi)),
        float(limits.get("velocity", 1.0)),
        _mimic(element.find("mimic")),
    )


def _mimic(element: ET.Element | None) -> Mimic | None:
    if element is None:
        return None
    return Mimic(element.attrib["joint"], float(element.get("multiplier", 1.0)), float(element.get("offset", 0.0)))


def _solids(link: ET.Element) -> tuple[Solid, ...]:
    name = link.attrib["name"]
    found: list[Solid] = []
    try:
        for collision in link.findall("collision"):
            origin = _origin(collision)
            found += [Solid(origin @ s.pose, s.half, s.kind) for s in _shape(collision, name)]
    except (KeyError, ValueError) as error:
        told = f"a collision of link '{name}': {type(error).__name__}: {error}"
        raise MotionError("UNKNOWN", f"robot_description is not a URDF: {told}") from error
    return tuple(found)


def _shape(collision: ET.Element, link: str) -> list[Solid]:
    """Return the solids of a collision of that link, before its origin is applied."""
    shape = collision.find("geometry/*")
    if shape is None:
        raise MotionError("UNKNOWN", f"robot_description: a collision of link '{link}' has no shape; {_SHAPES}")
    if shape.tag == "mesh":
        return _mesh(shape, link)
    if shape.tag == "box":
        half = _vector(shape.attrib["size"]) / 2
    elif shape.tag == "cylinder":
        radius, length = float(shape.attrib["radius"]), float(shape.attrib["length"])
        half = np.array([radius, radius, length / 2])
    elif shape.tag == "sphere":
        half = np.full(3, float(shape.attrib["radius"]))
    else:
        told = f"the shape '{shape.tag}' in a collision of link '{link}' is not known"
        raise MotionError("UNKNOWN", f"robot_description: {told}; {_SHAPES}")
    return [Solid(np.eye(4), half, shape.tag)]


def _mesh(shape: ET.Element, link: str) -> list[Solid]:
    filename = shape.attrib["filename"]
    try:
        boxes = boxes_of(filename, _vector(shape.get("scale"), (1, 1, 1)))
    except MeshError as error:
        raise MotionError("UNKNOWN", f"robot_description: the mesh '{filename}' of link '{link}': {error}") from error
    return [Solid(box.pose, box.half, "box") for box in boxes]
