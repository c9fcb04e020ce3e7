# SPDX-License-Identifier: Apache-2.0
"""The scene as a ROS message and as the core's own type."""

import math
import re
from collections.abc import Iterable
from typing import Any

from agent_planner_interfaces.msg import NamedPose
from agent_planner_interfaces.msg import Relation as RelationMsg
from agent_planner_interfaces.msg import RobotState as RobotStateMsg
from agent_planner_interfaces.msg import SceneGraph as SceneGraphMsg
from agent_planner_interfaces.msg import SceneObject as SceneObjectMsg
from agent_planner_interfaces.msg import ScenePlace as ScenePlaceMsg
from builtin_interfaces.msg import Time
from geometry_msgs.msg import Pose as PoseMsg
from geometry_msgs.msg import Vector3
from pydantic import ValidationError

from agent_planner.errors import InfrastructureError
from agent_planner.scene import Pose, Relation, RobotState, SceneGraph, SceneObject, ScenePlace
from agent_planner.scene.geometry import Reach, relations
from agent_planner.scene.graph import RELATION_PATTERN, Floor

MAP = "map"
# What counts as being on the move: m/s, rad/s, of a joint rad/s or m/s.
BASE_SPEED, TURN_SPEED, JOINT_SPEED = 0.005, 0.01, 0.02
_REACH = Reach()
_LOCATING = frozenset({"at", "on", "in", "holding"})
_ARGUMENTS = {"at": 1, "holding": 1, "on": 2, "in": 2, "near": 2}


class SceneMessageError(InfrastructureError):
    """A scene message cannot be used; whoever publishes it must be looked at."""


def to_seconds(stamp: Time) -> float:
    """Seconds since the clock's epoch."""
    return stamp.sec + stamp.nanosec * 1e-9


def to_stamp(seconds: float) -> Time:
    """The message for a number of seconds."""
    whole = math.floor(seconds)
    return Time(sec=whole, nanosec=min(999_999_999, round((seconds - whole) * 1e9)))


def to_pose(message: PoseMsg) -> Pose:
    """Position and heading; roll and pitch are dropped."""
    q = message.orientation
    yaw = math.atan2(2 * (q.w * q.z + q.x * q.y), 1 - 2 * (q.y * q.y + q.z * q.z))
    return Pose(message.position.x, message.position.y, message.position.z, yaw)


def to_pose_message(pose: Pose) -> PoseMsg:
    """The message for a position and a heading."""
    message = PoseMsg()
    message.position.x, message.position.y, message.position.z = map(float, pose[:3])
    message.orientation.z, message.orientation.w = math.sin(pose.yaw / 2), math.cos(pose.yaw / 2)
    return message


def to_scene(message: SceneGraphMsg, reach: Reach = _REACH, floor: Floor | None = None) -> SceneGraph:
    """Read a scene message.

    Relations are taken as they are given; where the message has none of at, on, in and holding, they are
    computed from poses and sizes. ``robot.holding``, where it is set, is believed in either case.

    Raises:
        SceneMessageError: a name, a number or a relation is wrong; says which.
    """
    stamp = to_seconds(message.header.stamp)
    if message.header.frame_id not in ("", MAP):
        raise SceneMessageError(f"the scene must be in frame '{MAP}', not '{message.header.frame_id}'")
    objects = tuple(_object(o, stamp) for o in message.objects)
    places = tuple(_place(p) for p in message.places)
    robot = _robot(message.robot)
    known = {e.name for e in (*objects, *places)}
    given = tuple(_relation(r, known) for r in message.relations)
    if _LOCATING.isdisjoint(r.name for r in given):
        own = [r for r in given if r.name != "near"]
        given = (*relations(objects, places, robot, reach), *own)
    if message.robot.holding:
        given = _holding(message.robot.holding, given, known)
    try:
        return SceneGraph(stamp=stamp, objects=objects, places=places, relations=given, robot=robot, floor=floor)
    except ValidationError as error:
        raise SceneMessageError(f"the scene: {_first(error)}") from error


def to_scene_message(scene: SceneGraph) -> SceneGraphMsg:
    """The message for a scene, with all its relations."""
    message = SceneGraphMsg()
    message.header.frame_id = MAP
    message.header.stamp = to_stamp(scene.stamp)
    message.objects = [_object_message(o, scene.stamp) for o in scene.objects]
    message.places = [_place_message(p) for p in scene.places]
    message.relations = [RelationMsg(name=r.name, a=r.a, b=r.b) for r in scene.relations]
    message.robot = _robot_message(scene)
    return message


def _object(message: SceneObjectMsg, stamp: float) -> SceneObject:
    seen = to_seconds(message.observed)
    fields = _common(message) | {
        "confidence": message.confidence,
        "age_s": max(0.0, stamp - seen) if seen > 0 else 0.0,
    }
    return _built(SceneObject, message.name, fields)


