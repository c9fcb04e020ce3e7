# SPDX-License-Identifier: Apache-2.0
"""Cells whose cases come in pairs: seed 2k is one in which nothing is to be done, 2k + 1 its twin, which can be done.

The words of both are the same (but for a greeting or a question, which asks for nothing in any world), so that scene
and library alone tell them apart.
"""

from collections.abc import Callable
from dataclasses import replace
from random import Random

from agent_planner.goals import Declined, Goal, apply, plan
from agent_planner.scene.focus import matches
from agent_planner.tuning.panel.case import Case, drawn, seeded
from agent_planner.tuning.scenarios.hidden import hide, missing_at_first, tells_where
from agent_planner.tuning.scenarios.scenario import (
    KNOWN,
    Scenario,
    Setting,
    answered,
    draw_setting,
    feasible,
    missing_twin,
    no_skill_twin,
    rebased,
    talk,
    vague_clause,
    worded,
)
from agent_planner.tuning.scenarios.scenes import bare_of, observed, without
from agent_planner.tuning.zoo.held_out_wordings import TALK_OF

Pair = tuple[Scenario, Scenario]


def infeasible(split: str, seed: int) -> Case:
    """A thing is not there, or no skill does what is asked; every place has been looked into."""
    return _half("infeasible", split, seed, {"missing": _missing, "no_skill": _no_skill})


def nothing_to_do(split: str, seed: int) -> Case:
    """What is asked holds already, or nothing is asked."""
    return _half("nothing_to_do", split, seed, {"none": lambda rng: _talk(rng, split), "holds": _holds_already})


def ambiguous(split: str, seed: int) -> Case:
    """The words fit several things, and a person says which is meant; in the twin's world there is only one of them."""
    return _half("ambiguous", split, seed, {"which": _ambiguous})


def looking(split: str, seed: int) -> Case:
    """What is named is nowhere, though there are places to look into; in the twin's world it lies in one of them."""
    return _half("looking", split, seed, {"missing": _looking})


def _half(cell: str, split: str, seed: int, draws: dict[str, Callable[[Random], Pair | None]]) -> Case:
    number, twin = divmod(seed, 2)
    rng = seeded(cell, split, number)
    # Chosen once: what is rarely found would else be rare.
    draw = rng.choice(list(draws.values()))
    pair = drawn(lambda: draw(rng))
    scenario = replace(pair[twin], id=f"{split}/{cell}/{seed}")
    return Case(scenario, cell, f"{cell}/{split}/{number}", twin=bool(twin))


def actionable(rng: Random, setting: Setting) -> Scenario | None:
    """Draw something that needs at least one call."""
    scenario = feasible(rng, setting, "")
    return scenario if scenario is not None and acts(scenario) else None


def acts(scenario: Scenario) -> bool:
    """Whether its goal can be reached, and not without a call."""
    goal = scenario.goal
    return isinstance(goal, Goal) and bool(plan(goal, scenario.library, observed(scenario.world)))


def _missing(rng: Random) -> Pair | None:
    setting = _looked_into(rng)
    twin = actionable(rng, setting)
    return _pair(missing_twin(rng, twin) if twin else None, twin, "missing")


def _looking(rng: Random) -> Pair | None:
    seen = actionable(rng, draw_setting(rng, KNOWN))
    if seen is None:
        return None
    named = sorted({name for clause in seen.clauses for name in clause.cores})
    hidden = hide(rng, seen.world, seen.library, named, 0.0)
    if hidden is None or not missing_at_first([seen], hidden):
        return None
    thing = next(name for name in named if name not in observed(hidden).entities)
    twin = replace(seen, world=hidden)
    return _pair(rebased(seen, seen.library, without(hidden, thing)), twin, "missing")


def _no_skill(rng: Random) -> Pair | None:
    setting = _looked_into(rng)
    twin = actionable(rng, setting)
    return _pair(no_skill_twin(rng, setting, twin) if twin else None, twin, "no_skill")


def _pair(case: Scenario | None, twin: Scenario | None, kind: str) -> Pair | None:
    return (case, twin) if case is not None and twin is not None and case.kind == kind else None


def _looked_into(rng: Random) -> Setting:
    """A setting of which nothing is hidden: what is missing might else lie in something that nobody has opened."""
    setting = draw_setting(rng, KNOWN)
    places = tuple(p.model_copy(update={"explored": True}) for p in setting.world.places)
    return replace(setting, world=setting.world.replace(places=places))


def _talk(rng: Random, split: str) -> Pair | None:
    setting = draw_setting(rng, KNOWN)
    twin = actionable(rng, setting)
    if twin is None:
        return None
    said, answer = talk(rng, observed(setting.world), TALK_OF[split])
    case = replace(twin, instruction=said, goal=Declined("none", answer), kind="none", clauses=())
    return case, twin


def _holds_already(rng: Random) -> Pair | None:
    """The world in which somebody has done before what the twin asks for."""
    twin = actionable(rng, draw_setting(rng, KNOWN))
    if twin is None or not isinstance(twin.goal, Goal) or tells_where(twin):
        return None
    world = twin.world
    for call in plan(twin.goal, twin.library, observed(world)) or ():
        world = apply(call, twin.library, world)
    scene = observed(world)
    sure = all(matches(scene, core) == [name] for c in twin.clauses for name, core in c.cores.items())
    holds = plan(twin.goal, twin.library, scene) == ()
    return (replace(twin, world=world), twin) if sure and holds else None


def _ambiguous(rng: Random) -> Pair | None:
    setting = draw_setting(rng, KNOWN)
    found = vague_clause(rng, setting)
    if found is None:
        return None
    clause, which = found
    meant = next(name for name in which.options if name in clause.cores)
    world = bare_of(setting.world, [name for name in which.options if name != meant])
    goal = Goal((clause.atoms,))
    if world is None or not plan(goal, setting.library, observed(world)):
        return None
    instruction = worded(rng, [clause])
    meant = answered(rng, observed(setting.world), clause, which)
    if not plan(meant.goal, setting.library, observed(setting.world)):
        return None
    case = Scenario("", setting.library, setting.world, instruction, which, "which", answered=meant)
    return case, replace(case, world=world, goal=goal, kind=clause.kind, clauses=(clause,), answered=None)
