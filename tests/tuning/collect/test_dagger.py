# SPDX-License-Identifier: Apache-2.0
"""A student acts, the expert says what it would have done."""

import json

import pytest

from agent_planner.goals import parse_goal
from agent_planner.tuning.collect.config import CollectConfig
from agent_planner.tuning.collect.trajectories import trajectories
from agent_planner.tuning.data.records import record
from agent_planner.tuning.scenarios.situations import draw_situations
from tests.tuning.collect.test_trajectories import FLAWLESS


@pytest.fixture(scope="module")
def task():
    """A situation with the shipped skills and one task that takes two calls or more; and what the expert says."""
    for situation in (s for index in range(40) for s in draw_situations("train", 3, index, 6)):
        for task in situation.tasks if "move_arm" in situation.library.by_name else ():
            alone = situation.model_copy(update={"tasks": (task,)})
            (raw,) = trajectories(alone, CollectConfig(mistakes=FLAWLESS))
            said = [t["value"] for t in raw["conversations"] if t["from"] == "gpt"]
            if len(said) >= 3 and not said[1].startswith("goal:") and not alone.world.holding:
                return alone, said
    raise AssertionError("no such task")


@pytest.fixture
def visited(task, tmp_path):
    """What becomes of a student that says these things."""
    situation, _ = task

    def collect(answers):
        path = tmp_path / "student.json"
        path.write_text(json.dumps(answers))
        found = trajectories(situation, CollectConfig(student=f"scripted:{path}", mistakes=FLAWLESS))
        return [record("test", raw) for raw in found]

    return collect


def test_a_student_that_does_as_the_expert_does_is_learned_whole(task, visited):
    (whole,) = visited(task[1])
    said = [turn for turn in whole.conversations if turn.loss is not None]
    assert [turn.value for turn in said] == task[1] and all(turn.loss for turn in said)
    assert (whole.reward, whole.teacher) == (1.0, "expert")
    assert whole.student.startswith("scripted:")


def test_a_wrong_goal_is_labelled_and_the_right_one_pursued(task, visited):
    wrong = "goal: none\nHello."
    whole, fork = visited([wrong, *task[1][1:]])
    assert whole.reward == 1.0 and wrong not in [turn.value for turn in whole.conversations]
    assert [turn.value for turn in fork.conversations[2:]] == [task[0].tasks[0].goal]
    parse_goal(fork.conversations[-1].value)


def test_a_detour_is_labelled_in_every_state_it_leads_to(task, visited):
    """The student waves the arm about, then says something that is no call, then does the right thing."""
    detour = 'to be sure\nmove_arm(posture="home")'
    goal, first, *rest = task[1]
    whole, *forks = visited([goal, detour, "hm", first, *rest])
    learned = {turn.value: turn.loss for turn in whole.conversations if turn.loss is not None}
    assert learned.pop(detour) is False and learned.pop("hm") is False and all(learned.values())
    assert len(forks) == 2
    for fork, wrong in zip(forks, (detour, "hm"), strict=True):
        *before, last = fork.conversations
        assert last.loss and last.value == first
        assert not any(turn.loss for turn in before)
        assert wrong not in [turn.value for turn in before]
    assert whole.conversations[7].value.startswith("refused BAD_FORM")


def test_a_goal_where_a_call_is_wanted_changes_nothing(task, visited):
    """It is refused, and what is pursued is still the goal that was agreed on."""
    goal, first, *rest = task[1]
    stray = 'goal: missing("spoon")'
    whole, fork = visited([goal, stray, first, *rest])
    assert whole.reward == 1.0
    assert [turn.value for turn in fork.conversations[-1:]] == [first]
    learned = {turn.value: turn.loss for turn in whole.conversations if turn.loss is not None}
    assert learned.pop(stray) is False and all(learned.values())
