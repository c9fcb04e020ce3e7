# SPDX-License-Identifier: Apache-2.0
import pytest

from agent_planner.tuning.panel import tables
from agent_planner.tuning.panel.compare import compare_models, correct
from agent_planner.tuning.panel.results import LikelihoodLine
from tests.tuning.panel.lines import episode, episodes, task


def cells(table):
    """The table's cells, and on the way whether it is one: every line of the same width and number of columns."""
    lines = table.splitlines()
    assert len({len(line) for line in lines}) == 1
    assert all(line.startswith("| ") and line.endswith(" |") for line in lines)
    assert set(lines[1]) <= set("|-: ")
    rows = [[cell.strip() for cell in line.strip("| ").split(" | ")] for line in (lines[0], *lines[2:])]
    assert len({len(row) for row in rows}) == 1
    return rows


def test_a_table_lines_up():
    assert tables.markdown(["kind", "a|b"], [["in", "1"], ["on many", "22"]]).splitlines() == [
        "| kind    | a\\|b |",
        "| ------- | ---: |",
        "| in      |    1 |",
        "| on many |   22 |",
    ]


def test_shares_have_intervals():
    assert tables.share(164, 200) == "82.0 % (76.1-86.7, n=200)"
    assert tables.share(0, 0) == "–"


def test_success_by_cell():
    rows = {"default, grammar": [*episodes("++-"), *episodes("+", cell="renamed")], "base, grammar": episodes("---")}
    assert cells(tables.success_table(rows, ["held_in", "renamed"])) == [
        ["model", "held_in", "renamed"],
        ["default, grammar", "66.7 % (20.8-93.9, n=3)", "100.0 % (20.7-100.0, n=1)"],
        ["base, grammar", "0.0 % (0.0-56.1, n=3)", "–"],
    ]


def test_goals_by_kind_count_under_each_part():
    lines = [episode(kind="in+closed", goal_exact=True), episode(kind="in", goal_exact=False, seed=1)]
    assert cells(tables.goal_table({"m": lines})) == [
        ["kind", "m"],
        ["closed", "100.0 % (20.7-100.0, n=1)"],
        ["in", "50.0 % (9.5-90.5, n=2)"],
    ]


def test_differences():
    found = correct(compare_models("held_in", {"a": episodes("+" * 10), "b": episodes("-" * 8 + "++")}))
    assert cells(tables.difference_table("cell", found)) == [
        ["cell", "first", "second", "first less second, points (95 %)", "n", "only first:only second", "p", "p (Holm)"],
        ["held_in", "a", "b", "+80.0 (+38.4 to +94.3)", "10", "8:0", "0.0078", "0.0078"],
    ]


def test_errors_are_shares_of_all_episodes():
    lines = [*episodes("++"), episode(False, seed=2), episode(False, seed=3, category="wrong goal")]
    assert cells(tables.error_table({"m": lines, "n": episodes("++")})) == [
        ["error", "m", "n"],
        ["wrong goal", "1 of 4 (25.0 %)", "0 of 2 (0.0 %)"],
        ["loop", "1 of 4 (25.0 %)", "0 of 2 (0.0 %)"],
        ["all", "2 of 4 (50.0 %)", "0 of 2 (0.0 %)"],
    ]


def test_needless_asks_are_counted_in_twins_only():
    asked = {"cell": "ambiguous", "outcome": "needs_operator", "success": False}
    lines = [episode(twin=True, **asked), episode(seed=1, cell="ambiguous", twin=True), episode(seed=2, **asked)]
    assert cells(tables.twin_table({"m": lines})) == [
        ["model", "cell", "needless asks", "needless refusals"],
        ["m", "ambiguous (twins)", "50.0 % (9.5-90.5, n=2)", "0.0 % (0.0-65.8, n=2)"],
    ]


@pytest.mark.parametrize(
    ("known", "asked", "declined"),
    [
        ({"outcome": "succeeded", "success": True}, 0, 0),
        ({"outcome": "failed", "error": "loop", "category": "loop"}, 0, 0),
        # a question: which thing is meant, and after a goal that was wrong
        ({"outcome": "needs_operator", "goal": 'which("cup": cup, mug)', "category": "needless ask", "calls": 0}, 1, 0),
        (
            {"outcome": "needs_operator", "goal": "on(cup, shelf)", "error": "misread_goal", "category": "wrong goal"},
            1,
            0,
        ),
        # declined: whatever the taxonomy calls it
        ({"outcome": "infeasible", "goal": 'missing("cup")', "category": "needless refusal", "calls": 2}, 0, 1),
        ({"outcome": "infeasible", "goal": 'no_skill("sing")', "category": "needless refusal", "calls": 0}, 0, 1),
        ({"outcome": "answered", "goal": "none", "category": "wrong goal", "calls": 0}, 0, 1),
        ({"outcome": "infeasible", "error": "gave_up", "category": "gave up", "calls": 0}, 0, 1),
        ({"outcome": "infeasible", "error": "gave_up", "category": "gave up", "calls": 2}, 0, 0),
        ({"outcome": "answered", "goal": "on(cup, desk)", "error": "misread_goal", "calls": 0}, 0, 0),
    ],
)
def test_what_counts_as_a_needless_ask_or_refusal(known, asked, declined):
    line = episode(twin=True, **({"success": False} | known))
    assert cells(tables.twin_table({"m": [line]}))[1][2:] == [tables.share(asked, 1), tables.share(declined, 1)]


