# SPDX-License-Identifier: Apache-2.0
"""A scene as a world of SDF 1.9: bodies, joints, light, and the systems of gz-sim that a world needs."""

from collections.abc import Iterator
from xml.etree import ElementTree as ET

from agent_planner_sim.gazebo.sdf import add, add_color, add_inertial, add_plugin, add_pose, add_solids
from agent_planner_sim.scenes.bodies import furniture_body, item_body, part_body
from agent_planner_sim.scenes.description import (
    DRAWER,
    FLOOR_MARGIN,
    Furniture,
    Item,
    MovingPart,
    Placement,
    Scene,
)
from agent_planner_sim.shapes import Solid

WORLD = "agent_planner"  # one name for all scenes: services and topics carry it
WALLS, FLOOR = "walls", "floor"
# Gazebo's own names of topics, all scenes and objects on the same two.
OBJECTS_TOPIC, PARTS_TOPIC = "scene/objects", "scene/parts"
MAP = "map"
_OBJECTS_RATE = 10.0
_FLOOR_COLOR = (0.75, 0.71, 0.645, 1.0)
_FIXED_MASS = 20.0  # of furniture that is fixed to the world: it acts on nothing, but SDF wants one


def part_joint(name: str) -> str:
    """Return the name of a drawer's or door's joint; SDF keeps links and joints of a model apart."""
    return f"{part_body(name)}/joint"


def world(scene: Scene, time_step: float, rtf: float = 1.0, render_engine: str = "ogre2") -> ET.Element:
    """Return the world without a robot.

    Args:
        scene: what is there.
        time_step: of the physics, seconds.
        rtf: simulated seconds a wall second, at most; 0: as fast as possible.
        render_engine: ``ogre2``, or ``ogre`` where there is neither a GPU nor EGL.
    """
    root = ET.Element("world", name=WORLD)
    physics = add(root, "physics", name="steps", type="ignored")
    add(physics, "max_step_size", time_step)
    add(physics, "real_time_factor", rtf)
    add(root, "gravity", (0.0, 0.0, -9.81))
    add_plugin(root, "physics", "Physics")
    add_plugin(root, "user-commands", "UserCommands")
    add_plugin(root, "scene-broadcaster", "SceneBroadcaster")
    add_plugin(root, "sensors", "Sensors", render_engine=render_engine)
    sky = add(root, "scene")
    add(sky, "ambient", (0.42, 0.42, 0.42, 1.0))
    add(sky, "background", (0.80, 0.85, 0.90, 1.0))
    add(sky, "shadows", True)
    root.append(_sun(scene))
    root.extend(models(scene))
    return root


def models(scene: Scene) -> Iterator[ET.Element]:
    """All models of a scene, floor and walls first."""
    yield _floor(scene)
    yield _static(WALLS, Placement(), scene.walls, "wall")
    for piece in scene.furniture:
        yield _furniture(piece)
    for item in scene.items:
        yield _item(item)


def _sun(scene: Scene) -> ET.Element:
    x0, y0, x1, y1 = scene.bounds
    light = ET.Element("light", name="sun", type="directional")
    add_pose(light, ((x0 + x1) / 2 - 1.5, (y0 + y1) / 2 - 1.0, 5.0))
    add(light, "cast_shadows", True)
    add(light, "diffuse", (0.55, 0.55, 0.52, 1.0))
    add(light, "specular", (0.12, 0.12, 0.12, 1.0))
    add(light, "direction", (0.28, 0.2, -1.0))
    return light


def _floor(scene: Scene) -> ET.Element:
    """A plane, without end for what touches it, as wide as the floor is for what looks at it."""
    x0, y0, x1, y1 = scene.bounds
    model = _model(FLOOR, Placement((x0 + x1) / 2, (y0 + y1) / 2))
    add(model, "static", True)
    link = add(model, "link", name=FLOOR)
    collision, visual = add(link, "collision", name=f"{FLOOR}/collision"), add(link, "visual", name=FLOOR)
    for element in (collision, visual):
        plane = add(add(element, "geometry"), "plane")
        add(plane, "normal", (0.0, 0.0, 1.0))
        add(plane, "size", (x1 - x0 + 2 * FLOOR_MARGIN, y1 - y0 + 2 * FLOOR_MARGIN))
    add_color(visual, _FLOOR_COLOR)
    return model


def _model(name: str, placement: Placement) -> ET.Element:
    model = ET.Element("model", name=name)
    add_pose(model, placement[:3], (0.0, 0.0, placement.yaw))
    return model


def _static(name: str, placement: Placement, solids: tuple[Solid, ...], prefix: str) -> ET.Element:
    model = _model(name, placement)
    add(model, "static", True)
    add_solids(add(model, "link", name=name), solids, prefix)
    return model


def _furniture(piece: Furniture) -> ET.Element:
    name = furniture_body(piece.name)
    if not piece.parts:
        return _static(name, piece.placement, piece.solids, name)
    model = _model(name, piece.placement)
    link = add(model, "link", name=name)
    add_inertial(link, piece.solids, _FIXED_MASS)
    add_solids(link, piece.solids, name)
    fixed = add(model, "joint", name="fixed", type="fixed")
    add(fixed, "parent", "world")
    add(fixed, "child", name)
    for part in piece.parts:
        _add_part(model, name, part)
    add_plugin(
        model,
        "joint-state-publisher",
        "JointStatePublisher",
        topic=PARTS_TOPIC,
        joint_name=[part_joint(part.name) for part in piece.parts],
    )
    return model


def _add_part(model: ET.Element, furniture: str, part: MovingPart) -> None:
    name = part_body(part.name)
    link = add(model, "link", name=name)
    add_pose(link, part.xyz)
    add_inertial(link, part.solids, part.mass)
    add_solids(link, part.solids, name)
    joint = add(
        model, "joint", name=part_joint(part.name), type="prismatic" if part.mechanism == DRAWER else "revolute"
    )
    add(joint, "parent", furniture)
    add(joint, "child", name)
    axis = add(joint, "axis")
    add(axis, "xyz", part.axis)
    limit = add(axis, "limit")
    add(limit, "lower", 0.0)
    add(limit, "upper", part.travel)
    dynamics = add(axis, "dynamics")
    add(dynamics, "damping", part.damping)
    add(dynamics, "friction", part.friction)


def _item(item: Item) -> ET.Element:
    name = item_body(item.name)
    model = _model(name, item.placement)
    link = add(model, "link", name=name)
    add_inertial(link, item.solids[:1], item.mass)
    add_solids(link, item.solids, name)
    # Not a PosePublisher: its topic is named after the model, and a bridge would need a row for every object.
    add_plugin(
        model,
        "odometry-publisher",
        "OdometryPublisher",
        odom_topic=OBJECTS_TOPIC,
        odom_frame=MAP,
        robot_base_frame=name,
        odom_publish_frequency=_OBJECTS_RATE,
        dimensions=3,
    )
    return model
