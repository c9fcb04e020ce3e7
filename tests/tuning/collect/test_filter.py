# SPDX-License-Identifier: Apache-2.0
"""What is learned from, and why the rest is not."""

from agent_planner.tuning.collect.filter import Filter, FilterConfig
from agent_planner.tuning.data.records import Record, human, said


def made(name, *answers, reward=1.0, **more):
    turns = [turn for text in answers for turn in (human("and?"), said(text))]
    facts = {"reward": reward, "family": "in", **more}
    return Record(id=name, conversations=tuple(turns), **facts)


def kept(records, **config):
    sieve = Filter(FilterConfig(**config))
    return [r.id for r in sieve.keep(records)], dict(sieve.dropped)


def test_only_what_the_world_rewarded_is_kept():
    records = [made("good", "a"), made("half", "b", reward=0.5), made("bad", "c", reward=0.0)]
    assert kept(records) == (["good"], {"low_reward": 2})
    assert kept(records, reward=0.5) == (["good", "half"], {"low_reward": 1})


def test_what_nobody_judged_is_not_kept():
    plain = Record(id="imported", conversations=(human("hello"), said("hello")))
    assert kept([plain]) == ([], {"no_reward": 1})
    others = [made("null", "a", reward=None), made("text", "b", reward="1"), made("nan", "c", reward=float("nan"))]
    assert kept(others) == ([], {"no_reward": 3})


def test_what_is_held_out_is_not_kept():
    splits = ("dev", "test", "", "train", "train_sft", None)
    records = [made(str(split), str(split), split=split) for split in splits]
    assert kept(records) == (["train", "train_sft", "None"], {"held_out": 3})


def test_a_violation_is_worth_no_success():
    assert kept([made("fast", "a", violations=["speed"])]) == ([], {"safety_violation": 1})


def test_duplicates_and_loops_go():
    same = [made("first", "a"), made("second", "a"), made("loop", "b", "b", "b"), made("twice", "b", "b")]
    assert kept(same) == (["first", "twice"], {"duplicate": 1, "loop": 1})


def test_what_leads_out_of_a_loop_is_kept():
    def fork(student_turns, label):
        before = [turn for _ in range(student_turns) for turn in (human("failed"), said("b", loss=False))]
        return Record(id=f"{label}{student_turns}", conversations=(*before, human("failed"), said(label)), reward=1.0)

    assert kept([fork(3, "c"), fork(5, "c"), fork(2, "b")]) == (["c3", "c5", "b2"], {})


def test_the_same_words_of_which_others_are_learned_are_no_duplicate():
    whole = made("whole", "a", "b")
    half = whole.model_copy(
        update={"id": "half", "conversations": (human("and?"), said("a", loss=False), *whole.conversations[2:])}
    )
    assert kept([whole, half]) == (["whole", "half"], {})


def test_no_family_has_more_than_its_cap():
    """Which of it are kept depends on their names, not on their places in the file."""
    records = [made(f"{family}{i}", f"{family}{i}", family=family) for i in range(30) for family in ("in", "on")]
    names, dropped = kept(records, cap=2)
    assert [name[:2] for name in sorted(names)] == ["in", "in", "on", "on"] and dropped == {"over_cap": 56}
    assert names == [record.id for record in records if record.id in names]
    assert sorted(kept(records[::-1], cap=2)[0]) == sorted(names)
    assert set(names) != {"in0", "on0", "in1", "on1"}


def test_what_has_nothing_to_learn_goes():
    silent = Record(id="silent", conversations=(human("x"), said("y", loss=False)), reward=1.0)
    assert kept([silent]) == ([], {"nothing_to_learn": 1})
