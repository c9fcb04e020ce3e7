# SPDX-License-Identifier: Apache-2.0
"""Proportions, their paired differences, and means: intervals at 95 % and exact tests."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np
from scipy.stats import binomtest

_LEVEL = 0.95


def wilson(successes: int, n: int) -> tuple[float, float]:
    """The Wilson score interval (Wilson 1927), rounded to three digits; (0, 1) for n = 0."""
    low, high = _wilson(successes, n)
    return round(low, 3), round(high, 3)


def _wilson(successes: int, n: int) -> tuple[float, float]:
    if n == 0:
        return 0.0, 1.0
    interval = binomtest(successes, n).proportion_ci(confidence_level=_LEVEL, method="wilson")
    return float(interval.low), float(interval.high)


@dataclass(frozen=True)
class Paired:
    """Two yes-or-no results of the same things: how often both are yes, only the first, only the second, neither."""

    both: int
    first: int
    second: int
    neither: int

    @classmethod
    def of(cls, pairs: Sequence[tuple[bool, bool]]) -> "Paired":
        """Count pairs of results."""
        return cls(*(sum(pair == kind for pair in pairs) for kind in _KINDS))

    @property
    def n(self) -> int:
        """The number of pairs."""
        return self.both + self.first + self.second + self.neither

    @property
    def difference(self) -> float:
        """The first's share of yes less the second's, from -1 to 1; 0 where there are no pairs."""
        return (self.first - self.second) / self.n if self.n else 0.0

    def p(self) -> float:
        """McNemar's test, two-sided and exact (binomial with 1/2 on the pairs that differ); 1 where none differs."""
        differing = self.first + self.second
        return float(binomtest(self.first, differing).pvalue) if differing else 1.0

    def interval(self) -> tuple[float, float]:
        """An interval of `difference`; (-1, 1) where there are no pairs.

        Method 10 of Newcombe, Statistics in Medicine 17 (1998), 2635-2650: the Wilson limits of the two shares are
        added in squares, less what their correlation takes away.
        """
        if not self.n:
            return -1.0, 1.0
        p1, p2 = (self.both + self.first) / self.n, (self.both + self.second) / self.n
        low1, high1 = _wilson(self.both + self.first, self.n)
        low2, high2 = _wilson(self.both + self.second, self.n)
        down = self._added(p1 - low1, high2 - p2)
        up = self._added(p2 - low2, high1 - p1)
        return max(-1.0, self.difference - down), min(1.0, self.difference + up)

    def _added(self, a: float, b: float) -> float:
        return sqrt(max(0.0, a * a - 2 * self._correlation() * a * b + b * b))

    def _correlation(self) -> float:
        """Phi; where positive, its numerator is taken nearer to 0 by n / 2 (at most to 0)."""
        yes1, yes2 = self.both + self.first, self.both + self.second
        margins = yes1 * (self.n - yes1) * yes2 * (self.n - yes2)
        if not margins:
            return 0.0
        numerator = self.both * self.neither - self.first * self.second
        return (max(numerator - self.n / 2, 0.0) if numerator > 0 else numerator) / sqrt(margins)


_KINDS = ((True, True), (True, False), (False, True), (False, False))


def holm(p_values: Sequence[float]) -> list[float]:
    """P-values corrected for their number, in their own order (Holm, Scandinavian Journal of Statistics 6, 1979)."""
    corrected = [0.0] * len(p_values)
    highest = 0.0
    for rank, index in enumerate(sorted(range(len(p_values)), key=lambda i: p_values[i])):
        highest = max(highest, min(1.0, (len(p_values) - rank) * p_values[index]))
        corrected[index] = highest
    return corrected


def relative_change(
    before: Sequence[float], after: Sequence[float], seed: int, rounds: int = 10_000
) -> tuple[float, float, float]:
    """How much a mean changed, as a share of the first mean, with its interval.

    The interval is the percentile bootstrap over pairs (Efron and Tibshirani 1993, chapter 13).

    Args:
        before: one positive value a thing, at least one.
        after: the values of the same things in the same order.
        seed: of the resampling; the same gives the same interval.
        rounds: how often is resampled.

    Returns:
        The change (0.02: 2 % more), and its lower and upper limit.
    """
    pairs = np.stack([np.asarray(before, float), np.asarray(after, float)])
    rng = np.random.default_rng(seed)
    changes = [_change(pairs[:, rng.integers(pairs.shape[1], size=pairs.shape[1])]) for _ in range(rounds)]
    low, high = np.quantile(changes, [(1 - _LEVEL) / 2, (1 + _LEVEL) / 2])
    return _change(pairs), float(low), float(high)


def _change(pairs: np.ndarray) -> float:
    first, second = pairs.mean(axis=1)
    return float(second / first - 1)
