# SPDX-License-Identifier: Apache-2.0
"""Hypothesis as these tests use it: the same few examples every time, no deadlines (the machine may be busy)."""

from collections.abc import Callable
from typing import Any

import hypothesis


def given(*strategies: Any, examples: int = 25, **named: Any) -> Callable:
    """Do what `hypothesis.given` does, with a number of examples."""

    def decorate(test: Callable) -> Callable:
        chosen = hypothesis.settings(deadline=None, max_examples=examples, derandomize=True, database=None)
        return chosen(hypothesis.given(*strategies, **named)(test))

    return decorate
