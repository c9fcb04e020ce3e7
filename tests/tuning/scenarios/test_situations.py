# SPDX-License-Identifier: Apache-2.0
"""Scenarios on file."""

import json

import pytest

from agent_planner.errors import ConfigError
from agent_planner.goals import Goal, plan
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
