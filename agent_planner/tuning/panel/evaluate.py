# SPDX-License-Identifier: Apache-2.0
"""Evaluation: many episodes side by side, the model's turns in batches, scored by the scenario's own goal."""

import math
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from agent_planner.agent.checks import goal_fits
from agent_planner.agent.limits import LoopConfig
from agent_planner.agent.loop import Episode, Loop
from agent_planner.agent.requests import Dispatch, ModelTurn, Observe, Question, Request
from agent_planner.agent.result import EpisodeResult
from agent_planner.goals import Goal, holds
from agent_planner.goals.goal import Declined
from agent_planner.llm.base import ChatModel, ChatReply, ChatRequest
from agent_planner.scene import Relation, SceneGraph
from agent_planner.tuning.panel.case import Case
from agent_planner.tuning.panel.statistics import wilson
from agent_planner.tuning.scenarios.faults import Faults
from agent_planner.tuning.scenarios.scenario import Scenario
from agent_planner.tuning.scenarios.scenes import observed
from agent_planner.tuning.scenarios.symbolic import SymbolicWorld
from agent_planner.types import Outcome


@dataclass(frozen=True)
class Score:
    """One episode, judged. ``error`` is empty for a success, else its category. For the rest see `Case`."""

    scenario: Scenario
    result: EpisodeResult
    success: bool
    goal_exact: bool
    error: str
    cell: str = ""
    pair: str = ""
    twin: bool = False


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
    refusals: dict[str, int] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return asdict(self)


@dataclass
class _Running:
    case: Case
    episode: Episode
    world: SymbolicWorld
    loop: Loop
    request: Request
    asked: bool = False


def run_symbolic(
    model: ChatModel,
    cases: Sequence[Case | Scenario],
    config: LoopConfig,
    width: int = 16,
    progress: Callable[[Score], None] = lambda score: None,
) -> list[Score]:
    """Run every case in the symbolic world, at most ``width`` at a time; scores in the order given.

    A conversation's id is the number of its case.
    """
    # A batch's time says nothing of one of its episodes: turns alone are counted.
    config = replace(config, max_seconds=math.inf)
    waiting = list(reversed(list(enumerate(c if isinstance(c, Case) else Case(c) for c in cases))))
    running: dict[int, _Running] = {}
    scores: dict[int, Score] = {}
    while waiting or running:
        while waiting and len(running) < width:
            index, case = waiting.pop()
            running[index] = _begin(case, config)
        turn = {i: r for i, r in running.items() if isinstance(r.request, ModelTurn)}
        requests = [_chat_request(i, r.request) for i, r in turn.items() if isinstance(r.request, ModelTurn)]
        for (index, item), reply in zip(turn.items(), model.chat(requests), strict=True):
            result = _advance(item, reply)
            if result is not None:
                scores[index] = judge(item.case, result, item.world, item.asked)
                progress(scores[index])
                model.forget(str(index))
                del running[index]
    return [scores[i] for i in sorted(scores)]


def _begin(case: Case, config: LoopConfig) -> _Running:
    scenario = case.scenario
    world = SymbolicWorld(scenario.world, scenario.library, case.faults)
    episode = Episode(scenario.library, scenario.instruction, world.observe(), config)
    loop = episode.run()
    return _Running(case, episode, world, loop, next(loop))


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
                case Question() as question:
                    answer = _person(item, question)
    except StopIteration as stop:
        return stop.value


def _person(item: _Running, question: Question) -> str | None:
    """The answer to the scenario's own question, before anything was moved; nobody answers any other."""
    goal, known = item.case.scenario.goal, item.case.scenario.answered
    if known is None or item.world.done or question.kind != "which" or not isinstance(goal, Declined):
        return None
    item.asked = item.asked or set(question.options) == set(goal.options)
    return known.answer if item.asked else None


def judge(case: Case, result: EpisodeResult, world: SymbolicWorld, asked: bool = False) -> Score:
    """Score by the scenario's own goal: what the world shows, never what the model says.

    ``asked``: whether the scenario's question was asked before anything was moved, and so answered.
    """
    scenario = case.scenario
    exact = goal_exact(scenario, result) and asked is (scenario.answered is not None)
    if scenario.answered is not None:
        success = exact and world.satisfied(scenario.answered.goal.steps[-1])
    elif isinstance(scenario.goal, Declined):
        success = exact and _left_alone(scenario, result, world.world)
    else:
        finished = result.outcome in (Outcome.SUCCEEDED, Outcome.ANSWERED) and isinstance(result.goal, Goal)
        # Earlier steps of an ordered goal may be undone by later ones: the model's own goal must then be exact.
        success = finished and world.satisfied(scenario.goal.steps[-1]) and (exact or len(scenario.goal.steps) == 1)
        # It would also be reached by whatever else was done instead.
        success = success and (not _holds_already(scenario) or _left_alone(scenario, result, world.world))
        success = success or exact and case.faults is not None and _rightly_gave_up(case.faults, result)
    error = "" if success else ("misread_goal" if not exact else result.code.lower() or result.outcome.value)
    return Score(scenario, result, success, exact, error, case.cell, case.pair, case.twin)


def _holds_already(scenario: Scenario) -> bool:
    """Whether one sees at once that nothing is to be done."""
    assert isinstance(scenario.goal, Goal)
    seen = observed(scenario.world)
    return all(holds(atom, seen) for step in scenario.goal.steps for atom in step)


def _left_alone(scenario: Scenario, result: EpisodeResult, world: SceneGraph) -> bool:
    """Whether nothing was changed.

    Where a goal holds already or a thing is missing, the robot may have driven about and looked into places, for a
    missing thing with an empty hand. Everywhere else it must have done nothing at all.
    """
    if not result.steps:
        return True
    goal, before = scenario.goal, scenario.world
    if isinstance(goal, Declined) and goal.kind != "missing":
        return False
    names = before.entities.keys() - ({before.holding} if isinstance(goal, Declined) else set())
    return _lasting(before, names) == _lasting(world, names)


def _lasting(scene: SceneGraph, names: Collection[str]) -> set[Relation]:
    """Of the facts about these entities those that neither driving nor looking into something changes."""
    # What is open and what was looked into are no relations.
    return {r for r in scene.relations if r.name != "at" and all(name in names for name in (r.a, r.b) if name)}


def _rightly_gave_up(faults: Faults, result: EpisodeResult) -> bool:
    """Whether it gave up or asked a person where nothing helps, after it had tried the call that never succeeds."""
    tried = {call.key() for call, text in result.steps if text != "ok"}
    blocked = faults.blocked
    ended = result.code in ("GAVE_UP", "QUESTION")
    return faults.hopeless and ended and blocked is not None and blocked.key() in tried


def goal_exact(scenario: Scenario, result: EpisodeResult) -> bool:
    """Whether the model stated the scenario's goal (for a greeting or question: that there is none).

    Where a person answers, the goal that follows from the answer.
    """
    truth, stated = scenario.goal if scenario.answered is None else scenario.answered.goal, result.goal
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
        refusals=dict(sum((Counter(s.result.counts.codes) for s in scores), Counter())),
        **setting,
    )
