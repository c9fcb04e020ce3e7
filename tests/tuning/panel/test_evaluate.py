# SPDX-License-Identifier: Apache-2.0
"""Scores come from the world and the scenario's own goal."""

import time
from dataclasses import replace

from agent_planner.agent.limits import LoopConfig
from agent_planner.goals import Declined
from agent_planner.llm.scripted import ScriptedModel
from agent_planner.tuning.panel.case import Case
from agent_planner.tuning.panel.evaluate import report, run_symbolic
from agent_planner.tuning.panel.reference_models import ExpertModel
from agent_planner.tuning.panel.statistics import wilson
from agent_planner.tuning.scenarios.scenario import Scenario
from agent_planner.tuning.scenarios.suites import scenario_of
from agent_planner.types import Level


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
