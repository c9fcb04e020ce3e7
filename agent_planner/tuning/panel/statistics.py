# SPDX-License-Identifier: Apache-2.0
"""Intervals for proportions."""

from scipy.stats import binomtest


def wilson(successes: int, n: int) -> tuple[float, float]:
    """The Wilson score interval at 95 % (Wilson 1927), rounded to three digits; (0, 1) for n = 0."""
    if n == 0:
        return 0.0, 1.0
    interval = binomtest(successes, n).proportion_ci(confidence_level=0.95, method="wilson")
    return round(float(interval.low), 3), round(float(interval.high), 3)
