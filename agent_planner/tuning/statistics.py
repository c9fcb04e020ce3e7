# SPDX-License-Identifier: Apache-2.0
"""Intervals for proportions."""

from statsmodels.stats.proportion import proportion_confint


def wilson(successes: int, n: int) -> tuple[float, float]:
    """The Wilson score interval at 95 % (Wilson 1927), rounded to three digits; (0, 1) for n = 0."""
    if n == 0:
        return 0.0, 1.0
    low, high = proportion_confint(successes, n, alpha=0.05, method="wilson")
    return round(float(low), 3), round(float(high), 3)
