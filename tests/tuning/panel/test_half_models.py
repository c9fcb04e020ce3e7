# SPDX-License-Identifier: Apache-2.0
"""Half a model: its errors are its own half's alone."""

import pytest

from agent_planner.agent.limits import LoopConfig
from agent_planner.llm.scripted import ScriptedModel
from agent_planner.tuning.panel.cells import case_of
from agent_planner.tuning.panel.evaluate import run_symbolic
from agent_planner.tuning.panel.half_models import GoalAndSearch, SearchAndCalls
from agent_planner.tuning.panel.reference_models import ExpertModel, asks_for_goal
from agent_planner.types import Level

RAW = LoopConfig(level=Level.RAW, look_ahead=False)
CASES = [case_of(cell, "dev", seed) for cell in ("held_in", "failures_seen", "ambiguous") for seed in range(6)]


@pytest.mark.parametrize("half", [GoalAndSearch, SearchAndCalls])
def test_with_the_expert_as_the_model_everything_succeeds(half):
    expert = ExpertModel(CASES)
    scores = run_symbolic(half(expert, CASES), CASES, RAW, width=5)
    assert [score.error for score in scores] == [""] * len(CASES)


def test_a_wrong_goal_is_searched_for():
    acting = [case for case in CASES if case.cell == "held_in" and len(case.scenario.world.places) > 1]

    def elsewhere(request):
        assert asks_for_goal(request)
        case = acting[int(request.conversation_id)]
        return f"goal: at({case.scenario.world.places[-1].name})"

    model = GoalAndSearch(ScriptedModel(elsewhere), acting)
    scores = run_symbolic(model, acting, RAW)
    assert model.name == "goal+search:scripted"
    assert {score.result.outcome.value for score in scores} <= {"succeeded", "answered"}
    assert any(not score.success and score.error == "misread_goal" for score in scores)


def test_wrong_calls_do_not_touch_the_goal():
    acting = [case for case in CASES if case.cell == "held_in"]
    model = SearchAndCalls(ScriptedModel(lambda request: 'no\ngive_up(reason="no")'), acting)
    scores = run_symbolic(model, acting, RAW)
    assert model.name == "search+calls:scripted"
    assert all(score.goal_exact for score in scores) and {score.error for score in scores} <= {"gave_up", ""}
    assert any(score.error == "gave_up" for score in scores)
