# SPDX-License-Identifier: Apache-2.0
"""The choices, by figures that are made up."""

import pytest

from agent_planner.errors import UserError
from agent_planner.tuning.panel.results import ChoiceLine, LikelihoodLine
from agent_planner.tuning.study.choice import choose_best, choose_eta
from tests.tuning.panel.lines import episodes


def read(model, loss, right):
    """Two conversations with that mean loss, and two situations of 100 tokens in all."""
    losses = [
        LikelihoodLine(model=model, data="d", conversation=str(n), tokens=5, log_likelihood=-loss + (n - 0.5) / 10)
        for n in range(2)
    ]
    counted = ((60, right - right // 2), (40, right // 2))
    choices = [ChoiceLine(model=model, data="r", group=str(n), tokens=t, right=r) for n, (t, r) in enumerate(counted)]
    return [*losses, *choices]


def chosen(*candidates):
    lines = [*read("base", 2.0, 0), *(line for eta, loss, right in candidates for line in read(f"m{eta}", loss, right))]
    return choose_eta(lines, "base", {eta: f"m{eta}" for eta, _, _ in candidates})


def test_the_most_right_of_those_that_have_lost_little():
    found = chosen((0.2, 2.01, 50), (0.5, 2.039, 60), (0.8, 2.05, 70))
    assert found.value == 0.5
    assert found.figures["0.8"] == pytest.approx({"choice_accuracy": 0.7, "loss": 2.05, "against_base": 0.025})


def test_else_the_likeliest():
    assert chosen((0.2, 2.3, 50), (0.5, 2.2, 40), (0.8, 2.5, 70)).value == 0.5


def test_of_equals_the_first():
    assert chosen((0.5, 1.9, 50), (0.2, 1.8, 50)).value == 0.5


def test_what_was_not_measured_is_told():
    with pytest.raises(UserError, match="m0.5: there is no general likelihood in the results; known: base"):
        choose_eta(read("base", 2.0, 0), "base", {0.5: "m0.5"})
    lines = [*read("base", 2.0, 0), *read("m0.5", 2.0, 0)[:2]]
    with pytest.raises(UserError, match="m0.5: there is no choice accuracy"):
        choose_eta(lines, "base", {0.5: "m0.5"})


def test_the_best_arm_by_the_mean_of_its_cells():
    # One has more successes in all, the other in the mean of the two cells.
    one = [*episodes("++++++++"), *episodes("--", cell="renamed")]
    other = [*episodes("+++---"), *episodes("++", cell="renamed")]
    found = choose_best({"one": one, "other": other})
    assert found.value == "other" and found.figures == {"one": {"success": 0.5}, "other": {"success": 0.75}}


def test_a_cell_with_twins_counts_once():
    lines = [*episodes("++"), *episodes("--", cell="infeasible"), *episodes("--", cell="infeasible", twin=True)]
    assert choose_best({"one": lines}).figures == {"one": {"success": 0.5}}
