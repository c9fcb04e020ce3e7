# SPDX-License-Identifier: Apache-2.0
"""What goes wrong while a model acts, with the probabilities that the expert's episodes have.

The expert meets it call by call as it acts; a model's episode is a case whose faults are drawn beforehand, by what the
expert would do in it.
"""

from collections.abc import Hashable
from dataclasses import dataclass, replace
from random import Random

from agent_planner.goals import Goal, plan
from agent_planner.scene import SceneGraph
from agent_planner.scene.graph import SURFACE
from agent_planner.skills import Skill, SkillLibrary
from agent_planner.tuning.collect.expert import MAX_CALLS, Injection
from agent_planner.tuning.panel.case import Case
from agent_planner.tuning.panel.reference_models import Pursuit
from agent_planner.tuning.scenarios.faults import Failure, Fault, Faults, Move
from agent_planner.tuning.scenarios.scenario import Scenario
from agent_planner.tuning.scenarios.scenes import observed
from agent_planner.types import Call

# Retries of every skill: as in the panel's cells of failures, whoever tries twice can still give up by itself.
_RETRIES = 3


@dataclass(frozen=True, kw_only=True)
class Once(Failure):
    """One very call fails when it is made for the first time: code and message are about it."""

    first: Call

    def strikes(self, number: int, call: Call, skill: Skill, scene: SceneGraph) -> bool:
        """As `Failure.strikes`."""
        return call.key() == self.first.key()


def case_of(scenario: Scenario, rng: Random, injection: Injection) -> Case:
    """Return the scenario with what goes wrong in it: calls that fail, things moved or dropped, doors, lapses."""
    asked = scenario.answered
    faults = _faults(scenario if asked is None else replace(scenario, goal=asked.goal), rng, injection)
    # Nobody is rewarded for giving up after an answer.
    if faults is None or (asked is not None and faults.hopeless):
        return Case(scenario)
    library = SkillLibrary(skills=tuple(s.model_copy(update={"retries": _RETRIES}) for s in scenario.library))
    return Case(replace(scenario, library=library), faults=faults)


def _faults(scenario: Scenario, rng: Random, injection: Injection) -> Faults | None:
    scene, goal = observed(scenario.world), scenario.goal
    lasting = injection.faults(scenario, rng)
    drawn: list[Fault] = [*lasting.plan] if lasting is not None else []
    calls = plan(goal, scenario.library, scene) if isinstance(goal, Goal) else None
    things = [thing.name for thing in scene.objects]
    surfaces = [place.name for place in scene.places if SURFACE in place.affordances]
    failed = set[Hashable]()
    for number, call in enumerate(calls or ()):
        if rng.random() < injection.failure_of(scenario.library[call.skill]) and call.key() not in failed:
            failed.add(call.key())
            drawn.append(Once(*injection.failing(rng, call, scenario.library), first=call))
        if rng.random() < injection.disturbance and things and surfaces:
            drawn.append(Move(number, rng.choice(things), rng.choice(surfaces)))
    return Faults(tuple(drawn), _is_hopeless(scenario, Faults(tuple(drawn)))) if drawn else None


def _is_hopeless(scenario: Scenario, faults: Faults) -> bool:
    """Whether the expert gives up since a call fails for good and nothing leads round it."""
    pursuit = Pursuit(Case(scenario, faults=faults))
    while len(pursuit.calls) < 2 * MAX_CALLS and (step := pursuit.next()) is not None:
        pursuit.execute(step.call)
    lasting = any(isinstance(fault, Failure) and fault.call for fault in pursuit.world.struck)
    return lasting and bool(pursuit.unmet())
