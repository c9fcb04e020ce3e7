# SPDX-License-Identifier: Apache-2.0
"""Scores come from the world and the scenario's own goal."""

import re
import time

from agent_planner.agent.conversation import call_turn, thought_text
from agent_planner.agent.limits import LoopConfig
from agent_planner.goals import format_goal, next_step, parse_goal
from agent_planner.llm.base import ChatReply, ChatRequest
from agent_planner.tuning.panel.evaluate import report, run_symbolic
from agent_planner.tuning.panel.statistics import wilson
from agent_planner.tuning.scenarios.scenario import Scenario
from agent_planner.tuning.scenarios.suites import scenario_of
from agent_planner.tuning.scenarios.symbolic import SymbolicWorld


class Expert:
    """States the scenario's goal (or another) and then follows means-ends analysis on the true world."""

    name = "expert"

    def __init__(self, scenarios: list[Scenario], goal: str = ""):
        self.scenarios = scenarios
        self.goal = goal
        self.worlds: dict[str, SymbolicWorld] = {}

    def chat(self, requests: list[ChatRequest], cancel=None, on_token=None) -> list[ChatReply]:
        return [ChatReply(self._say(r), True, 0, 0, 3, 5, 0.1, 0.2, "stop") for r in requests]

    def forget(self, conversation_id: str) -> None:
        self.worlds.pop(conversation_id, None)

    def _say(self, request: ChatRequest) -> str:
        scenario = self.scenarios[int(request.conversation_id)]
        last = request.messages[-1].content
        if len(request.messages) == 2 or last.startswith("refused BAD_GOAL"):
            self.worlds[request.conversation_id] = SymbolicWorld(scenario.world, scenario.library)
            return self.goal or format_goal(scenario.goal)
        world = self.worlds[request.conversation_id]
        unmet = parse_goal("goal: " + re.search(r"unmet: (.*)", last)[1]).steps[0]
        step = next_step(unmet, scenario.library, world.observe())
        world.execute(step.call)
        return call_turn(thought_text(step), step.call)


def test_the_expert_is_the_upper_bound():
    scenarios = [scenario_of("held_in", "dev", seed) for seed in range(60)]
    began = time.monotonic()
    scores = run_symbolic(Expert(scenarios), scenarios, LoopConfig(), width=7)
    took = time.monotonic() - began
    figures = report(
        scores, took, suite="held_in", split="dev", seeds="0:60", backend="symbolic", model="expert",
        level="applicable", look_ahead=True,
    )  # fmt: skip
    assert figures.success == figures.goal_exact == 1.0, figures.errors
    assert figures.n == 60 and figures.raw_invalid_rate == 1.0
    assert figures.refused_call_rate == 0.0


def test_a_misread_goal_is_an_error_of_its_own():
    scenarios = [s for seed in range(40) if (s := scenario_of("smoke", "dev", seed))]
    scores = run_symbolic(Expert(scenarios, "goal: none\nHello."), scenarios, LoopConfig())
    assert {s.error for s in scores} == {"misread_goal"}
    assert not any(s.success or s.goal_exact for s in scores)


def test_wilson_interval():
    assert wilson(0, 0) == (0.0, 1.0)
    assert wilson(17, 20) == (0.64, 0.948)
    assert wilson(300, 300)[1] == 1.0
