# SPDX-License-Identifier: Apache-2.0
"""Against published numbers, numbers worked out by hand, and brute force."""

from math import comb, isclose

import pytest

from agent_planner.tuning.panel.statistics import Paired, holm, relative_change, wilson


def test_wilson_interval():
    assert wilson(0, 0) == (0.0, 1.0)
    assert wilson(17, 20) == (0.64, 0.948)
    assert wilson(300, 300)[1] == 1.0
    # Newcombe, Statistics in Medicine 17 (1998), 857-872, table I, method 3.
    assert wilson(81, 263) == (0.255, 0.366)
    assert wilson(15, 148) == (0.062, 0.16)


def test_pairs_are_counted():
    pairs = [(True, True), (True, False), (True, False), (False, True), (False, False), (False, False), (False, False)]
    paired = Paired.of(pairs)
    assert paired == Paired(both=1, first=2, second=1, neither=3)
    assert paired.n == 7 and isclose(paired.difference, 1 / 7)


@pytest.mark.parametrize(
    ("table", "limits"),
    [
        # Newcombe, Statistics in Medicine 17 (1998), 2635-2650: method 10.
        (Paired(36, 12, 2, 0), (0.0569, 0.3404)),
        (Paired(20, 12, 2, 16), (0.0562, 0.3292)),
        # Fagerland, Lydersen and Laake, Statistics in Medicine 33 (2014), 2850-2875.
        (Paired(1, 1, 7, 12), (-0.507, -0.026)),
    ],
)
def test_interval_of_a_paired_difference_as_published(table, limits):
    assert table.interval() == pytest.approx(limits, abs=5e-4)


def test_interval_of_a_paired_difference_at_the_edges():
    assert Paired(0, 0, 0, 0).interval() == (-1.0, 1.0)
    same = Paired(both=50, first=0, second=0, neither=50).interval()
    assert same[0] == -same[1] and 0 < same[1] < 0.05
    assert Paired(0, 20, 0, 0).interval()[1] == 1.0
    low, high = Paired(30, 9, 4, 7).interval()
    assert Paired(30, 4, 9, 7).interval() == pytest.approx((-high, -low))


def test_interval_of_a_paired_difference_covers_the_truth():
    """Every table of 14 pairs, weighted by its probability: about 95 % of the intervals hold the true difference."""
    n, (both, first, second) = 14, (0.5, 0.25, 0.1)
    covered = 0.0
    for a in range(n + 1):
        for b in range(n + 1 - a):
            for c in range(n + 1 - a - b):
                ways = comb(n, a) * comb(n - a, b) * comb(n - a - b, c)
                d = n - a - b - c
                chance = ways * both**a * first**b * second**c * (1 - both - first - second) ** d
                low, high = Paired(a, b, c, d).interval()
                covered += chance * (low <= first - second <= high)
    assert 0.93 < covered < 0.98


def test_mcnemar_is_exact():
    # 2 * (1 + 10) / 2**10, by hand.
    assert Paired(40, 9, 1, 10).p() == pytest.approx(2 * 11 / 1024)
    assert Paired(40, 1, 9, 10).p() == Paired(0, 9, 1, 0).p()
    assert Paired(5, 4, 4, 5).p() == 1.0


def test_mcnemar_where_nothing_differs():
    assert Paired(10, 0, 0, 3).p() == 1.0
    assert Paired(0, 0, 0, 0).p() == 1.0


def test_holm_correction():
    # By hand: 0.005 * 4, 0.01 * 3, 0.03 * 2, then not less than the one before.
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm([0.6, 0.7]) == [1.0, 1.0]
    assert holm([]) == []


def test_relative_change_of_a_mean():
    before = [2.0, 3.0, 4.0, 5.0] * 10
    change, low, high = relative_change(before, [value * 1.01 for value in before], seed=1, rounds=500)
    assert (change, low, high) == pytest.approx((0.01, 0.01, 0.01))
    worse = [value + (0.3 if number % 2 else -0.1) for number, value in enumerate(before)]
    change, low, high = relative_change(before, worse, seed=1, rounds=2000)
    assert change == pytest.approx(0.1 / 3.5)
    # The normal interval of the mean difference, 0.1 +- 1.96 * 0.2 / sqrt(40), over 3.5; the bootstrap is near it.
    assert (low, high) == pytest.approx((0.038 / 3.5, 0.162 / 3.5), abs=0.004)
    assert relative_change(before, worse, seed=1, rounds=2000) == (change, low, high)
