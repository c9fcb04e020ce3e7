# SPDX-License-Identifier: Apache-2.0
"""What can be seen of a ground truth: what is inside things that were never open is left out."""

import math

from agent_planner_interfaces.msg import Relation as RelationMessage
from agent_planner_interfaces.msg import RobotState as RobotMessage
from agent_planner_interfaces.msg import SceneGraph as SceneMessage
from agent_planner_interfaces.msg import SceneObject as ObjectMessage
from agent_planner_interfaces.msg import ScenePlace as PlaceMessage
from geometry_msgs.msg import Pose as PoseMessage
from geometry_msgs.msg import Vector3

from agent_planner.ros.messages import deck_of
from agent_planner.scene.geometry import relations
from agent_planner.scene.graph import Pose, Relation, RobotState, SceneObject, ScenePlace


def observed(truth: SceneMessage) -> SceneMessage:
    """Return the scene as a perception node would report it, with relations."""
    found = _relations(truth)
    unexplored = {place.name for place in truth.places if not place.explored}
    inside = {r.a: r.b for r in found if r.name in ("in", "on")}
    hidden = {thing.name for thing in truth.objects if _is_hidden(thing.name, inside, unexplored)}
    message = SceneMessage(header=truth.header, places=truth.places, robot=truth.robot)
    message.objects = [thing for thing in truth.objects if thing.name not in hidden]
    seen = [r for r in found if r.a not in hidden and r.b not in hidden]
    message.relations = [RelationMessage(name=r.name, a=r.a, b=r.b) for r in seen]
    message.robot.holding = next((r.a for r in seen if r.name == "holding"), "")
    return message


def _is_hidden(name: str, inside: dict[str, str], unexplored: set[str]) -> bool:
    below: set[str] = set()
    while name in inside and name not in below:
        below.add(name)
        name = inside[name]
        if name in unexplored:
            return True
    return False


def _relations(truth: SceneMessage) -> tuple[Relation, ...]:
    return relations([_object(o) for o in truth.objects], [_place(p) for p in truth.places], _robot(truth.robot))


def _pose(pose: PoseMessage) -> Pose:
    p, q = pose.position, pose.orientation
    yaw = math.atan2(2 * (q.w * q.z + q.x * q.y), 1 - 2 * (q.y * q.y + q.z * q.z))
    return Pose(p.x, p.y, p.z, yaw)


def _size(size: Vector3) -> tuple[float, float, float]:
    return size.x, size.y, size.z


def _object(message: ObjectMessage) -> SceneObject:
    return SceneObject(
        name=message.name,
        pose=_pose(message.pose),
        size=_size(message.size),
        affordances=frozenset(message.affordances),
    )


def _place(message: PlaceMessage) -> ScenePlace:
    return ScenePlace(
        name=message.name,
        pose=_pose(message.pose),
        size=_size(message.size),
        affordances=frozenset(message.affordances),
        explored=message.explored,
        is_open=message.is_open,
    )


def _robot(message: RobotMessage) -> RobotState:
    hand = message.end_effector.position
    return RobotState(
        base=_pose(message.base),
        end_effector=(hand.x, hand.y, hand.z),
        gripper_opening=message.gripper_opening,
        deck=deck_of(message),
    )
