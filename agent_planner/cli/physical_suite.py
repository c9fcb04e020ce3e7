# SPDX-License-Identifier: Apache-2.0
"""Instructions about a simulated scene, with the goal that scores them."""

from random import Random

from agent_planner.errors import InfrastructureError, UserError, did_you_mean
from agent_planner.goals import Declined, Goal, plan
from agent_planner.scene import Relation, SceneGraph, SceneObject
from agent_planner.scene.focus import matches
from agent_planner.scene.graph import SURFACE
from agent_planner.skills import SkillLibrary
from agent_planner.tuning.scenarios.clauses import make_clause
from agent_planner.tuning.scenarios.scenario import (
    DEFAULT_ROLES,
    Scenario,
    Setting,
    draw_of_kind,
    feasible,
    rebased,
    stable_seed,
)
from agent_planner.tuning.zoo.vocabulary import SEEN

# smoke: one thing to fetch. held_in: whatever training has. failures: the same to do, with a hand that opens once.
SUITES = ("smoke", "held_in", "failures")
# What the skills of the shipped robots do, by their names.
_ROLES = {**DEFAULT_ROLES, "load": "pick", "unload_on": "place_on", "unload_in": "place_in"}
_FETCH = ("place_in", "place_on")
# As in the symbolic suite held_in, without what would take a skill away from the robot.
_KINDS = {"feasible": 0.78, "missing": 0.09, "which": 0.06, "none": 0.07}
_TRIES, _TRIES_OF_KIND = 300, 30
_SEEDS = 2**31


def scene_seed(suite: str, split: str, seed: int) -> int:
    """The seed of the simulator's scene, from a stable hash.

    Raises:
        UserError: the suite has no scenarios in the simulator.
    """
    if suite not in SUITES:
        raise UserError(f"the simulator has no suite '{suite}'; {did_you_mean(suite, SUITES)}")
    return stable_seed(split, suite, seed) % _SEEDS


def scenario(suite: str, split: str, seed: int, seen: SceneGraph, library: SkillLibrary) -> Scenario:
    """Draw an instruction about a scene; the scene's own plan says that it can be done, and that it is not done yet.

    Raises:
        UserError: the robot has no skills for the suite.
        InfrastructureError: the scene has nothing for it.
    """
    if suite == "failures" and not {"pick", "navigate_to"} <= set(library.by_name):
        raise UserError("the suite failures has the hand open on a drive, which wants the skills pick and navigate_to")
    rng = Random(stable_seed(split, suite, seed, "instruction"))
    name = f"{split}/{suite}/{seed}"
    roles = {skill: role for skill, role in _ROLES.items() if skill in library.by_name}
    setting = Setting(library, roles, seen)
    kind = "feasible"
    for number in range(_TRIES):
        if suite == "held_in" and number % _TRIES_OF_KIND == 0:
            # Anew where the scene has nothing for a kind: no two things of one name, say.
            kind = rng.choices(list(_KINDS), weights=list(_KINDS.values()))[0]
        if suite == "smoke":
            found = _fetch(rng, setting, name)
        elif kind == "missing":
            found = _missing(rng, setting, name)
        else:
            found = draw_of_kind(rng, setting, kind, name)
        if found is not None and (suite != "failures" or _carries(found)):
            return found
    raise InfrastructureError(f"seed {seed}: nothing in the scene can be put anywhere: {', '.join(seen.entities)}")


def _fetch(rng: Random, setting: Setting, name: str) -> Scenario | None:
    """One thing to fetch."""
    skills = {role: setting.library[skill] for skill, role in setting.roles.items() if role in _FETCH}
    clause = make_clause(rng, rng.choice(("in", "on")), skills, setting.world)
    goal = Goal((clause.atoms,)) if clause else None
    if clause and goal and plan(goal, setting.library, setting.world):
        return Scenario(name, setting.library, setting.world, clause.text, goal, clause.kind, (clause,))
    return None


def _missing(rng: Random, setting: Setting, name: str) -> Scenario | None:
    """An instruction that would be feasible if one more thing stood there."""
    seen = setting.world
    noun = rng.choice(SEEN.objects)
    surfaces = [p.name for p in seen.places if SURFACE in p.affordances]
    if matches(seen, noun) or noun in seen.entities or not surfaces:
        return None
    relation = Relation("on", noun, rng.choice(surfaces))
    richer = seen.replace(
        objects=(*seen.objects, SceneObject(name=noun, category=noun)), relations=(*seen.relations, relation)
    )
    wished = feasible(rng, Setting(setting.library, setting.roles, richer), name)
    twin = rebased(wished, setting.library, seen) if wished is not None else None
    return twin if twin is not None and isinstance(twin.goal, Declined) else None


def _carries(task: Scenario) -> bool:
    """Whether the plan drives somewhere with a thing in the hand."""
    calls = plan(task.goal, task.library, task.world) if isinstance(task.goal, Goal) else None
    skills = [call.skill for call in calls or ()]
    return any(pair == ("pick", "navigate_to") for pair in zip(skills, skills[1:], strict=False))
