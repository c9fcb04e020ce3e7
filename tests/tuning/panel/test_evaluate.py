# SPDX-License-Identifier: Apache-2.0
"""Scores come from the world and the scenario's own goal."""

import time
from dataclasses import replace

from agent_planner.agent.limits import LoopConfig
from agent_planner.goals import Declined, Goal, plan
from agent_planner.llm.scripted import ScriptedModel
from agent_planner.tuning.panel.case import Case
from agent_planner.tuning.panel.cells import case_of
from agent_planner.tuning.panel.evaluate import report, run_symbolic
from agent_planner.tuning.panel.reference_models import ExpertModel
from agent_planner.tuning.panel.statistics import wilson
from agent_planner.tuning.scenarios.scenario import Scenario
from agent_planner.tuning.scenarios.scenes import observed
from agent_planner.tuning.scenarios.suites import scenario_of
from agent_planner.types import Atom, Level, Outcome


class Chatty(ExpertModel):
    """Takes everything for a greeting."""

    def __init__(self, scenarios: list[Scenario]):
        super().__init__([Case(replace(s, goal=Declined("none", "Hello."))) for s in scenarios])


def test_the_expert_is_the_upper_bound():
    scenarios = [scenario_of("held_in", "dev", seed) for seed in range(60)]
    began = time.monotonic()
    scores = run_symbolic(ExpertModel(list(map(Case, scenarios))), scenarios, LoopConfig(), width=7)
    took = time.monotonic() - began
    figures = report(
        scores, took, suite="held_in", split="dev", seeds="0:60", backend="symbolic", model="expert",
        level="applicable", look_ahead=True,
    )  # fmt: skip
    assert figures.success == figures.goal_exact == 1.0, figures.errors
    assert figures.n == 60 and figures.raw_invalid_rate == 0.0
    assert figures.refused_call_rate == 0.0 and figures.refusals == {}


def test_a_misread_goal_is_an_error_of_its_own():
    scenarios = [s for seed in range(40) if (s := scenario_of("smoke", "dev", seed))]
    scores = run_symbolic(Chatty(scenarios), scenarios, LoopConfig())
    assert {s.error for s in scores} == {"misread_goal"}
    assert not any(s.success or s.goal_exact for s in scores)


def test_where_the_goal_holds_already_whoever_does_something_else_is_wrong():
    """What was asked for holds to the end."""
    cases = [c for seed in range(24) if not (c := case_of("nothing_to_do", "dev", seed)).twin]
    assert all(score.success for score in run_symbolic(ExpertModel(cases), cases, LoopConfig()))
    others = [Case(replace(c.scenario, goal=other)) for c in cases if (other := _something_else(c.scenario))]
    asked = [c for c in cases if _something_else(c.scenario)]
    scores = run_symbolic(ExpertModel(others), asked, LoopConfig())
    assert len(scores) > 3
    for score in scores:
        assert score.result.outcome is Outcome.SUCCEEDED and score.result.steps
        assert not score.success and score.error == "misread_goal"


def _something_else(scenario: Scenario) -> Goal | None:
    """To drive to a thing that the goal is not about."""
    seen = observed(scenario.world)
    if not isinstance(scenario.goal, Goal):
        return None
    about = {arg for step in scenario.goal.steps for atom in step for arg in atom.args}
    for thing in seen.objects:
        goal = Goal(((Atom("at", (thing.name,)),),))
        if thing.name not in about and plan(goal, scenario.library, seen):
            return goal
    return None


def test_refusals_are_told_by_their_codes():
    scenarios = [scenario_of("smoke", "dev", seed) for seed in range(3)]
    model = ScriptedModel(lambda request: "goal: at(moon)")
    scores = run_symbolic(model, scenarios, LoopConfig(level=Level.RAW))
    figures = report(
        scores, 1.0, suite="smoke", split="dev", seeds="0:3", backend="symbolic", model="m", level="raw",
        look_ahead=True,
    )  # fmt: skip
    assert figures.refusals == {"BAD_GOAL": sum(s.result.counts.turns for s in scores)}


def test_wilson_interval():
    assert wilson(0, 0) == (0.0, 1.0)
    assert wilson(17, 20) == (0.64, 0.948)
    assert wilson(300, 300)[1] == 1.0
