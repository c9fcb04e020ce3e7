# SPDX-License-Identifier: Apache-2.0
"""Written instructions of training: each time about other things, on another robot, and still what was written."""

from random import Random

import pytest

from agent_planner.agent.checks import check_goal
from agent_planner.goals import Declined, Goal, plan
from agent_planner.goals.goal import DID
from agent_planner.tuning.scenarios.scenes import observed
from agent_planner.tuning.scenarios.sheets import draw_sheet
from agent_planner.tuning.zoo.written_instructions import read_written

DRAWN = [draw_sheet(Random(seed), str(seed)) for seed in range(120)]


def test_nearly_all_that_was_written_can_be_done():
    written = {}
    for one in read_written("train"):
        written.setdefault(one.id.rpartition("/")[0], []).append(one)
    assert len(DRAWN[0]) >= 12
    assert sum(map(len, DRAWN)) / len(DRAWN) > 0.95 * sum(map(len, written.values())) / len(written)


@pytest.mark.parametrize("drawn", DRAWN[:40], ids=lambda drawn: drawn[0].id)
def test_every_goal_is_one_of_its_scene_and_library(drawn):
    for scenario in drawn:
        scene = observed(scenario.world)
        check_goal(scenario.goal, scenario.library, scene)
        if isinstance(scenario.goal, Goal):
            assert plan(scenario.goal, scenario.library, scene) is not None
        elif scenario.goal.kind != "none":
            assert scenario.goal.words in scenario.instruction
        assert 4 <= len(scenario.library.skills) <= 12


def test_words_and_names_differ_from_draw_to_draw():
    said = {s.instruction for drawn in DRAWN for s in drawn}
    written = {one.say for one in read_written("train")}
    assert len(said) > 2.5 * len(written) and said & written
    skills = {s.goal.steps[0][0].args[0] for d in DRAWN for s in d if isinstance(s.goal, Goal) and _did(s.goal)}
    assert len(skills) > 10


def _did(goal: Goal) -> bool:
    return goal.steps[0][0].name == DID


def test_what_asks_for_nothing_has_an_answer():
    answers = {s.goal.words for drawn in DRAWN for s in drawn if isinstance(s.goal, Declined) and s.kind == "none"}
    assert answers == {"I am ready. Tell me what to do."}
