# SPDX-License-Identifier: Apache-2.0
"""From situations to records."""

import json
import re
from dataclasses import replace

import pytest

from agent_planner.agent.conversation import parse_turn
from agent_planner.errors import UserError
from agent_planner.goals import Goal, parse_goal, plan
from agent_planner.llm.scripted import ScriptedModel
from agent_planner.tuning.collect import trajectories as collecting
from agent_planner.tuning.collect.config import CollectConfig, Mistakes
from agent_planner.tuning.collect.example import finished_example
from agent_planner.tuning.collect.trajectories import parts, trajectories
from agent_planner.tuning.data.records import HUMAN, record
from agent_planner.tuning.panel.reference_models import ExpertModel
from agent_planner.tuning.scenarios.scenes import observed
from agent_planner.tuning.scenarios.situations import draw_situations
from agent_planner.types import Level

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
    total = 0
    for situation in situations.values():
        acting = [r for r in records if r.group == situation.id and "\nunmet: " in r.conversations[-2].value]
        assert len(acting) <= 1
        total += len(acting)
    assert total > len(situations) // 2


def test_a_thought_names_nothing_that_was_not_observed(situations):
    found = 0
    for situation in situations.values():
        hidden = set(situation.world.entities) - set(observed(situation.world).entities)
        for raw in trajectories(situation, CollectConfig(mistakes=FLAWLESS)):
            shown = ""
            for turn in record("test", raw).conversations:
                for name in hidden:
                    if turn.source != HUMAN and re.search(rf"\b{name}\b", turn.value):
                        assert re.search(rf"\b{name}\b", shown), f"{name} in {turn.value}"
                        found += 1
                shown += turn.value
    assert found > 5


# --- models


@pytest.fixture
def task(situations):
    """A situation with a single task that takes several calls."""
    for situation in situations.values():
        for task in situation.tasks:
            goal = parse_goal(task.goal)
            if not isinstance(goal, Goal) or len(goal.steps) > 1:
                continue
            if len(plan(goal, situation.library, observed(situation.world)) or ()) > 1:
                return situation.model_copy(update={"tasks": (task,)})
    raise AssertionError("no task takes several calls")


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
    (good,) = trajectories(task, CollectConfig(teacher=script(expert), mistakes=FLAWLESS))
    assert (good["reward"], good["outcome"]) == (1.0, "succeeded")
    assert [t["value"] for t in good["conversations"] if t["from"] == "gpt"] == expert
    surrender = 'I give up\ngive_up(reason="too hard")'
    (bad,) = trajectories(task, CollectConfig(teacher=script([expert[0], *[surrender] * 3]), mistakes=FLAWLESS))
    assert bad["reward"] == 0.0


def test_what_was_refused_is_not_to_be_learned(task, expert, script):
    nonsense = "why not\nself_destruct()"
    told = CollectConfig(teacher=script([expert[0], nonsense, *expert[1:]]), mistakes=FLAWLESS)
    (found,) = trajectories(task, told)
    learned = {t["value"]: t["loss"] for t in found["conversations"] if t["from"] == "gpt"}
    assert learned.pop(nonsense) is False
    assert all(learned.values())
    parse_turn(expert[-1])


def test_a_refusal_that_ends_the_episode_is_told_to_nobody_and_not_to_be_learned_either(task, expert, script):
    nonsense = [f"why not\n{name}()" for name in ("self_destruct", "fly", "swim") * 9]
    (found,) = trajectories(task, CollectConfig(teacher=script([expert[0], *nonsense]), mistakes=FLAWLESS))
    answers = [t for t in found["conversations"] if t["from"] == "gpt"]
    assert found["conversations"][-1] == answers[-1], "nothing is told after it"
    assert [t["loss"] for t in answers] == [True] + [False] * (len(answers) - 1)


def test_a_model_may_try_again_and_is_shown_an_example_that_is_not_kept(task, expert, script):
    told = CollectConfig(teacher=script(expert * 2), repeat=2, example=True, mistakes=FLAWLESS)
    twice = trajectories(task, told)
    assert [r["id"] for r in twice] == [f"{task.tasks[0].id}/0", f"{task.tasks[0].id}/1"]
    assert "An example" not in json.dumps(twice)


class Short(ScriptedModel):
    """Reads no more than so many turns."""

    def __init__(self, lines, turns):
        super().__init__(lines)
        self._turns = turns

    def chat(self, requests, cancel=None, on_token=None):
        replies = super().chat(requests, cancel, on_token)
        full = [len(request.messages) > self._turns for request in requests]
        return [replace(r, text="", finish="full") if f else r for r, f in zip(replies, full, strict=True)]


