# SPDX-License-Identifier: Apache-2.0
"""A robot that somebody has, in training's scenes: what its skills make tells what people ask of it."""

from collections.abc import Collection
from random import Random

from agent_planner.scene import Relation, SceneGraph
from agent_planner.scene.predicates import SCENE_PREDICATES
from agent_planner.skills import Pattern, SkillLibrary
from agent_planner.tuning.scenarios.scenes import bare_of
from agent_planner.tuning.zoo.train_families import TRAIN_FAMILIES

# How often a condition of the robot holds from the beginning.
_HOLDS = 0.3


def roles_of(library: SkillLibrary) -> dict[str, str]:
    """By skill, the role of training's family that makes the same; "" where none does, and nobody asks for it."""
    by_effect = {_effect(Pattern.parse(f.makes[0].format("a", "b"))): f.role for f in TRAIN_FAMILIES if f.makes}
    return {s.name: next((by_effect[e] for e in map(_effect, s.makes) if e in by_effect), "") for s in library}


def _effect(made: Pattern) -> tuple[str, bool, int]:
    return made.name, made.negated, len(set(made.args))


def suited(rng: Random, world: SceneGraph, library: SkillLibrary, settled: Collection[str]) -> SceneGraph:
    """The world as it may be around this robot, and the conditions that it may be in.

    A robot that takes nothing holds nothing, and one that goes nowhere has within its reach whatever it can work on.

    Args:
        rng: draws.
        world: around some other robot.
        library: of this one.
        settled: facts that ``world`` tells already.
    """
    made = library.predicates
    if world.holding is not None and "holding" not in made:
        world = bare_of(world, [world.holding]) or world
    relations = [r for r in world.relations if r.name != "at" or "at" in made]
    if "at" not in made:
        relations += [Relation("at", n) for n, e in world.entities.items() if e.affordances and n != world.holding]
    conditions: set[str] = set()
    for skill in rng.sample(library.skills, len(library.skills)):
        own = [p for p in skill.makes if not p.args and p.name not in (*SCENE_PREDICATES, *settled)]
        # Of conditions that end one another, one holds.
        if any(p.negated for p in own) or rng.random() < _HOLDS:
            conditions -= {p.name for p in own if p.negated}
            conditions |= {p.name for p in own if not p.negated}
    return world.replace(relations=(*relations, *map(Relation, sorted(conditions))))
