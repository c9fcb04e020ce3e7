# SPDX-License-Identifier: Apache-2.0
import pytest

from agent_planner.errors import UserError
from agent_planner.tuning.panel.compare import (
    Decoding,
    by_cell,
    by_decoding,
    by_model,
    compare_cells,
    compare_models,
    correct,
    names_of,
)
from agent_planner.tuning.panel.statistics import Paired
from tests.tuning.panel.lines import episode, episodes, task


def test_adapters_of_one_name_are_told_apart():
    lines = [episode(adapter="a" * 64), episode(model="base"), episode(adapter="b" * 64, seed=1)]
    assert list(by_model(lines)) == ["default aaaaaaaa", "base", "default bbbbbbbb"]
    assert list(by_model(lines[:2])) == ["default", "base"]
    assert list(by_model(lines[:2], names_of(lines))) == ["default aaaaaaaa", "base"]


def test_levels_and_look_ahead_are_apart():
    lines = [episode(), episode(look_ahead=True), episode(level="raw")]
    assert [str(decoding) for decoding in by_decoding(lines)] == ["grammar", "grammar + look-ahead", "raw"]
    assert by_decoding(lines)[Decoding("raw", False)] == lines[2:]


def test_twins_stand_behind_their_cell():
    lines = [
        episode(cell="ambiguous", twin=True, seed=1),
        episode(cell="held_in"),
        episode(cell="ambiguous"),
        episode(cell="ambiguous", twin=True, seed=3),
    ]
    found = {cell: [line.seed for line in group] for cell, group in by_cell(lines).items()}
    assert found == {"ambiguous": [0], "ambiguous (twins)": [1, 3], "held_in": [0]}


def test_models_are_compared_on_the_same_seeds():
    models = {"a": episodes("++--+"), "b": episodes("+-+"), "c": [episode(seed=99)]}
    [comparison] = compare_models("held_in", models)
    assert (comparison.first, comparison.second) == ("a", "b")
    assert comparison.paired == Paired(both=1, first=1, second=1, neither=0)
    assert comparison.p == 1.0


def test_other_scenarios_are_not_compared():
    models = {"a": episodes("++"), "b": [episode(), episode(seed=1, instruction="put the cup in the bin, please")]}
    with pytest.raises(
        UserError, match=r"a and b do not compare: seed 1 of held_in \(dev\) is 'put the cup in the bin' "
    ):
        compare_models("held_in", models)


def test_answers_are_compared_as_episodes_are():
    models = {name: [task(seed=s, success=s < good) for s in range(20)] for name, good in (("a", 18), ("b", 9))}
    [comparison] = compare_models("general_tasks", models)
    assert comparison.paired == Paired(both=9, first=9, second=0, neither=2)
    assert comparison.p == 2 / 2**9


def test_seeds_of_different_splits_are_different():
    dev, test = episodes("++", split="dev"), episodes("--", split="test")
    assert compare_models("held_in", {"a": dev, "b": test}) == []


def test_what_was_asked_otherwise_is_not_compared():
    models = {"a": episodes("+"), "b": episodes("-", instruction="wave")}
    with pytest.raises(UserError, match=r"seed 0 of held_in \(dev\) is 'put the cup in the bin' .* and 'wave' with"):
        compare_models("held_in", models)


def test_cells_are_compared_by_pairs():
    lines = [
        *episodes("++--"),
        *(line.model_copy(update={"seed": line.seed + 50}) for line in episodes("-+-", cell="renamed")),
        *episodes("++", cell="wordings", **{}),
    ]
    alone = [line.model_copy(update={"pair": ""}) for line in lines if line.cell == "wordings"]
    [comparison] = compare_cells("default", [line for line in lines if line.cell != "wordings"] + alone)
    assert (comparison.cell, comparison.first, comparison.second) == ("default", "held_in", "renamed")
    assert comparison.paired == Paired(both=1, first=1, second=0, neither=1)


def test_p_values_are_corrected_together():
    found = compare_models("x", {"a": episodes("+" * 12), "b": episodes("-" * 12), "c": episodes("+" * 11 + "-")})
    corrected = correct(found)
    assert [c.p for c in corrected] == [c.p for c in found]
    assert [c.corrected for c in corrected] == [3 * 2 / 2**12, 1.0, 2 * 2 / 2**11]
