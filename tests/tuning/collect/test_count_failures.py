# SPDX-License-Identifier: Apache-2.0
"""Counting how calls failed in recorded episodes."""

import pytest

from agent_planner.errors import ConfigError
from agent_planner.tuning.collect.count_failures import count_failures, general
from agent_planner.tuning.collect.expert import FAILURES
from agent_planner.tuning.data.records import Record, human, said
from agent_planner.tuning.panel.statistics import wilson
from agent_planner.tuning.scenarios.scenario import default_library
from agent_planner.types import Call

DRIVE, PICK = 'navigate_to(target="desk")', 'pick(object="cup")'
EMPTY = "robot: at no place, hand free\nunmet: on(cup, desk)\ncup: on shelf, away\ndrawer: container, closed, away"
HOLDS = "robot: at shelf, holding cup\nunmet: on(cup, desk)\ncup: in hand\ndrawer: container, closed, away"
MOVED = EMPTY.replace("cup: on shelf", "cup: on table")
OPENED = EMPTY.replace("closed", "open")


def episode(*steps, first=EMPTY, **more):
    """Calls, each with its result and the state that was told after it (none: the episode ends)."""
    turns = [human("system"), human("Scene: …"), said("goal: on(cup, desk)"), human(first)]
    for call, result, state in steps:
        turns += [said(f"on(cup, desk)\n{call}"), *([human(f"{result}\n{state}")] if state else [])]
    told = [{"call": call, "result": result} for call, result, _ in steps]
    return Record(id="e", conversations=tuple(turns), steps=told, **more)


def counted(*records):
    return count_failures(records, default_library())


def test_calls_and_failures_are_counted_with_intervals():
    slipped = "failed SLIPPED: 'cup' fell near 'drawer' while 'pick' lifted it"
    table = counted(
        episode((DRIVE, "ok", EMPTY), (PICK, slipped, EMPTY), (PICK, slipped, EMPTY), (PICK, "ok", "")),
        episode((PICK, "timeout TIMEOUT: took longer than 60 s", "")),
    )
    assert table.episodes == 2
    assert (table.skills["navigate_to"].calls, table.skills["navigate_to"].failed) == (1, 0)
    pick = table.skills["pick"]
    assert (pick.makes, pick.calls, pick.failed, pick.rate, pick.ci95) == ("holding", 4, 3, 0.75, wilson(3, 4))
    assert [(c.code, c.count, c.rate, c.ci95) for c in pick.failures] == [
        ("SLIPPED", 2, 0.5, wilson(2, 4)),
        ("TIMEOUT", 1, 0.25, wilson(1, 4)),
    ]
    assert pick.failures[0].message == "'{0}' fell near something while the skill lifted it"
    assert table.skills["close"].ci95 == (0.0, 1.0)


def test_what_was_done_to_the_robot_is_counted_apart():
    slipped = (PICK, "failed SLIPPED: gone", EMPTY)
    table = counted(episode(slipped), episode(slipped, slipped, faults=["the hand opened while lifting"]))
    pick = table.skills["pick"]
    assert (table.episodes, table.provoked) == (2, 1)
    assert (pick.calls, pick.provoked_calls, pick.failed) == (1, 2, 1)
    assert (pick.failures[0].count, pick.failures[0].provoked, pick.failures[0].weight) == (1, 2, 3.5)


def test_what_no_model_hears_of_is_counted_and_not_drawn():
    (code,) = counted(episode((PICK, "unknown CANCEL_NOT_CONFIRMED: late", ""))).skills["pick"].failures
    assert (code.count, code.ends, code.weight) == (1, True, 0.0)


@pytest.mark.parametrize(
    ("before", "after", "shown"),
    [
        (HOLDS, EMPTY, (1, 0, 0)),
        (HOLDS, HOLDS, (0, 0, 0)),
        (EMPTY, MOVED, (0, 1, 0)),
        (EMPTY, OPENED, (0, 0, 1)),
        (EMPTY, EMPTY, (0, 0, 0)),
    ],
)
def test_what_the_world_showed_after_a_call(before, after, shown):
    drive = counted(episode((DRIVE, "ok", after), first=before)).skills["navigate_to"]
    assert (drive.dropped, drive.moved, drive.doors) == shown


SCENE = f"Scene:\n{EMPTY}\njar: on shelf, away\nInstruction: bring the cup\nNamed: cup"


def test_what_only_the_scene_told_of_is_compared_too():
    """A turn tells of what is unmet alone, and of what has changed."""
    moved, bare = "jar: on table, away", "robot: at no place, hand free\nunmet: closed(drawer)"
    steps = [{"call": DRIVE, "result": "ok"}] * 3
    turns = [human("system"), human(SCENE), said("goal: closed(drawer)"), human(bare)]
    for lines in ("", f"\n{moved}", f"\n{moved}\ndrawer: container, open, away"):
        turns += [said(f"closed(drawer)\n{DRIVE}"), human(f"ok\n{bare}{lines}")]
    drive = counted(Record(id="e", conversations=tuple(turns), steps=steps)).skills["navigate_to"]
    assert (drive.calls, drive.moved, drive.doors) == (3, 1, 1)


def test_what_is_unmet_is_no_door():
    before = "robot: at no place, hand free\nunmet: open(drawer); open(box)"
    after = "robot: at no place, hand free\nunmet: closed(drawer)\nbox: container, closed, away"
    drive = counted(episode((DRIVE, "ok", after), first=before)).skills["navigate_to"]
    assert (drive.moved, drive.doors) == (0, 0)


def test_calls_of_earlier_conversations_are_compared():
    looked = episode((DRIVE, "ok", OPENED), (DRIVE, "ok", OPENED))
    plain = [turn.model_dump(by_alias=True) for turn in looked.conversations]
    steps = [{"call": DRIVE, "result": "ok"}] * 3
    last = episode((DRIVE, "ok", MOVED), first=EMPTY)
    whole = Record(id="e", conversations=last.conversations, steps=steps, earlier=[plain])
    drive = counted(whole).skills["navigate_to"]
    assert (drive.calls, drive.doors, drive.moved) == (3, 1, 1)


def test_what_a_call_is_about_has_not_moved_by_itself():
    skills = counted(episode((PICK, "ok", HOLDS), ('open(container="drawer")', "ok", OPENED))).skills
    assert {(s.dropped, s.moved, s.doors) for s in (skills["pick"], skills["open"])} == {(0, 0, 0), (1, 0, 0)}


def test_what_the_panel_has_is_kept_with_a_small_weight_and_a_reason():
    table = counted(episode((PICK, "failed SLIPPED: gone", "")))
    assert [(kept.code, kept.message) for kept in table.kept] == list(FAILURES)
    assert {kept.weight for kept in table.kept} == {0.5}
    reasons = {kept.code: kept.reason.partition(";")[0] for kept in table.kept}
    assert (reasons["SLIPPED"], reasons["NO_PATH"]) == ("came up in other words", "did not come up in 1 calls")


def test_a_message_speaks_of_no_other_scene_and_of_no_server():
    call = Call("place_in", {"object": "cup", "container": "drawer"})
    others = {"'place'": "the skill", "'jar'": "something"}
    text = general("'cup' does not fit into 'drawer' {1}: 'jar' is there, and 'place' waits", call, others)
    assert text == "'{0}' does not fit into '{1}' (1): something is there, and the skill waits"


def test_another_robots_calls_are_refused():
    with pytest.raises(ConfigError, match="no skill 'fly'"):
        counted(episode(("fly()", "ok", "")))
