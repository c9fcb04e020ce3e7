# SPDX-License-Identifier: Apache-2.0
"""Where a base may stand to work on an entity, for servers that know poses and no names. Metres, frame map."""

import math

from agent_planner.scene import Pose, SceneGraph
from agent_planner.scene.geometry import APPROACH, footprint_distance, to_box
from agent_planner.scene.graph import Entity, ScenePlace

# From the nearest point of the footprint to the base's centre: within reach, clear of the furniture.
_GAP_M = 0.50


def approach_pose(entity: Entity, scene: SceneGraph) -> Pose:
    """The first of `approach_poses` on free floor; the very first where none is, or no map is known.

    The way there is not looked at: that is the navigation server's part.
    """
    poses = approach_poses(entity, scene)
    if scene.floor is None:
        return poses[0]
    return next((pose for pose in poses if scene.floor.is_free(pose.x, pose.y)), poses[0])


def approach_poses(entity: Entity, scene: SceneGraph) -> tuple[Pose, ...]:
    """Every pose to work on an entity from, the best first; at least one, z is 0.

    The pose that the entity's map entry names `APPROACH` comes first. The others are the middles of the four sides,
    ``_GAP_M`` off, looking at the entity, that which faces the robot first. What stands on or in furniture is
    approached from that furniture's sides.
    """
    blocking = _outermost(entity, scene)
    aim = entity.pose if footprint_distance(entity.pose, blocking.pose, blocking.size) == 0.0 else blocking.pose
    return (*_named(blocking), *_sides(blocking, scene.robot.base, aim))


def _named(place: Entity) -> tuple[Pose, ...]:
    pose = place.poses.get(APPROACH) if isinstance(place, ScenePlace) else None
    return (pose,) if pose is not None else ()


def _sides(blocking: Entity, robot: Pose, aim: Pose) -> tuple[Pose, ...]:
    box = blocking.pose
    x, y = to_box(robot, box)
    half_x, half_y = blocking.size[0] / 2, blocking.size[1] / 2
    found = []
    for side in (1.0, -1.0):
        # How far the robot is out from each side, and the middle of that side with the gap, in the box's own frame.
        found.append((side * x - half_x, (side * (half_x + _GAP_M), 0.0)))
        found.append((side * y - half_y, (0.0, side * (half_y + _GAP_M))))
    found.sort(key=lambda side: -side[0])
    c, s = math.cos(box.yaw), math.sin(box.yaw)
    middles = [(box.x + c * u - s * v, box.y + s * u + c * v) for _, (u, v) in found]
    return tuple(Pose(at_x, at_y, yaw=math.atan2(aim.y - at_y, aim.x - at_x)) for at_x, at_y in middles)


def _outermost(entity: Entity, scene: SceneGraph) -> Entity:
    seen = {entity.name}
    while (location := scene.location(entity.name)) is not None and location.b not in seen:
        entity = scene.entities[location.b]
        seen.add(entity.name)
    return entity
