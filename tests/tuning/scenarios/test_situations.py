# SPDX-License-Identifier: Apache-2.0
"""Scenarios on file."""

import json

import pytest

from agent_planner.errors import ConfigError
from agent_planner.goals import Declined, Goal, format_goal, parse_goal, plan
from agent_planner.scene.focus import matches
from agent_planner.tuning.data.records import write_records
from agent_planner.tuning.scenarios.scenes import observed
from agent_planner.tuning.scenarios.situations import draw_situations, read_situations


@pytest.fixture(scope="module")
def situations():
    return [s for index in range(4) for s in draw_situations("train", 5, index, 12)]


def test_what_is_written_is_read_again(situations, tmp_path):
    path = tmp_path / "scenarios.jsonl"
    write_records(path, (s.plain() for s in situations))
    assert list(read_situations(path)) == situations
    assert [s.scenarios() for s in read_situations(path)] == [s.scenarios() for s in situations]


def test_the_same_seed_draws_the_same(situations):
    assert [s for index in range(4) for s in draw_situations("train", 5, index, 12)] == situations
    assert next(draw_situations("train", 6, 0, 12)) != situations[0]


def test_every_goal_is_proved(situations):
    scenarios = [s for situation in situations for s in situation.scenarios()]
    feasible = [s for s in scenarios if isinstance(s.goal, Goal)]
    assert len(feasible) > 30 and len(scenarios) - len(feasible) > 10
    assert all(plan(s.goal, s.library, observed(s.world)) is not None for s in feasible)


def test_a_twin_is_asked_the_same_of_another_world_or_library(situations):
    twins = [s for s in situations if s.id.endswith("/twin")]
    by_id = {s.id: s for s in situations}
    assert twins
    for twin in twins:
        first = by_id[twin.id.removesuffix("/twin")]
        assert {t.instruction for t in twin.tasks} <= {t.instruction for t in first.tasks}
        assert (twin.world, twin.library) != (first.world, first.library)


def test_what_is_ambiguous_is_asked_where_it_is_not_too():
    """Of what the words fit only the thing is there that a person means who is asked."""
    found = [s for index in range(8) for s in draw_situations("train", 1, index, 24) if "/written" not in s.id]
    asked = {(s.id, t.instruction): t for s in found for t in s.tasks if t.kind == "which"}
    twins = [(s, one) for s in found if "/only" in s.id for one in s.scenarios()]
    assert len(twins) == len(asked) > 8
    for situation, twin in twins:
        first = asked[situation.id.rpartition("/")[0], twin.instruction]
        assert format_goal(twin.goal) == first.then and twin.kind == twin.clauses[0].kind
        question = parse_goal(first.goal)
        assert isinstance(question, Declined) and len(question.options) > 1
        assert len(matches(observed(twin.world), question.words)) == 1


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (lambda d: d["tasks"][0].update(goal="in(cup, drawer)"), "goal: state the goal first"),
        (lambda d: d["tasks"][0].pop("instruction"), "tasks.0.instruction"),
        (lambda d: d.update(words="?"), "words"),
    ],
)
def test_a_fault_names_the_line(situations, tmp_path, change, fault):
    wrong = json.loads(json.dumps(situations[1].plain()))
    change(wrong)
    path = tmp_path / "scenarios.jsonl"
    write_records(path, [situations[0].plain(), wrong])
    with pytest.raises(ConfigError, match=f"scenarios.jsonl:2.*{fault}"):
        list(read_situations(path))


def test_what_is_written_does_not_depend_on_the_process():
    """A set comes in the order of hashes, which each process has of its own."""
    told = [entity for s in draw_situations("train", 0, 0, 4) for entity in s.plain()["world"]["places"]]
    several = [entity["affordances"] for entity in told if len(entity.get("affordances", ())) > 1]
    assert several and all(names == sorted(names) for names in several)
