# SPDX-License-Identifier: Apache-2.0
"""The robot's own body in its pictures: what a camera sees of it is not an object."""

import xml.etree.ElementTree as ElementTree
from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from agent_planner.errors import InfrastructureError
from agent_planner.perception.rigid import apply, inverse, transform
from agent_planner.scene.meshes import MeshError, boxes_of


class Part(NamedTuple):
    """A solid of one link: half extents of a box around it, in its own frame.

    Attributes:
        round: ``z`` for a cylinder along z, ``all`` for a ball, empty for a box.
        pose: in the link's frame, (4, 4).
    """

    link: str
    half: np.ndarray  # (3,)
    round: str
    pose: np.ndarray


class RobotBody:
    """The solids of a URDF, to be asked which points belong to them.

    Of meshes those that are to be hit count, as boxes; those that are only to be seen do not.
    """

    def __init__(self, parts: tuple[Part, ...] = ()):
        self._parts = parts

    @classmethod
    def parse(cls, urdf: str) -> "RobotBody":
        """Read the solids of a URDF.

        Raises:
            InfrastructureError: it is no URDF, or a mesh in it cannot be read.
        """
        try:
            root = ElementTree.fromstring(urdf)
            return cls(tuple(_parts(root)))
        except (ElementTree.ParseError, ValueError, KeyError, MeshError) as error:
            raise InfrastructureError(f"robot_description is no URDF that can be read: {error}") from error

    @property
    def links(self) -> frozenset[str]:
        """Names of the links that have solids."""
        return frozenset(part.link for part in self._parts)

    def covers(self, points: np.ndarray, links: Mapping[str, np.ndarray], margin: float) -> np.ndarray:
        """Return which points of the map, (n, 3), lie on or in the robot, (n,), bool.

        Args:
            points: in the map.
            links: pose of each link in the map; a link that is not there covers nothing.
            margin: metres around the solids that count as well.
        """
        found = np.zeros(len(points), dtype=bool)
        for part in self._parts:
            if part.link not in links:
                continue
            pose = links[part.link] @ part.pose
            reach = float(np.linalg.norm(part.half)) + margin
            near = np.flatnonzero((np.abs(points - pose[:3, 3].astype(points.dtype)) <= reach).all(axis=1) & ~found)
            if len(near):
                found[near] = _within(part, apply(inverse(pose), points[near]), margin)
        return found


def _within(part: Part, local: np.ndarray, margin: float) -> np.ndarray:
    half = part.half + margin
    if part.round == "all":
        return np.square(local).sum(axis=1) <= half[0] ** 2
    if part.round == "z":
        return (np.hypot(local[:, 0], local[:, 1]) <= half[0]) & (np.abs(local[:, 2]) <= half[2])
    return np.all(np.abs(local) <= half, axis=1)


def _parts(root: ElementTree.Element) -> list[Part]:
    found = []
    for link in root.iter("link"):
        for solid in (*link.iterfind("visual"), *link.iterfind("collision")):
            geometry, name, pose = solid.find("geometry"), link.attrib["name"], _origin(solid.find("origin"))
            half, kind = _shape(geometry)
            if half is not None:
                found.append(Part(name, half, kind, pose))
            elif geometry is not None and solid.tag == "collision" and (mesh := geometry.find("mesh")) is not None:
                boxes = boxes_of(mesh.attrib["filename"], _numbers(mesh.get("scale", "1 1 1")))
                found += [Part(name, box.half, "", pose @ box.pose) for box in boxes]
    # What is to be seen and what is to be hit are mostly the same.
    return list({(p.link, p.round, p.half.tobytes(), p.pose.tobytes()): p for p in found}.values())


def _shape(geometry: ElementTree.Element | None) -> tuple[np.ndarray | None, str]:
    if geometry is None:
        return None, ""
    if (box := geometry.find("box")) is not None:
        return _numbers(box.attrib["size"]) / 2, ""
    if (cylinder := geometry.find("cylinder")) is not None:
        radius = float(cylinder.attrib["radius"])
        return np.array([radius, radius, float(cylinder.attrib["length"]) / 2]), "z"
    if (sphere := geometry.find("sphere")) is not None:
        return np.full(3, float(sphere.attrib["radius"])), "all"
    return None, ""


def _origin(origin: ElementTree.Element | None) -> np.ndarray:
    if origin is None:
        return np.eye(4)
    roll, pitch, yaw = _numbers(origin.attrib.get("rpy", "0 0 0")) / 2
    # URDF's angles turn about fixed axes, roll first.
    turn = np.eye(4)
    for axis, angle in enumerate((roll, pitch, yaw)):
        quat = [0.0, 0.0, 0.0, np.cos(angle)]
        quat[axis] = np.sin(angle)
        turn = transform((0.0, 0.0, 0.0), quat) @ turn
    turn[:3, 3] = _numbers(origin.attrib.get("xyz", "0 0 0"))
    return turn


def _numbers(text: str) -> np.ndarray:
    values = np.array([float(word) for word in text.split()])
    if values.shape != (3,):
        raise ValueError(f"'{text}' should be three numbers")
    return values
