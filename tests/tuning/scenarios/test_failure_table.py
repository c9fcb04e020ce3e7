# SPDX-License-Identifier: Apache-2.0
"""How failures are drawn, and the table that ships."""

from collections import Counter
from random import Random

import pytest

from agent_planner.errors import ConfigError
from agent_planner.tuning.collect.expert import FAILURES
from agent_planner.tuning.panel.faults import UNSEEN_FAILURES
from agent_planner.tuning.scenarios.failure_table import (
    Calls,
    Code,
    FailureTable,
    Kept,
    load_failures,
    measured_failures,
    write_failures,
)
from agent_planner.tuning.scenarios.scenario import default_library
from agent_planner.types import Call

LIBRARY = default_library()
PICK = Call("pick", {"object": "cup"})
SLIPPED = Code(code="SLIPPED", message="'{0}' fell", count=3)
SHORT = Code(code="TOO_FAR", message="'{0}' does not reach '{1}'", count=3)


def table(*codes, kept=(), **skills):
    pick = Calls(makes="holding", calls=9, failed=3, rate=0.3, ci95=(0.1, 0.6), failures=codes)
    return FailureTable(episodes=1, provoked=0, skills={"pick": pick, **skills}, kept=kept)


def draws(found, call, count=400):
    rng = Random(0)
    return Counter(found.draw(rng, call, LIBRARY[call.skill]) for _ in range(count))


def test_a_call_fails_as_calls_fail_that_make_the_same_and_names_its_own_things():
    other = Kept(code="UNKNOWN", message="no reason", weight=0.5, reason="r")
    found = draws(table(SLIPPED, kept=(other,)), PICK)
    assert found.keys() == {("SLIPPED", "'cup' fell"), ("UNKNOWN", "no reason")}
    assert 0.8 < found["SLIPPED", "'cup' fell"] / found.total() < 0.95
    drive = Call("navigate_to", {"target": "desk"})
    assert draws(table(SLIPPED, kept=(other,)), drive).keys() == {("UNKNOWN", "no reason")}


def test_a_message_about_more_than_the_call_is_not_drawn():
    far = Code(code="FAR", message="'{2}' is out of reach", count=3)
    assert draws(table(SLIPPED, SHORT, far), PICK).keys() == {("SLIPPED", "'cup' fell")}
    given = Call("pick", {"object": "cup", "number": 2, "from": "tray", "to": "desk"})
    assert ("FAR", "'desk' is out of reach") in draws(table(SLIPPED, SHORT, far), given)


def test_where_nothing_is_known_of_such_a_skill_it_fails_as_any_other():
    drive = Call("navigate_to", {"target": "desk"})
    assert draws(table(SLIPPED), drive).keys() == {("SLIPPED", "'desk' fell")}


def test_what_fails_often_fails_often():
    drive = Calls(makes="at", calls=90, failed=0, rate=0.0, ci95=(0.0, 0.1))
    found = table(SLIPPED, navigate_to=drive)
    assert found.relative_rate(LIBRARY["pick"]) > 3
    assert found.relative_rate(LIBRARY["navigate_to"]) < 0.2
    assert found.relative_rate(LIBRARY["open"]) == 1.0


def test_a_single_failed_call_says_little():
    drive = Calls(makes="at", calls=100, failed=5, rate=0.05, ci95=(0.0, 0.1))
    close = Calls(makes="closed", calls=1, failed=1, rate=1.0, ci95=(0.2, 1.0))
    found = FailureTable(episodes=1, provoked=0, skills={"navigate_to": drive, "close": close})
    assert 1 < found.relative_rate(LIBRARY["close"]) < 2


def test_a_table_is_read_as_it_was_written(tmp_path):
    path = tmp_path / "table.yaml"
    made = table(SLIPPED, kept=(Kept(code="X", message="y", weight=0.5, reason="z"),))
    write_failures(path, made)
    assert load_failures(path) == made


@pytest.mark.parametrize(
    ("text", "told"), [("a: [", "is not YAML"), ("episodes: many", "episodes: Input should be"), ("{}", "is missing")]
)
def test_what_is_no_table_is_told(tmp_path, text, told):
    (tmp_path / "table.yaml").write_text(text)
    with pytest.raises(ConfigError, match=told):
        load_failures(tmp_path / "table.yaml")


def test_the_shipped_table_is_of_runs_and_keeps_what_the_panel_holds_out():
    shipped = measured_failures()
    assert shipped.episodes >= 30 and set(shipped.skills) == set(LIBRARY.by_name)
    measured = {code.code for calls in shipped.skills.values() for code in calls.failures}
    assert set(FAILURES) <= {(kept.code, kept.message) for kept in shipped.kept}
    unseen = {code for pairs in UNSEEN_FAILURES.values() for code, _ in pairs}
    assert not unseen & measured
    for skill in LIBRARY:
        call = Call(skill.name, dict.fromkeys(skill.parameters, "cup"))
        assert all("{" not in text for _, text in draws(shipped, call, 50))
