# SPDX-License-Identifier: Apache-2.0
"""Where a base may stand to work on an entity, for servers that know poses and no names. Metres, frame map."""

import math

from agent_planner.scene import Pose, SceneGraph
from agent_planner.scene.geometry import footprint_distance, to_box
from agent_planner.scene.graph import Entity

# From the nearest point of the footprint to the base's centre: within reach, clear of the furniture.
_GAP_M = 0.50


def approach_pose(entity: Entity, scene: SceneGraph) -> Pose:
    """The middle of the side that faces the robot, ``_GAP_M`` off, looking at the entity; z is 0.

    What stands on furniture is approached from that furniture's side. The way there and what else stands around
    are not looked at: that is the navigation server's part.
    """
    blocking = _outermost(entity, scene)
    robot, box = scene.robot.base, blocking.pose
    x, y = to_box(robot, box)
    half_x, half_y = blocking.size[0] / 2, blocking.size[1] / 2
    # Of the four sides, the one that the robot is furthest out from.
    if abs(x) - half_x >= abs(y) - half_y:
        local = (math.copysign(half_x + _GAP_M, x), 0.0)
    else:
        local = (0.0, math.copysign(half_y + _GAP_M, y))
    c, s = math.cos(box.yaw), math.sin(box.yaw)
    at = Pose(box.x + c * local[0] - s * local[1], box.y + s * local[0] + c * local[1])
    aim = entity.pose if footprint_distance(entity.pose, box, blocking.size) == 0.0 else box
    return at._replace(yaw=math.atan2(aim.y - at.y, aim.x - at.x))


def _outermost(entity: Entity, scene: SceneGraph) -> Entity:
    seen = {entity.name}
    while (location := scene.location(entity.name)) is not None and location.b not in seen:
        entity = scene.entities[location.b]
        seen.add(entity.name)
    return entity
