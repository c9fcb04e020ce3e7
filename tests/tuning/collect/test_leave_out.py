# SPDX-License-Identifier: Apache-2.0
"""What an ablation does without."""

import re

import pytest

from agent_planner.agent.conversation import parse_turn, system_turn, tells_failure
from agent_planner.tuning.collect.config import CollectConfig, Mistakes
from agent_planner.tuning.collect.filter import Filter, FilterConfig
from agent_planner.tuning.collect.leave_out import without
from agent_planner.tuning.collect.names import LeaveOut
from agent_planner.tuning.collect.trajectories import trajectories
from agent_planner.tuning.data.records import HUMAN, Record, human, record, said
from agent_planner.tuning.scenarios.scenario import default_library


@pytest.fixture(scope="module")
def records(situations):
    config = CollectConfig(mistakes=Mistakes(wrong_call=0.3, wrong_goal=0.3, failure=0.2))
    return [record("test", raw) for s in situations.values() for raw in trajectories(s, config)]


def left(records, part):
    return [item for one in records if (item := without(one, part)) is not None]


def test_without_recoveries_nothing_has_gone_wrong(records):
    found = left(records, LeaveOut.RECOVERIES)
    assert not any("/fork" in item.id for item in found)
    for item in found:
        assert all(turn.loss is not False and not tells_failure(turn.value) for turn in item.conversations)
    whole = {item.id: item for item in records}
    assert any(len(item.conversations) < len(whole[item.id].conversations) for item in found)
    assert all(item.conversations == whole[item.id].conversations[: len(item.conversations)] for item in found)


def test_a_record_ends_before_its_mistake():
    turns = (
        human("rules"),
        human("scene"),
        said("goal: a"),
        human("unmet: a"),
        said("a\nx()", loss=False),
        human("no"),
    )
    found = without(Record(id="one", conversations=turns), LeaveOut.RECOVERIES)
    assert found is not None and found.conversations == turns[:4]


def test_without_twins(records):
    """Nothing is left that is impossible on purpose; what can be done with the same words is."""
    found = left(records, LeaveOut.TWINS)
    gone = [item for item in records if item not in found]
    assert {re.sub(r"\d+$", "", item.group.rpartition("/")[2]) for item in gone} == {"twin", "hidden"}
    assert not any(item.goal.startswith(("goal: missing", "goal: no_skill")) for item in found)
    looks = [item for item in records if item.family == "look"]
    assert looks and all(item in found for item in looks)
    assert any("/found" in item.group for item in found)


def test_without_renamed_only_the_shipped_skills_stay(situations, records):
    shipped = {skill.name for skill in default_library()}
    kept = {item.model_extra["group"] for item in left(records, LeaveOut.RENAMED) if item.model_extra}
    for name, situation in situations.items():
        has = len(shipped - {skill.name for skill in situation.library}) <= 1
        assert (name in kept) <= has
    assert 0 < len(kept) < len(situations)


def test_a_twins_library_may_lack_one_of_the_shipped_skills():
    def of(skills):
        return Record(
            id="x", conversations=(human(system_turn(default_library().model_copy(update={"skills": skills}))),)
        )

    skills = default_library().skills
    assert without(of(skills[1:]), LeaveOut.RENAMED) is not None
    assert without(of(skills[2:]), LeaveOut.RENAMED) is None
    other = skills[0].model_copy(update={"name": "something_else"})
    assert without(of((other, other.model_copy(update={"name": "more"}), *skills[2:])), LeaveOut.RENAMED) is None


def test_without_thoughts_each_call_has_the_atom_alone(records):
    found = left(records, LeaveOut.THOUGHTS)
    calls = 0
    for before, after in zip(records, found, strict=True):
        for place, (old, new) in enumerate(zip(before.conversations, after.conversations, strict=True)):
            if old.source == HUMAN or "\n" not in old.value or old.value.startswith("goal: "):
                assert old == new
                continue
            thought, call = parse_turn(new.value)
            unmet = next(
                line for line in before.conversations[place - 1].value.splitlines() if line.startswith("unmet: ")
            )
            assert thought in unmet.removeprefix("unmet: ").split("; ")
            assert call == parse_turn(old.value)[1] and new.loss == old.loss
            assert old.value.startswith(thought)
            calls += old.value != new.value
    assert calls > 10


def test_the_filter_counts_what_is_left_out(records):
    sieve = Filter(FilterConfig(leave_out=(LeaveOut.TWINS, LeaveOut.RECOVERIES)))
    kept = list(sieve.keep(records))
    assert sieve.dropped["without_twins"] > 0 and sieve.dropped["without_recoveries"] > 0
    assert len(kept) + sieve.dropped.total() == len(records)


def test_a_smaller_share_is_a_part_of_a_larger_one():
    many = [Record(id=str(n), conversations=(human("x"), said(str(n))), reward=1.0) for n in range(400)]
    quarter, half = ({item.id for item in Filter(FilterConfig(share=share)).keep(many)} for share in (0.25, 0.5))
    assert quarter < half
    assert 70 < len(quarter) < 130 and 160 < len(half) < 240
    sieve = Filter(FilterConfig(share=0.5))
    assert len(list(sieve.keep(many))) + sieve.dropped["not_in_share"] == 400
