# SPDX-License-Identifier: Apache-2.0
"""One case of the panel: a scenario, and what goes wrong in it."""

from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import TypeVar

from agent_planner.tuning.scenarios.faults import Faults
from agent_planner.tuning.scenarios.scenario import Scenario, stable_seed

Drawn = TypeVar("Drawn")


@dataclass(frozen=True)
class Case:
    """A scenario as a cell of the panel has it.

    Attributes:
        scenario: world, library, instruction and goal.
        cell: the name of the cell, empty for a scenario of a suite.
        pair: what two cases share that differ in one thing only (names; what makes the goal impossible); else empty.
        twin: whether it is the feasible half of such a pair: to refuse, to ask or to do nothing is then needless.
        faults: what goes wrong; None for nothing.
    """

    scenario: Scenario
    cell: str = ""
    pair: str = ""
    twin: bool = False
    faults: Faults | None = None


def seeded(cell: str, split: str, seed: int) -> Random:
    """The random numbers of one case: they depend on nothing else."""
    return Random(stable_seed("panel", cell, split, seed))


def drawn(draw: Callable[[], Drawn | None]) -> Drawn:
    """Draw until something comes of it."""
    while True:
        found = draw()
        if found is not None:
            return found
