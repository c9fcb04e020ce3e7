# SPDX-License-Identifier: Apache-2.0
"""Where a call leads: the places that bounds and zones are held against. Frame map, metres.

A thing is where its centre is. A skill that makes ``at(…)`` leads the base to the approach pose; the way there is the
navigation server's part and is not known here. What a call without an entity does happens where the robot stands.
"""

from dataclasses import dataclass

from agent_planner.safety.polygons import Point
from agent_planner.scene import Pose, SceneGraph
from agent_planner.scene.approach import approach_pose
from agent_planner.scene.graph import Entity
from agent_planner.skills import Skill
from agent_planner.types import Call


@dataclass(frozen=True)
class Site:
    """A place that a call leads to.

    Attributes:
        what: for messages.
        at: None where it is not known.
        of_base: whether the base's centre comes to be there.
    """

    what: str
    at: Point | None
    of_base: bool = False


def entities_of(call: Call, skill: Skill, scene: SceneGraph) -> tuple[Entity, ...]:
    """The entities that a checked call names, in the order of its parameters."""
    names = (call.args[name] for name, p in skill.parameters.items() if p.type == "entity")
    return tuple(scene.entities[str(name)] for name in names)


def drives_to(call: Call, skill: Skill, scene: SceneGraph) -> tuple[Entity, ...]:
    """The entities that the base stands at after a successful call."""
    made = (atom for atom in skill.made(call) if atom.name == "at" and not atom.negated)
    return tuple(scene.entities[atom.args[0]] for atom in made if atom.args[0] in scene.entities)


def is_placed(entity: Entity) -> bool:
    """Whether anybody has said where it is: a pose that is all zeros, of a thing without size, is no pose."""
    return entity.pose != Pose() or any(entity.size)


def sites(call: Call, skill: Skill, scene: SceneGraph) -> tuple[Site, ...]:
    """Every place that a checked call leads to; at least one."""
    here = Point(scene.robot.base.x, scene.robot.base.y)
    found = []
    for entity in entities_of(call, skill, scene):
        found.append(Site(f"'{entity.name}'", here if scene.holding == entity.name else _centre(entity)))
    for entity in drives_to(call, skill, scene):
        pose = approach_pose(entity, scene) if is_placed(entity) else None
        found.append(Site(f"the base at '{entity.name}'", Point(pose.x, pose.y) if pose else None, of_base=True))
    return tuple(found) or (Site("the robot, where it stands,", here),)


def _centre(entity: Entity) -> Point | None:
    return Point(entity.pose.x, entity.pose.y) if is_placed(entity) else None
