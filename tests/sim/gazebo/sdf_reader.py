# SPDX-License-Identifier: Apache-2.0
"""SDF read anew, with nothing of the package that wrote it: poses resolved through their frames, all in the world."""

from dataclasses import dataclass, field
from xml.etree import ElementTree

import numpy as np
from scipy.spatial.transform import Rotation


@dataclass
class Body:
    """A link in the world: metres, kilograms, kg m² about the centre of mass in the world's axes."""

    pose: np.ndarray
    mass: float = 0.0
    centre: np.ndarray = field(default_factory=lambda: np.zeros(3))
    inertia: np.ndarray = field(default_factory=lambda: np.zeros((3, 3)))
    static: bool = False
    gravity: bool = True


@dataclass
class Axis:
    """A joint in the world."""

    kind: str
    parent: str
    child: str
    anchor: np.ndarray
    direction: np.ndarray
    values: dict


@dataclass
class Shape:
    """A collision or a visual in the world."""

    body: str
    pose: np.ndarray
    kind: str
    size: tuple
    sliding: float | None = None
    color: tuple | None = None


class Sdf:
    """A world's bodies, joints, shapes, sensors and frames by name."""

    def __init__(self, text):
        self.root = ElementTree.fromstring(text.encode())
        self.version = self.root.get("version")
        self.world = self.root.find("world")
        self.models = {model.get("name"): model for model in self.world.findall("model")}
        self.bodies, self.joints, self.collisions, self.visuals = {}, {}, {}, {}
        self.frames, self.sensors = {}, {}
        for model in self.models.values():
            self._read(model)

    def _read(self, model):
        elements = {e.get("name"): e for tag in ("link", "joint", "frame") for e in model.findall(tag)}
        place = matrix(model.find("pose"))

        def resolved(name):
            """Pose of a link, joint or frame in the world."""
            element = elements[name]
            pose = element.find("pose")
            own = matrix(pose)
            relative = pose.get("relative_to") if pose is not None else None
            if relative is None:
                # A joint's pose is in its child's frame by default, a frame's in what it is attached to.
                relative = {"joint": text(element, "child"), "frame": element.get("attached_to")}.get(element.tag)
            return (place if relative is None else resolved(relative)) @ own

        static = text(model, "static") == "true"
        for name, element in elements.items():
            pose = resolved(name)
            if element.tag == "link":
                self.bodies[name] = body(element, pose, static)
                self._read_shapes(element, name, pose)
            elif element.tag == "joint" and element.get("type") != "fixed":
                self.joints[name] = axis(element, pose)
            elif element.tag == "frame":
                self.frames[name] = pose

    def _read_shapes(self, link, name, pose):
        for tag, found in (("collision", self.collisions), ("visual", self.visuals)):
            for element in link.findall(tag):
                geometry = element.find("geometry")[0]
                size = tuple(float(v) for child in geometry for v in child.text.split())
                mu = element.find("surface/friction/ode/mu")
                color = element.find("material/diffuse")
                found[element.get("name")] = Shape(
                    name,
                    pose @ matrix(element.find("pose")),
                    geometry.tag,
                    size,
                    float(mu.text) if mu is not None else None,
                    numbers(color) if color is not None else None,
                )
        for sensor in link.findall("sensor"):
            self.sensors[sensor.get("name")] = (sensor, pose @ matrix(sensor.find("pose")))


def body(link, pose, static):
    found = Body(pose, static=static, gravity=text(link, "gravity") != "false")
    inertial = link.find("inertial")
    if inertial is not None:
        within = pose @ matrix(inertial.find("pose"))
        i = {name: float(text(inertial, f"inertia/{name}")) for name in ("ixx", "ixy", "ixz", "iyy", "iyz", "izz")}
        tensor = np.array(
            [[i["ixx"], i["ixy"], i["ixz"]], [i["ixy"], i["iyy"], i["iyz"]], [i["ixz"], i["iyz"], i["izz"]]]
        )
        found.mass, found.centre = float(text(inertial, "mass")), within[:3, 3]
        found.inertia = within[:3, :3] @ tensor @ within[:3, :3].T
    return found


def axis(joint, pose):
    element = joint.find("axis")
    values = {c.tag: float(c.text) for tag in ("limit", "dynamics") for c in element.find(tag)}
    direction = pose[:3, :3] @ np.array(numbers(element.find("xyz")))
    return Axis(joint.get("type"), text(joint, "parent"), text(joint, "child"), pose[:3, 3], direction, values)


def matrix(pose):
    """A pose element as a matrix, (4, 4); the identity where there is none."""
    out = np.eye(4)
    if pose is not None:
        x, y, z, *rpy = numbers(pose)
        out[:3, :3] = Rotation.from_euler("xyz", rpy).as_matrix()
        out[:3, 3] = x, y, z
    return out


def numbers(element):
    return tuple(float(word) for word in element.text.split())


def text(element, path):
    return element.findtext(path)
