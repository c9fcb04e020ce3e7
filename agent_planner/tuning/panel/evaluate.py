# SPDX-License-Identifier: Apache-2.0
"""Evaluation: many episodes side by side, the model's turns in batches, scored by the scenario's own goal."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from agent_planner.agent.checks import goal_fits
from agent_planner.agent.limits import LoopConfig
from agent_planner.agent.loop import Episode, Loop
from agent_planner.agent.requests import Dispatch, ModelTurn, Observe, Question, Request
from agent_planner.agent.result import EpisodeResult
from agent_planner.goals import Goal
from agent_planner.goals.goal import Declined
from agent_planner.llm.base import ChatModel, ChatReply, ChatRequest
from agent_planner.tuning.panel.statistics import wilson
from agent_planner.tuning.scenarios.scenario import Scenario
from agent_planner.tuning.scenarios.symbolic import SymbolicWorld
from agent_planner.types import Outcome


@dataclass(frozen=True)
class Score:
    """One episode, judged. ``error`` is empty for a success, else its category."""

    scenario: Scenario
    result: EpisodeResult
    success: bool
    goal_exact: bool
    error: str


@dataclass(frozen=True)
class Report:
    """The figures of one evaluation, as `--json` prints them."""

    suite: str
    split: str
    seeds: str
    backend: str
    model: str
    level: str
    look_ahead: bool
    n: int
    success: float
    ci95: tuple[float, float]
    outcomes: dict[str, int]
    goal_exact: float
    refused_call_rate: float
    raw_invalid_rate: float
    seconds: float
    errors: dict[str, int] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return asdict(self)


@dataclass
class _Running:
    scenario: Scenario
    episode: Episode
    world: SymbolicWorld
    loop: Loop
    request: Request


def run_symbolic(
    model: ChatModel,
    scenarios: Sequence[Scenario],
    config: LoopConfig,
    width: int = 16,
    progress: Callable[[Score], None] = lambda score: None,
) -> list[Score]:
    """Run every scenario in the symbolic world, at most ``width`` at a time; scores in the order given."""
    waiting = list(reversed(list(enumerate(scenarios))))
    running: dict[int, _Running] = {}
    scores: dict[int, Score] = {}
    while waiting or running:
        while waiting and len(running) < width:
            index, scenario = waiting.pop()
            running[index] = _begin(scenario, config)
        turn = {i: r for i, r in running.items() if isinstance(r.request, ModelTurn)}
        requests = [_chat_request(i, r.request) for i, r in turn.items() if isinstance(r.request, ModelTurn)]
        for (index, item), reply in zip(turn.items(), model.chat(requests), strict=True):
            result = _advance(item, reply)
            if result is not None:
                scores[index] = judge(item.scenario, result, item.world)
                progress(scores[index])
                model.forget(str(index))
                del running[index]
    return [scores[i] for i in sorted(scores)]


def _begin(scenario: Scenario, config: LoopConfig) -> _Running:
    world = SymbolicWorld(scenario.world, scenario.library)
    episode = Episode(scenario.library, scenario.instruction, world.observe(), config)
    loop = episode.run()
    return _Running(scenario, episode, world, loop, next(loop))


def _chat_request(index: int, turn: ModelTurn) -> ChatRequest:
    return ChatRequest(str(index), turn.messages, turn.grammar)


def _advance(item: _Running, reply: ChatReply) -> EpisodeResult | None:
    """Answer the model's turn and all that the world can answer until the next one, or the end."""
    answer: Any = reply
    try:
        while True:
            item.request = item.loop.send(answer)
            match item.request:
                case ModelTurn():
                    return None
                case Dispatch(call):
                    answer = item.world.execute(call)
                case Observe():
                    answer = item.world.observe()
                case Question():
                    answer = None
    except StopIteration as stop:
        return stop.value


def judge(scenario: Scenario, result: EpisodeResult, world: SymbolicWorld) -> Score:
    """Score by the scenario's own goal: what the world shows, never what the model says."""
    exact = goal_exact(scenario, result)
    if isinstance(scenario.goal, Declined):
        success = exact and not result.steps
    else:
        finished = result.outcome in (Outcome.SUCCEEDED, Outcome.ANSWERED) and isinstance(result.goal, Goal)
        # Earlier steps of an ordered goal may be undone by later ones: the model's own goal must then be exact.
        success = finished and world.satisfied(scenario.goal.steps[-1]) and (exact or len(scenario.goal.steps) == 1)
    error = "" if success else ("misread_goal" if not exact else result.code.lower() or result.outcome.value)
    return Score(scenario, result, success, exact, error)


def goal_exact(scenario: Scenario, result: EpisodeResult) -> bool:
    """Whether the model stated the scenario's goal (for a greeting or question: that there is none)."""
    truth, stated = scenario.goal, result.goal
    if isinstance(truth, Goal):
        return goal_fits(truth, stated)
    if not isinstance(stated, Declined) or stated.kind != truth.kind:
        return False
    return (
        truth.kind in ("none", "no_skill")
        or (stated.kind == "which" and set(stated.options) == set(truth.options))
        or (stated.kind == "missing" and set(truth.words.split()) <= set(stated.words.split()))
    )


def report(scores: Sequence[Score], seconds: float, **setting: Any) -> Report:
    """Sum up; ``setting`` fills the report's descriptive fields, ``seconds`` is what the episodes took."""
    n = len(scores)
    good = sum(s.success for s in scores)
    turns = sum(s.result.counts.turns for s in scores)
    calls = sum(s.result.counts.calls + s.result.counts.refused for s in scores)
    return Report(
        n=n,
        success=round(good / max(1, n), 4),
        ci95=wilson(good, n),
        outcomes=dict(Counter(s.result.outcome.value for s in scores)),
        goal_exact=round(sum(s.goal_exact for s in scores) / max(1, n), 4),
        refused_call_rate=round(sum(s.result.counts.refused for s in scores) / max(1, calls), 4),
        raw_invalid_rate=round(sum(s.result.counts.raw_invalid for s in scores) / max(1, turns), 4),
        seconds=round(seconds, 1),
        errors=dict(Counter(s.error for s in scores if s.error)),
        **setting,
    )
