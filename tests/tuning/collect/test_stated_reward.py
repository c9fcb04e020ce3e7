# SPDX-License-Identifier: Apache-2.0
"""A reward where nobody knows the truth: what the goal's last step says must have been done, or be seen."""

import pytest

from agent_planner.tuning.collect.stated_reward import by_stated_goal
from agent_planner.tuning.data.records import Record, human, reward_of, said


def rewarded(goal="did(wave)", outcome="succeeded", result="ok", **more):
    facts = {"goal": goal, "outcome": outcome, "scene": {}, "steps": [{"call": "wave()", "result": result}], **more}
    return reward_of(by_stated_goal("x", Record(id="x", conversations=(human("wave"), said(goal)), **facts)))


def test_a_call_that_was_done_is_rewarded():
    assert rewarded() == 1.0


@pytest.mark.parametrize("result", ["failed JAMMED: it does not move", "timeout TIMEOUT: too slow", "cancelled"])
def test_a_call_that_was_only_tried_is_not(result):
    assert rewarded(result=result) == 0.0


def test_an_episode_that_did_not_succeed_is_not_whatever_the_scene_shows():
    assert rewarded(outcome="failed") == 0.0


def test_the_last_step_counts_and_who_knows_better_is_believed():
    assert rewarded(goal="did(nod) then did(wave)") == 1.0
    assert rewarded(goal="did(wave) then did(nod)") == 0.0
    assert rewarded(reward=0.5) == 0.5
