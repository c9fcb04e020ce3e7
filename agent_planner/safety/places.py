# SPDX-License-Identifier: Apache-2.0
"""Where a call leads: the places that bounds and zones are held against. Frame map, metres.

A thing is where its centre is. A skill that makes ``at(…)`` leads the base to the pose that its binding tells the
server; where that tells none, to any side that the server may choose. The way there is the navigation server's part and
is not known here. What a call without an entity does happens where the robot stands.
"""

import math
from dataclasses import dataclass

from agent_planner.safety.polygons import Point
from agent_planner.scene import Pose, SceneGraph
from agent_planner.scene.approach import approach_pose, approach_poses
from agent_planner.scene.graph import Entity, ScenePlace
from agent_planner.skills import Skill
from agent_planner.types import Call

# What ends no higher is an area of the floor: a base stands on it, not beside it. Metres.
_FLAT = 0.04


@dataclass(frozen=True)
class Site:
    """A place that a call leads to.

    Attributes:
        what: for messages.
        points: any of which it may be; none where it is not known.
        of_base: whether the base's centre comes to be there.
    """

    what: str
    points: tuple[Point, ...]
    of_base: bool = False


def entities_of(call: Call, skill: Skill, scene: SceneGraph) -> tuple[Entity, ...]:
    """The entities that a checked call names, in the order of its parameters."""
    names = (call.args[name] for name, p in skill.parameters.items() if p.type == "entity")
    return tuple(scene.entities[str(name)] for name in names)


def drives_to(call: Call, skill: Skill, scene: SceneGraph) -> tuple[Entity, ...]:
    """The entities that the base stands at after a successful call."""
    return tuple(entity for _, entity in _targets(call, skill, scene))


def _targets(call: Call, skill: Skill, scene: SceneGraph) -> tuple[tuple[str, Entity], ...]:
    """The parameters whose entities the base comes to stand at, and these."""
    made = (pattern for pattern in skill.makes if pattern.name == "at" and not pattern.negated)
    named = ((pattern.args[0], str(call.args[pattern.args[0]])) for pattern in made)
    return tuple((parameter, scene.entities[name]) for parameter, name in named if name in scene.entities)


def is_placed(entity: Entity) -> bool:
    """Whether anybody has said where it is: a pose that is all zeros, of a thing without size, is no pose."""
    is_known = all(map(math.isfinite, (*entity.pose, *entity.size)))
    return is_known and (entity.pose != Pose() or any(entity.size))


def sites(call: Call, skill: Skill, scene: SceneGraph) -> tuple[Site, ...]:
    """Every place that a checked call leads to; at least one."""
    base = scene.robot.base
    here = (Point(base.x, base.y),) if all(map(math.isfinite, base)) else ()
    found = []
    for entity in entities_of(call, skill, scene):
        found.append(Site(f"'{entity.name}'", here if scene.holding == entity.name else _centre(entity)))
    for parameter, entity in _targets(call, skill, scene):
        stands = _stands(skill, parameter, entity, scene) if is_placed(entity) else ()
        points = tuple(Point(pose.x, pose.y) for pose in stands)
        found.append(Site(f"the base at '{entity.name}'", points, of_base=True))
    return tuple(found) or (Site("the robot, where it stands,", here),)


def _stands(skill: Skill, parameter: str, entity: Entity, scene: SceneGraph) -> tuple[Pose, ...]:
    """Where the base may come to stand."""
    if any(path.split(".")[0] == "approach_pose" for path in skill.told(parameter)):
        return (approach_pose(entity, scene),)
    if isinstance(entity, ScenePlace):
        if poses := tuple(entity.poses[name] for name in skill.named_poses(parameter) if name in entity.poses):
            return poses
        if entity.pose.z + entity.size[2] / 2 <= _FLAT:
            return (entity.pose,)
    sides = approach_poses(entity, scene)
    free = tuple(pose for pose in sides if scene.floor is None or scene.floor.is_free(pose.x, pose.y))
    return free or sides


def _centre(entity: Entity) -> tuple[Point, ...]:
    return (Point(entity.pose.x, entity.pose.y),) if is_placed(entity) else ()
