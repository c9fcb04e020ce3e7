# SPDX-License-Identifier: Apache-2.0
"""Cases in which something goes wrong, and how they are judged."""

from collections import Counter

import pytest

from agent_planner.agent.conversation import call_turn, tells_failure
from agent_planner.agent.limits import LoopConfig
from agent_planner.goals import format_goal
from agent_planner.llm.base import ChatReply, ChatRequest
from agent_planner.tuning.collect.expert import FAILURES
from agent_planner.tuning.panel.case import Case
from agent_planner.tuning.panel.evaluate import run_symbolic
from agent_planner.tuning.panel.faults import UNSEEN_FAILURES, failures_seen, failures_unseen
from agent_planner.tuning.panel.reference_models import ExpertModel, Pursuit
from agent_planner.tuning.scenarios.failure_table import measured_failures
from agent_planner.tuning.scenarios.faults import Failure, Hollow
from agent_planner.types import Outcome


def test_unseen_codes_and_texts_are_of_one_split_and_not_of_training():
    table = measured_failures()
    measured = [*table.kept, *(code for calls in table.skills.values() for code in calls.failures)]
    training = (*FAILURES, *((found.code, found.message) for found in measured))
    dev, test, seen = (set(sum(pairs, ())) for pairs in (UNSEEN_FAILURES["dev"], UNSEEN_FAILURES["test"], training))
    assert not dev & test and not seen & (dev | test)
    assert set(FAILURES) <= {(found.code, found.message) for found in measured}


@pytest.mark.parametrize("split", ["dev", "test"])
def test_kinds_and_codes(split: str):
    kinds: dict[str, Counter[str]] = {"failures_seen": Counter(), "failures_unseen": Counter()}
    for cell in (failures_seen, failures_unseen):
        for seed in range(60):
            case = cell(split, seed)
            assert case.faults is not None
            codes = {(f.code, f.text) for f in case.faults.plan if isinstance(f, Failure)}
            assert codes <= set(FAILURES if cell is failures_seen else UNSEEN_FAILURES[split])
            name = "hopeless" if case.faults.hopeless else "blocked" if case.faults.blocked else ""
            kinds[cell.__name__][name or type(case.faults.plan[0]).__name__] += 1
    assert kinds["failures_seen"].keys() == {"Failure", "blocked", "hopeless", "Drop", "Move", "Shut"}
    assert kinds["failures_unseen"].keys() == {"Failure", "blocked", "hopeless", "Hollow"}
    assert min(min(c.values()) for c in kinds.values()) >= 2


def test_who_looks_at_the_world_sees_that_nothing_has_happened():
    found = [failures_unseen("dev", seed) for seed in range(30)]
    cases = [c for c in found if c.faults is not None and isinstance(c.faults.plan[0], Hollow)]
    scores = run_symbolic(ExpertModel(cases), cases, LoopConfig())
    assert cases and all(score.success for score in scores)
    for score in scores:  # the call that did nothing stands there twice
        calls = [call.key() for call, _ in score.result.steps]
        assert len(set(calls)) < len(calls)


class Stubborn:
    """States the right goal; then repeats a call, or says one thing from the second turn on."""

    name = "stubborn"

    def __init__(self, cases: list[Case], ending: str = ""):
        self.cases = cases
        self.ending = ending

    def chat(self, requests: list[ChatRequest], cancel=None, on_token=None) -> list[ChatReply]:
        return [ChatReply(self.say(r), False, 0, 0, 0, 0, 0.0, 0.0, "stop") for r in requests]

    def say(self, request: ChatRequest) -> str:
        case = self.cases[int(request.conversation_id)]
        last = request.messages[-1].content
        if len(request.messages) == 2 or last.startswith("refused DOUBTED"):
            return format_goal(case.scenario.goal)
        if self.ending and (self.ending != "ask" or len(request.messages) > 4):
            return f"no\n{self.ending}"
        step = Pursuit(case).next()
        assert step is not None
        return call_turn("go", step.call)

    def forget(self, conversation_id: str) -> None:
        pass


@pytest.fixture(scope="module")
def hopeless() -> list[Case]:
    found = [failures_seen("dev", seed) for seed in range(60)]
    return [c for c in found if c.faults is not None and c.faults.hopeless]


def test_where_nothing_helps_it_is_right_to_give_up_after_trying(hopeless: list[Case]):
    scores = run_symbolic(ExpertModel(hopeless), hopeless, LoopConfig())
    assert {s.result.outcome for s in scores} == {Outcome.INFEASIBLE} and all(s.success for s in scores)
    for case, score in zip(hopeless, scores, strict=True):
        assert case.faults is not None and case.faults.blocked is not None
        assert tells_failure([text for call, text in score.result.steps if call == case.faults.blocked][0])


def test_to_give_up_untried_is_wrong(hopeless: list[Case]):
    ending = 'give_up(reason="no")'
    scores = run_symbolic(Stubborn(hopeless, ending), hopeless, LoopConfig(look_ahead=False))
    assert {s.result.code for s in scores} == {"GAVE_UP"} and not any(s.success for s in scores)


def test_to_try_until_the_loop_ends_it_is_wrong(hopeless: list[Case]):
    first = [c for c in hopeless if c.faults and c.faults.blocked == Pursuit(c).next().call]  # type: ignore[union-attr]
    assert first
    scores = run_symbolic(Stubborn(first), first, LoopConfig())
    assert {s.result.outcome for s in scores} == {Outcome.FAILED} and not any(s.success for s in scores)


def test_where_something_helps_giving_up_is_wrong():
    cases = [c for seed in range(30) if (c := failures_seen("dev", seed)).faults and not c.faults.hopeless]
    ending = 'ask(question="what now?")'
    scores = run_symbolic(Stubborn(cases, ending), cases, LoopConfig(look_ahead=False, by_parts=False))
    assert {s.error for s in scores} == {"question"}
