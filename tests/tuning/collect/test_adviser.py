# SPDX-License-Identifier: Apache-2.0
"""The expert beside a world that it does not keep itself."""

from dataclasses import replace

import pytest

from agent_planner.agent.limits import LoopConfig
from agent_planner.goals import Declined, Goal
from agent_planner.llm.scripted import ScriptedModel
from agent_planner.tuning.collect.adviser import Adviser
from agent_planner.tuning.panel import evaluate
from agent_planner.tuning.panel.case import Case
from agent_planner.tuning.scenarios.faults import Drop, Failure, Faults
from agent_planner.tuning.scenarios.scenario import SkillLibrary, single
from agent_planner.tuning.scenarios.suites import scenario_of
from agent_planner.types import Outcome

FREE = LoopConfig(look_ahead=False)


@pytest.fixture
def score(monkeypatch):
    """Judge an episode in which the adviser sees what the world shows, and knows nothing of what strikes it."""

    def run(scenario, *faults, config=FREE):
        worlds = []
        make = evaluate.SymbolicWorld
        monkeypatch.setattr(evaluate, "SymbolicWorld", lambda *args: worlds.append(make(*args)) or worlds[-1])
        adviser = Adviser(scenario, lambda heard: worlds[-1].observe())
        model = ScriptedModel(lambda request: adviser.answer(request.messages))
        case = Case(scenario, faults=Faults(faults) if faults else None)
        found = evaluate.run_symbolic(model, [case], config)[0]
        monkeypatch.undo()
        return found

    return run


def patient(scenario):
    """The same with skills that may be tried three times more."""
    skills = tuple(skill.model_copy(update={"retries": 3}) for skill in scenario.library)
    return replace(scenario, library=SkillLibrary(skills=skills))


def test_it_reaches_whatever_can_be_reached_and_declines_the_rest(score):
    tasks = [single("dev", "held_in", seed) for seed in range(30)]
    assert {type(task.goal) for task in tasks} == {Goal, Declined}
    assert all(score(task).success for task in tasks)


def test_it_tries_again_and_picks_up_what_fell(score):
    task = patient(scenario_of("smoke", "dev", 3))
    found = score(task, Failure("NO_PATH", "blocked", at=0), Drop(2))
    assert found.success
    skills = [call.skill for call, _ in found.result.steps]
    assert skills.count("pick") == 2 and found.result.steps[0][1] == "failed NO_PATH: blocked"


def test_where_no_way_is_left_it_says_so(score):
    task = patient(scenario_of("smoke", "dev", 3))
    (call, _), *_ = score(task).result.steps
    found = score(task, Failure("NO_PATH", "blocked", call=call))
    texts = [text for step, text in found.result.steps if step.key() == call.key()]
    assert texts == ["failed NO_PATH: blocked"] * 2
    assert (found.result.outcome, found.result.code) == (Outcome.INFEASIBLE, "GAVE_UP") or found.success