@pytest.mark.parametrize("role", ["teacher", "student"])
def test_of_a_conversation_that_becomes_too_long_all_that_was_said_is_kept(task, expert, monkeypatch, role):
    told = CollectConfig(**{role: "some"}, mistakes=FLAWLESS)
    monkeypatch.setattr(collecting, "_model", lambda name: Short(expert, 4))
    (cut,) = trajectories(task, told)
    assert [t["value"] for t in cut["conversations"] if t["from"] == "gpt"] == expert[:2]
    assert cut["reward"] == 0.0
    monkeypatch.setattr(collecting, "_model", lambda name: Short(expert, 1))
    (opening,) = trajectories(task, told)
    assert [t["from"] for t in opening["conversations"]] == ["human"] * 2


def test_the_example_is_of_the_training_split_and_finished():
    first, goal, *rest = finished_example()
    assert first.content.startswith("An example with these skills:\n") and goal.content.startswith("goal: ")
    assert [m.role for m in rest] == ["user", "assistant"] * (len(rest) // 2) and len(rest) >= 4


@pytest.fixture
def heard(monkeypatch):
    """What a model is asked that gives up at once."""
    model = ScriptedModel(lambda request: 'no\ngive_up(reason="no")')
    monkeypatch.setattr(collecting, "_model", lambda name: model)
    return model.heard


def test_each_try_draws_with_a_seed_of_its_own(situations, heard):
    situation = next(iter(situations.values()))
    told = CollectConfig(teacher="some", repeat=3, temperature=0.7)
    trajectories(situation, told)
    seeds = {(r.conversation_id, len(r.messages)): r.seed for r in heard}
    assert {r.temperature for r in heard} == {0.7}
    assert len(set(seeds.values())) == len(seeds) > 3 * len(situation.tasks) - 1
    before = list(heard)
    heard.clear()
    trajectories(situation, told)
    assert heard == before
    heard.clear()
    trajectories(situation, CollectConfig(teacher="some"))
    assert {(r.temperature, r.seed) for r in heard} == {(0.0, 0)}


def test_a_model_acts_as_the_panel_measures_it(heard, situations):
    assert collecting._loop(CollectConfig()).level is Level.GRAMMAR
    assert not collecting._loop(CollectConfig()).look_ahead
    assert collecting._loop(CollectConfig(level=Level.RAW, look_ahead=True)).look_ahead
    trajectories(next(iter(situations.values())), CollectConfig(teacher="some", level=Level.RAW))
    assert {r.grammar for r in heard} == {None}


def test_a_model_meets_what_the_expert_meets():
    """Both are given the same kinds of failures; without a fault nothing fails in this world."""
    told = CollectConfig(teacher="some", mistakes=FLAWLESS.model_copy(update={"failure": 0.9}))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(collecting, "_opened", lambda config, cases: ExpertModel(cases))
        situations = [s for index in range(12) for s in draw_situations("train", 3, index, 10)]
        records = [record("test", raw) for s in situations for raw in trajectories(s, told)]
        failed = [r for r in records if any(turn.value.startswith("failed ") for turn in r.conversations)]
        assert len(failed) > len(records) // 4
        assert sum(r.reward for r in failed) > 0.9 * len(failed)


def test_of_a_model_a_few_tasks_are_done_at_a_time(situations):
    situation = max(situations.values(), key=lambda s: len(s.tasks))
    ((name, whole),) = parts(situation, CollectConfig())
    assert (name, whole) == (situation.id, situation)
    several = dict(parts(situation, CollectConfig(teacher="some", repeat=4, temperature=1.0)))
    assert [task for part in several.values() for task in part.tasks] == list(situation.tasks)
    assert all(0 < len(part.tasks) <= 2 for part in several.values())
    assert [len(part.tasks) for _, part in parts(situation, CollectConfig(student="some", repeat=99))] == [1] * len(
        situation.tasks
    )


@pytest.mark.parametrize(
    ("config", "message"),
    [
        ({"repeat": 2, "level": "raw"}, "--repeat, --level: are for models"),
        ({"temperature": 0.5}, "--temperature: is for models"),
        ({"teacher": "some", "whole": 3}, "--whole: is for the expert"),
        ({"teacher": "some", "student": "other"}, "leave out --teacher"),
        ({"student": "some", "repeat": 2}, "--repeat: is for --teacher MODEL"),
        ({"teacher": "some", "repeat": 2}, "give e.g. --temperature 0.7"),
        ({"teacher": "some", "mistakes": {"wrong_call": 0.3}}, "wrong_call are for the expert"),
    ],
)
def test_what_does_not_apply_to_who_acts(config, message):
    with pytest.raises(UserError, match=message):
        CollectConfig.model_validate(config).settled()


def test_a_model_goes_wrong_by_itself():
    mistakes = CollectConfig(teacher="some").settled().mistakes
    assert (mistakes.wrong_call, mistakes.wrong_goal, mistakes.failure) == (0.0, 0.0, Mistakes().failure)
    assert CollectConfig().settled() == CollectConfig()
