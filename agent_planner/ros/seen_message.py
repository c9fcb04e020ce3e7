# SPDX-License-Identifier: Apache-2.0
"""What perception knows, as the scene's message."""

from typing import NamedTuple

import numpy as np
from agent_planner_interfaces.msg import SceneGraph as SceneGraphMsg
from agent_planner_interfaces.msg import ScenePlace as ScenePlaceMsg
from geometry_msgs.msg import Point
from geometry_msgs.msg import Pose as PoseMsg

from agent_planner.perception.perceiver import Perceiver, scene_place
from agent_planner.perception.places import Place
from agent_planner.perception.rigid import pose_of, quaternion
from agent_planner.ros.messages import to_scene_message
from agent_planner.scene import Relation, RobotState, SceneGraph
from agent_planner.scene.geometry import relations


class RobotReading(NamedTuple):
    """The robot at the picture's time: poses of base and hand in the map, (4, 4), metres of opening, what moves."""

    base: np.ndarray
    end_effector: np.ndarray | None
    opening: float
    base_moving: bool
    arm_moving: bool


def seen_message(perceiver: Perceiver, stamp: float, reading: RobotReading) -> SceneGraphMsg:
    """Return the scene with its relations, stamped as the picture (seconds)."""
    objects, held = perceiver.objects(), perceiver.held()
    places = tuple(scene_place(place) for place in perceiver.places)
    robot = _robot(reading)
    found = relations(objects, places, robot)
    if held and Relation("holding", held) not in found:
        found = (Relation("holding", held), *(r for r in found if r.name != "holding"))
    scene = SceneGraph(stamp=stamp, objects=objects, places=places, relations=found, robot=robot)
    message = to_scene_message(scene)
    if reading.end_effector is not None:
        message.robot.end_effector = _pose(reading.end_effector)
    for place, told in zip(perceiver.places, message.places, strict=True):
        _tell_opening(place, told)
    return message


def _robot(reading: RobotReading) -> RobotState:
    hand = reading.end_effector if reading.end_effector is not None else reading.base
    x, y, z = (float(v) for v in hand[:3, 3])
    return RobotState(
        base=pose_of(reading.base),
        end_effector=(x, y, z),
        gripper_opening=reading.opening,
        base_moving=reading.base_moving,
        arm_moving=reading.arm_moving,
    )


def _tell_opening(place: Place, message: ScenePlaceMsg) -> None:
    opens, handle = place.entry.opens, place.handle
    if opens is None or handle is None:
        return
    message.opening = float(place.opening)
    message.mechanism, message.travel = opens.mechanism, opens.travel
    message.handle = _pose(handle)
    if opens.hinge is not None:
        message.hinge = Point(x=opens.hinge[0], y=opens.hinge[1], z=opens.hinge[2])


def _pose(matrix: np.ndarray) -> PoseMsg:
    message = PoseMsg()
    p, q = message.position, message.orientation
    p.x, p.y, p.z = (float(v) for v in matrix[:3, 3])
    q.x, q.y, q.z, q.w = quaternion(matrix)
    return message
