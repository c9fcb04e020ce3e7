# SPDX-License-Identifier: Apache-2.0
"""From situations to records."""

import json
import re

import pytest

from agent_planner.agent.conversation import parse_turn
from agent_planner.goals import Goal, parse_goal
from agent_planner.tuning.collect.config import CollectConfig, Mistakes
from agent_planner.tuning.collect.trajectories import trajectories
from agent_planner.tuning.data.records import HUMAN, record
from agent_planner.tuning.scenarios.scenes import observed

FLAWLESS = Mistakes(**dict.fromkeys(Mistakes.model_fields, 0))


def collected(situations, **config):
    return [record("test", r) for s in situations.values() for r in trajectories(s, CollectConfig(**config))]


def test_without_mistakes_each_task_is_one_record_with_reward(situations):
    records = collected(situations, mistakes=FLAWLESS)
    assert [r.id for r in records] == [task.id for s in situations.values() for task in s.tasks]
    assert {r.reward for r in records} == {1.0}
    for item in records:
        first = next(turn.value for turn in item.conversations if turn.loss)
        assert first == item.goal
        assert all(turn.loss for turn in item.conversations if turn.source != HUMAN)


def test_the_same_configuration_gives_the_same_records(situations):
    assert collected(situations) == collected(situations)
    assert collected(situations) != collected(situations, seed=1)


def test_a_mistake_is_never_learned_and_gives_two_records(situations):
    records = collected(situations, mistakes=Mistakes(wrong_call=0.4, wrong_goal=0.6))
    forks = {r.id: r for r in records if "/fork" in r.id}
    assert len(forks) > 10
    whole = {r.id: r for r in records if "/fork" not in r.id}
    wrong = sum(turn.loss is False for r in whole.values() for turn in r.conversations)
    assert wrong == len(forks)
    for name, fork in forks.items():
        *before, last = fork.conversations
        assert last.loss and not any(turn.loss for turn in before)
        episode = whole[name.rpartition("/")[0]].conversations
        assert [t.value for t in before] == [t.value for t in episode[: len(before)]]
        assert episode[len(before)].loss is False and episode[len(before)].value != last.value


def test_of_most_tasks_the_goal_alone_may_be_stated(situations):
    records = collected(situations, mistakes=FLAWLESS, whole=1)
    for situation in situations.values():
        acting = [r for r in records if r.group == situation.id and "\nunmet: " in r.conversations[-2].value]
        assert len(acting) <= 1


def test_a_thought_names_nothing_that_was_not_observed(situations):
    for situation in situations.values():
        hidden = set(situation.world.entities) - set(observed(situation.world).entities)
        for raw in trajectories(situation, CollectConfig(mistakes=FLAWLESS)):
            shown = ""
            for turn in record("test", raw).conversations:
                for name in hidden:
                    if turn.source != HUMAN and re.search(rf"\b{name}\b", turn.value):
                        assert re.search(rf"\b{name}\b", shown), f"{name} in {turn.value}"
                shown += turn.value


# --- models


@pytest.fixture
def task(situations):
    """A situation with a single task that takes several calls."""
    for situation in situations.values():
        for task in situation.tasks:
            goal = parse_goal(task.goal)
            if isinstance(goal, Goal) and len(goal.steps) == 1 and task.kind == "in":
                return situation.model_copy(update={"tasks": (task,)})
    raise AssertionError("nothing to put in anything")


@pytest.fixture
def expert(task):
    (raw,) = trajectories(task, CollectConfig(mistakes=FLAWLESS))
    return [turn.value for turn in record("test", raw).conversations if turn.source != HUMAN]


@pytest.fixture
def script(tmp_path):
    def write(answers):
        path = tmp_path / f"script{len(list(tmp_path.iterdir()))}.json"
        path.write_text(json.dumps(answers))
        return f"scripted:{path}"

    return write


def test_a_model_is_rewarded_by_what_the_world_shows(task, expert, script):
    (good,) = trajectories(task, CollectConfig(teacher=script(expert)))
    assert (good["reward"], good["outcome"]) == (1.0, "succeeded")
    assert [t["value"] for t in good["conversations"] if t["from"] == "gpt"] == expert
    surrender = 'I give up\ngive_up(reason="too hard")'
    (bad,) = trajectories(task, CollectConfig(teacher=script([expert[0], *[surrender] * 3])))
    assert bad["reward"] == 0.0


def test_what_was_refused_is_not_to_be_learned(task, expert, script):
    nonsense = "why not\nself_destruct()"
    (found,) = trajectories(task, CollectConfig(teacher=script([expert[0], nonsense, *expert[1:]])))
    learned = {t["value"]: t["loss"] for t in found["conversations"] if t["from"] == "gpt"}
    assert learned.pop(nonsense) is False
    assert all(learned.values())
    parse_turn(expert[-1])


def test_a_model_may_try_again_and_is_shown_an_example_that_is_not_kept(task, expert, script):
    twice = trajectories(task, CollectConfig(teacher=script(expert * 2), repeat=2, example=True))
    assert [r["id"] for r in twice] == [f"{task.tasks[0].id}/0", f"{task.tasks[0].id}/1"]
    assert "An example" not in json.dumps(twice)
