# SPDX-License-Identifier: Apache-2.0
"""A robot description as URDF."""

from xml.etree import ElementTree as ET

from agent_planner_sim.robots.description import Joint, Link, RobotDescription
from agent_planner_sim.shapes import Box, Cylinder, Shape, Solid, Sphere, combined_inertia


def to_urdf(robot: RobotDescription, ros2_control: bool = False) -> str:
    """Return the robot as URDF text, its root the base link.

    Args:
        robot: the robot.
        ros2_control: whether to name the joints that Gazebo's ros2_control commands.
    """
    root = ET.Element("robot", name=robot.name)
    for link in robot.links:
        root.append(_link(link))
    for joint in robot.joints:
        root.append(_joint(joint))
    if ros2_control:
        root.append(_ros2_control(robot))
    ET.indent(root)
    return '<?xml version="1.0"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def _numbers(values: object) -> str:
    return " ".join(f"{v:.9g}" for v in values)  # type: ignore[attr-defined]


def _link(link: Link) -> ET.Element:
    element = ET.Element("link", name=link.name)
    if link.mass:
        centre, moments = combined_inertia(link.solids, link.mass)
        inertial = ET.SubElement(element, "inertial")
        ET.SubElement(inertial, "origin", xyz=_numbers(centre), rpy="0 0 0")
        ET.SubElement(inertial, "mass", value=f"{link.mass:.9g}")
        names = {"ixx": (0, 0), "ixy": (0, 1), "ixz": (0, 2), "iyy": (1, 1), "iyz": (1, 2), "izz": (2, 2)}
        ET.SubElement(inertial, "inertia", {k: f"{moments[v]:.9g}" for k, v in names.items()})
    for number, solid in enumerate(link.solids):
        element.append(_visual(solid, f"{link.name}_{number}"))
        if solid.collides:
            collision = ET.SubElement(element, "collision")
            _origin_and_shape(collision, solid)
    return element


def _visual(solid: Solid, name: str) -> ET.Element:
    visual = ET.Element("visual", name=name)
    _origin_and_shape(visual, solid)
    material = ET.SubElement(visual, "material", name=f"{name}_color")
    ET.SubElement(material, "color", rgba=_numbers(solid.color))
    return visual


def _origin_and_shape(parent: ET.Element, solid: Solid) -> None:
    ET.SubElement(parent, "origin", xyz=_numbers(solid.xyz), rpy=_numbers(solid.rpy))
    ET.SubElement(parent, "geometry").append(_shape(solid.shape))


def _shape(shape: Shape) -> ET.Element:
    match shape:
        case Box(size):
            return ET.Element("box", size=_numbers(size))
        case Cylinder(radius, length):
            return ET.Element("cylinder", radius=f"{radius:.9g}", length=f"{length:.9g}")
        case Sphere(radius):
            return ET.Element("sphere", radius=f"{radius:.9g}")


def _joint(joint: Joint) -> ET.Element:
    element = ET.Element("joint", name=joint.name, type=joint.kind)
    ET.SubElement(element, "parent", link=joint.parent)
    ET.SubElement(element, "child", link=joint.child)
    ET.SubElement(element, "origin", xyz=_numbers(joint.xyz), rpy=_numbers(joint.rpy))
    if joint.kind != "fixed":
        ET.SubElement(element, "axis", xyz=_numbers(joint.axis))
        limits = {"lower": joint.lower, "upper": joint.upper, "velocity": joint.velocity, "effort": joint.effort}
        ET.SubElement(element, "limit", {k: f"{v:.9g}" for k, v in limits.items()})
    return element


def _ros2_control(robot: RobotDescription) -> ET.Element:
    element = ET.Element("ros2_control", name="gazebo", type="system")
    ET.SubElement(ET.SubElement(element, "hardware"), "plugin").text = "gz_ros2_control/GazeboSimSystem"
    for name in (*robot.arm, *robot.fingers):
        joint = ET.SubElement(element, "joint", name=name)
        ET.SubElement(joint, "command_interface", name="position")
        for state in ("position", "velocity"):
            ET.SubElement(joint, "state_interface", name=state)
    return element