def _place(message: ScenePlaceMsg) -> ScenePlace:
    poses = {named.name: to_pose(named.pose) for named in message.poses}
    for name, pose in poses.items():
        _finite(f"{message.name}.{name}", pose)
    own = {"explored": message.explored, "is_open": message.is_open, "poses": poses}
    return _built(ScenePlace, message.name, _common(message) | own)


def _common(message: SceneObjectMsg | ScenePlaceMsg) -> dict[str, Any]:
    pose, size = to_pose(message.pose), (message.size.x, message.size.y, message.size.z)
    _finite(message.name, (*pose, *size))
    return {
        "name": message.name,
        "category": message.category,
        "color": message.color,
        "pose": pose,
        "size": size,
        "affordances": frozenset(message.affordances),
    }


def _robot(message: RobotStateMsg) -> RobotState:
    base, hand = to_pose(message.base), to_pose(message.end_effector)
    _finite("robot", (*base, *hand, message.gripper_opening, message.deck_size.x, message.deck_size.y))
    fields = {
        "name": message.name or "robot",
        "base": base,
        "end_effector": hand[:3],
        "gripper_opening": message.gripper_opening,
        "deck": _deck(message),
        "base_moving": message.base_moving,
        "arm_moving": message.arm_moving,
    }
    return _built(RobotState, message.name or "robot", fields)


def _deck(message: RobotStateMsg) -> tuple[float, float] | None:
    """Depth and width of the robot's deck, metres, if it has one."""
    size = message.deck_size.x, message.deck_size.y
    return size if all(size) else None


def _relation(message: RelationMsg, known: set[str]) -> Relation:
    text = f"relation {message.name}({', '.join(x for x in (message.a, message.b) if x)})"
    given = [x for x in (message.a, message.b) if x]
    if not re.fullmatch(RELATION_PATTERN, message.name):
        raise SceneMessageError(f"{text}: '{message.name}' is not a relation's name")
    wanted = _ARGUMENTS.get(message.name, len(given))
    if len(given) != wanted:
        raise SceneMessageError(f"{text}: {message.name} is between {wanted} entities, not {len(given)}")
    for name in given:
        if name not in known:
            raise SceneMessageError(f"{text}: '{name}' is not among the message's objects and places")
    return Relation(message.name, message.a, message.b)


def _holding(name: str, given: Iterable[Relation], known: set[str]) -> tuple[Relation, ...]:
    if name not in known:
        raise SceneMessageError(f"robot.holding: '{name}' is not among the message's objects and places")
    kept = (r for r in given if r.name != "holding" and not (r.name in ("on", "in") and r.a == name))
    return (Relation("holding", name), *kept)


def _built(kind: type, name: str, fields: dict[str, Any]) -> Any:
    try:
        return kind(**fields)
    except ValidationError as error:
        raise SceneMessageError(f"{kind.__name__} '{name}': {_first(error)}") from error


def _first(error: ValidationError) -> str:
    fault = error.errors()[0]
    field = ".".join(map(str, fault["loc"]))
    return f"{field}: {fault['msg']}" if field else fault["msg"].removeprefix("Value error, ")


def _finite(name: str, numbers: Iterable[float]) -> None:
    if not all(math.isfinite(n) for n in numbers):
        raise SceneMessageError(f"'{name}' has a pose or size that is not finite")


def _object_message(thing: SceneObject, stamp: float) -> SceneObjectMsg:
    return SceneObjectMsg(
        name=thing.name,
        category=thing.category,
        color=thing.color,
        pose=to_pose_message(thing.pose),
        size=_vector(thing.size),
        affordances=sorted(thing.affordances),
        confidence=thing.confidence,
        observed=to_stamp(max(0.0, stamp - thing.age_s)),
    )


def _place_message(place: ScenePlace) -> ScenePlaceMsg:
    message = ScenePlaceMsg(
        name=place.name,
        category=place.category,
        color=place.color,
        pose=to_pose_message(place.pose),
        size=_vector(place.size),
        affordances=sorted(place.affordances),
        explored=place.explored,
        is_open=place.is_open,
        opening=1.0 if place.is_open else 0.0,
        poses=[NamedPose(name=name, pose=to_pose_message(pose)) for name, pose in place.poses.items()],
    )
    message.handle.orientation.w = 0.0  # a zero quaternion: no handle is known
    return message


def _robot_message(scene: SceneGraph) -> RobotStateMsg:
    robot = scene.robot
    x, y, z = robot.end_effector
    return RobotStateMsg(
        name=robot.name,
        base=to_pose_message(robot.base),
        end_effector=to_pose_message(Pose(x, y, z)),
        holding=scene.holding or "",
        gripper_opening=robot.gripper_opening,
        deck_size=_vector((*(robot.deck or (0.0, 0.0)), 0.0)),
        base_moving=robot.base_moving,
        arm_moving=robot.arm_moving,
    )


def _vector(size: tuple[float, float, float]) -> Vector3:
    x, y, z = map(float, size)
    return Vector3(x=x, y=y, z=z)
