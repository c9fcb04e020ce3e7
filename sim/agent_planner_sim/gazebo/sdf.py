# SPDX-License-Identifier: Apache-2.0
"""Elements of SDF 1.9 from solids, masses and poses."""

import math
from collections.abc import Iterable
from xml.etree import ElementTree as ET

import numpy as np

from agent_planner_sim.shapes import Box, Color, Cylinder, Shape, Solid, Sphere, combined_inertia, friction
from agent_planner_sim.transforms import Vec3, matrix_from_rpy

VERSION = "1.9"
_AXES = {"ixx": (0, 0), "ixy": (0, 1), "ixz": (0, 2), "iyy": (1, 1), "iyz": (1, 2), "izz": (2, 2)}


def document(content: ET.Element) -> str:
    """Return a world or a model as the text of a file."""
    root = ET.Element("sdf", version=VERSION)
    root.append(content)
    ET.indent(root)
    return '<?xml version="1.0"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def add(parent: ET.Element, tag: str, value: object = None, **attributes: str) -> ET.Element:
    """Add an element, its text a number, a truth value, a text or several numbers."""
    element = ET.SubElement(parent, tag, attributes)
    if value is not None:
        element.text = text(value)
    return element


def text(value: object) -> str:
    """Return a value as SDF writes it."""
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            return value
        case int() | float():
            return f"{round(value, 12) + 0.0:.9g}"  # no -0, and no trace of a sine of π
        case Iterable():
            return " ".join(text(float(v)) for v in value)
    raise TypeError(f"{type(value).__name__} is no value of an SDF element")


def add_pose(parent: ET.Element, xyz: Vec3, rpy: Vec3 = (0.0, 0.0, 0.0), relative_to: str = "") -> None:
    """Add a pose: metres, and radians about fixed axes."""
    add(parent, "pose", (*xyz, *rpy), **({"relative_to": relative_to} if relative_to else {}))


def add_inertial(link: ET.Element, solids: tuple[Solid, ...], mass: float) -> None:
    """Spread a mass over some solids of a link, as MuJoCo's emitter does."""
    centre, moments = combined_inertia(solids, mass)
    inertial = add(link, "inertial")
    add_pose(inertial, (float(centre[0]), float(centre[1]), float(centre[2])))
    add(inertial, "mass", mass)
    inertia = add(inertial, "inertia")
    for name, place in _AXES.items():
        add(inertia, name, float(moments[place]))


def add_solids(link: ET.Element, solids: tuple[Solid, ...], prefix: str) -> None:
    """Add a visual for each solid, named as MuJoCo's geom is, and a collision for those that collide."""
    for number, solid in enumerate(solids):
        name = f"{prefix}#{number}"
        if solid.collides:
            add_collision(link, f"{name}/collision", solid)
        visual = add(link, "visual", name=name)
        _place(visual, solid)
        add_color(visual, solid.color)


def add_color(visual: ET.Element, color: Color) -> None:
    """Give a visual one colour in every light."""
    material = add(visual, "material")
    for light in ("ambient", "diffuse"):
        add(material, light, color)


def add_collision(link: ET.Element, name: str, solid: Solid, slippery: bool = False) -> None:
    """Add a collision; ``slippery`` takes its friction away.

    Sliding and torsional friction are MuJoCo's. There the largest torque is so many metres times the normal force, here
    it is 3π/16 times patch radius, coefficient and force (SDF specification, surface/friction/torsional).
    """
    collision = add(link, "collision", name=name)
    _place(collision, solid)
    slide, twist, _ = (0.0, 0.0, 0.0) if slippery else friction(solid)
    surface = add(add(collision, "surface"), "friction")
    ode = add(surface, "ode")
    add(ode, "mu", slide)
    add(ode, "mu2", slide)
    if slide:
        torsional = add(surface, "torsional")
        add(torsional, "coefficient", slide)
        add(torsional, "use_patch_radius", True)
        add(torsional, "patch_radius", twist / slide * 16 / (3 * math.pi))


def add_plugin(parent: ET.Element, system: str, class_name: str, **values: object) -> ET.Element:
    """Add a system of gz-sim; a value that is a list becomes an element for each entry."""
    plugin = ET.SubElement(parent, "plugin", filename=f"gz-sim-{system}-system", name=f"gz::sim::systems::{class_name}")
    for tag, value in values.items():
        for entry in value if isinstance(value, list) else [value]:
            add(plugin, tag, entry)
    return plugin


def rpy_of(matrix: np.ndarray) -> Vec3:
    """Return roll, pitch and yaw of a rotation, (3, 3); at a pitch of ±π/2 the yaw is zero."""
    pitch = math.asin(max(-1.0, min(1.0, -float(matrix[2, 0]))))
    if abs(matrix[2, 0]) > 1 - 1e-12:
        return math.atan2(math.copysign(1.0, pitch) * matrix[0, 1], matrix[1, 1]), pitch, 0.0
    return math.atan2(matrix[2, 1], matrix[2, 2]), pitch, math.atan2(matrix[1, 0], matrix[0, 0])


def joined(rpy: Vec3, then: Vec3) -> Vec3:
    """Return the turn ``rpy`` followed by another one in the turned frame."""
    return rpy_of(matrix_from_rpy(rpy) @ matrix_from_rpy(then))


def _place(element: ET.Element, solid: Solid) -> None:
    add_pose(element, solid.xyz, solid.rpy)
    add(element, "geometry").append(_shape(solid.shape))


def _shape(shape: Shape) -> ET.Element:
    match shape:
        case Box(size):
            element = ET.Element("box")
            add(element, "size", size)
        case Cylinder(radius, length):
            element = ET.Element("cylinder")
            add(element, "radius", radius)
            add(element, "length", length)
        case Sphere(radius):
            element = ET.Element("sphere")
            add(element, "radius", radius)
    return element
