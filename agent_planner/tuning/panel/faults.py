# SPDX-License-Identifier: Apache-2.0
"""Cells in which something goes wrong: as in training, and as never there.

What training has: calls that fail once or for good, things that fall in transit or are moved, doors that fall shut.
What it has not: other codes with other texts, and a call that is reported as done although nothing has happened.

The expert rehearses each case: what is planned strikes on its way, and either it still reaches the goal or, where a
call fails for good and no way leads round it, it gives up for that reason.
"""

from collections.abc import Sequence
from dataclasses import replace
from random import Random

from agent_planner.goals import Goal, plan
from agent_planner.scene import SceneGraph
from agent_planner.scene.graph import SURFACE
from agent_planner.skills import SkillLibrary
from agent_planner.tuning.collect.expert import FAILURES
from agent_planner.tuning.panel.case import Case, drawn, seeded
from agent_planner.tuning.panel.pairs import actionable
from agent_planner.tuning.panel.reference_models import Pursuit
from agent_planner.tuning.scenarios.faults import Drop, Failure, Fault, Faults, Hollow, Move, Shut, doors_of
from agent_planner.tuning.scenarios.scenario import KNOWN, MOST_CALLS, Scenario, draw_setting
from agent_planner.tuning.scenarios.scenes import observed
from agent_planner.types import Call

# Codes and texts that training never has.
UNSEEN_FAILURES = {
    "dev": (
        ("IK_INFEASIBLE", "no joint angles reach that pose"),
        ("COLLISION_AHEAD", "the path would touch something"),
        ("LOW_FORCE", "the fingers closed without resistance"),
        ("POSITION_LOST", "the place on the map is not certain"),
        ("CONTROLLER_ABORT", "the controller stopped half way"),
        ("E204", "see the manual of the motor driver"),
    ),
    "test": (
        ("JOINT_LIMIT", "a joint is at its end stop"),
        ("DEPTH_INVALID", "the camera gave no depth there"),
        ("OVERLOAD", "the motor current was too high"),
        ("GOAL_OCCUPIED", "somebody stands where the robot should go"),
        ("LATCH_STUCK", "the handle did not turn"),
        ("FAULT_17", "no text is known for this code"),
    ),
}
_SEEN_KINDS = {"transient": 0.4, "way_round": 0.12, "hopeless": 0.12, "drop": 0.12, "move": 0.12, "shut": 0.12}
_UNSEEN_KINDS = {"transient": 0.4, "way_round": 0.12, "hopeless": 0.12, "hollow": 0.36}
# Retries of every skill: whoever tries twice or thrice can still give up before the loop ends the episode.
_RETRIES = 3


def failures_seen(split: str, seed: int) -> Case:
    """What training has, with its codes and texts."""
    return _failures("failures_seen", split, seed, _SEEN_KINDS, FAILURES)


def failures_unseen(split: str, seed: int) -> Case:
    """Calls that fail with codes and texts that are new, or that do nothing and are reported as done."""
    return _failures("failures_unseen", split, seed, _UNSEEN_KINDS, UNSEEN_FAILURES[split])


def _failures(cell: str, split: str, seed: int, kinds: dict[str, float], codes: Sequence[tuple[str, str]]) -> Case:
    rng = seeded(cell, split, seed)
    kind = rng.choices(list(kinds), weights=list(kinds.values()))[0]

    def draw() -> Case | None:
        scenario = actionable(rng, draw_setting(rng, KNOWN))
        if scenario is None:
            return None
        library = SkillLibrary(skills=tuple(s.model_copy(update={"retries": _RETRIES}) for s in scenario.library))
        scenario = replace(scenario, id=f"{split}/{cell}/{seed}", library=library)
        planned = plan(scenario.goal, library, observed(scenario.world)) if isinstance(scenario.goal, Goal) else None
        faults = _faults(rng, kind, scenario, planned or (), codes)
        case = Case(scenario, cell, faults=faults)
        return case if faults is not None and _rehearsed(case, planned or ()) else None

    return drawn(draw)


def _rehearsed(case: Case, planned: Sequence[Call]) -> bool:
    """Whether everything strikes, changes what the expert does, and leads to the end that it should."""
    assert case.faults is not None
    pursuit = Pursuit(case)
    while (step := pursuit.next()) is not None:
        if len(pursuit.calls) == MOST_CALLS:
            return False
        pursuit.execute(step.call)
    struck = all(fault in pursuit.world.struck for fault in case.faults.plan)
    return struck and pursuit.calls != list(planned) and bool(pursuit.unmet()) is case.faults.hopeless


def _faults(
    rng: Random, kind: str, scenario: Scenario, planned: Sequence[Call], codes: Sequence[tuple[str, str]]
) -> Faults | None:
    """Faults of one kind; None where the scenario has nothing for it."""
    scene = observed(scenario.world)
    late = rng.randrange(len(planned))
    match kind:
        case "transient":
            return Faults(_transient(rng, late, codes))
        case "way_round" | "hopeless":
            code, text = rng.choice(codes)
            return Faults((Failure(code, text, call=planned[late]),), hopeless=kind == "hopeless")
        case "hollow":
            return Faults((Hollow(late),))
        case "drop":
            return Faults((Drop(late),))
        case "move":
            return _one(_moves(scene, planned, late), rng)
    return _one(_shuts(scene, planned, late), rng)


def _transient(rng: Random, first: int, codes: Sequence[tuple[str, str]]) -> tuple[Fault, ...]:
    """One failure, in a third of the cases two; the second not where the first is tried again."""
    numbers = [first, first + rng.randint(2, 4)] if rng.random() < 1 / 3 else [first]
    return tuple(Failure(*rng.choice(codes), at=number) for number in numbers)


def _moves(scene: SceneGraph, planned: Sequence[Call], at: int) -> list[Fault]:
    """A thing that the plan is about goes to any other surface."""
    named = {arg for call in planned for arg in call.args.values()}
    surfaces = [p.name for p in scene.places if SURFACE in p.affordances]
    return [Move(at, o.name, to) for o in scene.objects if o.name in named for to in surfaces]


def _shuts(scene: SceneGraph, planned: Sequence[Call], at: int) -> list[Fault]:
    """Something that the plan is about."""
    return [Shut(at, name) for name in doors_of(planned, scene)]


def _one(options: list[Fault], rng: Random) -> Faults | None:
    return Faults((rng.choice(options),)) if options else None