def test_raw_invalid_turns_without_a_grammar_are_those_that_were_refused_for_what_they_say():
    codes = {"NEEDS": 1, "NO_PROGRESS": 1, "DOUBTED": 1, "DENIED": 1, "BAD_FORM": 2, "UNKNOWN_ENTITY": 1}
    rows = {
        "grammar": episodes("++"),
        "raw": [*episodes("+", level="raw"), episode(level="raw", seed=1, turns=10, refused=7, codes=codes)],
        "old": [episode(level="raw", codes={})],
        "unrecorded": [episode(turns=0, raw_invalid=0, refused=0, codes={})],
    }
    assert cells(tables.invalid_table(rows))[1:] == [
        ["grammar", "2 of 10 (20.0 %)", "2 of 10 (20.0 %)"],
        ["raw", "3 of 15 (20.0 %)", "8 of 15 (53.3 %)"],
        ["old", "–", "1 of 5 (20.0 %)"],
        ["unrecorded", "–", "–"],
    ]


def test_refusals_stand_by_their_codes():
    rows = {
        "a": [episode(), episode(seed=1, refused=3, codes={"NEEDS": 1, "BAD_FORM": 2})],
        "b": [episode(refused=0, codes={})],
        "old": [episode(codes={})],
    }
    assert cells(tables.refusal_table(rows)) == [
        ["code", "a", "b", "old"],
        ["NEEDS", "2 of 10 (20.0 %)", "0 of 5 (0.0 %)", "–"],
        ["BAD_FORM", "2 of 10 (20.0 %)", "0 of 5 (0.0 %)", "–"],
    ]


def test_tasks_by_kind():
    models = {"a": [task(), task(False, seed=1), task(seed=2, kind="json")], "b": [task()]}
    assert [row[0] for row in cells(tables.task_table(models))] == ["kind", "arithmetic", "json", "all"]
    assert cells(tables.task_table(models))[3][1:] == ["66.7 % (20.8-93.9, n=3)", "100.0 % (20.7-100.0, n=1)"]


def read(model, values, tokens=10, data="d"):
    return [
        LikelihoodLine(model=model, data=data, conversation=str(i), tokens=tokens, log_likelihood=value)
        for i, value in enumerate(values)
    ]


def test_likelihoods_against_the_base():
    base = [-1.0, -2.0, -3.0, -2.0] * 20
    models = {
        "base": read("base", base),
        "near": read("near", [value * 1.01 for value in base]),
        "far": read("far", [value * 1.05 for value in base]),
        "open": read("open", [value * (1.5 if i % 16 == 0 else 1.0) for i, value in enumerate(base)]),
    }
    found = {row[0]: row[2:5] for row in cells(tables.likelihood_table(models, "base"))}
    assert found["base"] == ["-2.0000", "–", "–"]
    assert found["near"] == ["-2.0200", "+1.00 % (+1.00 to +1.00)", "yes"]
    assert found["far"][2] == "no"
    assert found["open"][1].startswith("+1.56 %") and found["open"][2] == "open"


def test_likelihoods_of_each_data_stand_apart_with_or_without_the_base():
    models = {
        "base": read("base", [-1.0, -2.0]),
        "m": [*read("m", [-1.1, -2.2, -9.0]), *read("m", [-4.0], data="other")],
    }
    table = cells(tables.likelihood_table(models, "base"))
    assert [row[:3] + row[5:] for row in table[1:]] == [
        ["base", "d", "-1.5000", "2", "20"],
        ["m", "d", "-1.6500", "2 of 3", "20"],
        ["m", "other", "-4.0000", "1", "10"],
    ]
    assert table[2][3].startswith("+10.00 %") and table[3][3:5] == ["–", "–"]
    alone = cells(tables.likelihood_table({"m": models["m"]}, "base"))
    assert [row[1:4] for row in alone[1:]] == [["d", "-4.1000", "–"], ["other", "-4.0000", "–"]]


def test_likelihoods_of_other_tokens_do_not_compare():
    models = {"base": read("base", [-1.0]), "m": read("m", [-1.5], tokens=9), "n": read("n", [-1.1])}
    table = cells(tables.likelihood_table(models, "base"))
    assert table[2] == ["m", "d", "-1.5000", "other tokens", "–", "1", "9"]
    assert table[3][3].startswith("+10.00 %")
