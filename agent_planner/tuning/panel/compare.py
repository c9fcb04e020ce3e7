# SPDX-License-Identifier: Apache-2.0
"""Results side by side: who was measured how, and the paired differences between models and between cells."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import NamedTuple, TypeVar

from agent_planner.errors import UserError
from agent_planner.tuning.panel.results import ChoiceLine, EpisodeLine, LikelihoodLine, TaskLine
from agent_planner.tuning.panel.statistics import Paired, holm

BASELINE = "held_in"
_HASH_SHOWN = 8
Measured = TypeVar("Measured", EpisodeLine, TaskLine, LikelihoodLine, ChoiceLine)
Judged = TypeVar("Judged", EpisodeLine, TaskLine)


class Decoding(NamedTuple):
    """How far decoding is constrained, and whether calls that lead nowhere are refused."""

    level: str
    look_ahead: bool

    def __str__(self) -> str:
        return f"{self.level} + look-ahead" if self.look_ahead else self.level


@dataclass(frozen=True)
class Comparison:
    """``first`` against ``second`` on the same things of a ``cell``; ``corrected`` is p by Holm."""

    cell: str
    first: str
    second: str
    paired: Paired
    p: float
    corrected: float = 1.0


def by_model(lines: Iterable[Measured]) -> dict[str, list[Measured]]:
    """Group by model, in the order of their first lines. Adapters of one name are told apart by their hashes."""
    lines = list(lines)
    adapters: dict[str, set[str]] = {}
    for line in lines:
        adapters.setdefault(line.model, set()).add(line.adapter)
    groups: dict[str, list[Measured]] = {}
    for line in lines:
        several = len(adapters[line.model]) > 1
        name = f"{line.model} {line.adapter[:_HASH_SHOWN] or 'without adapter'}" if several else line.model
        groups.setdefault(name, []).append(line)
    return groups


def by_decoding(lines: Iterable[EpisodeLine]) -> dict[Decoding, list[EpisodeLine]]:
    """Group by level and look-ahead, in the order of their first lines."""
    groups: dict[Decoding, list[EpisodeLine]] = {}
    for line in lines:
        groups.setdefault(Decoding(line.level, line.look_ahead), []).append(line)
    return groups


def by_cell(lines: Sequence[EpisodeLine]) -> dict[str, list[EpisodeLine]]:
    """Group by cell, in the order of their first lines; a cell's feasible twins are apart, behind it."""
    ranks = {cell: rank for rank, cell in enumerate(dict.fromkeys(line.cell for line in lines))}
    groups: dict[str, list[EpisodeLine]] = {}
    for line in sorted(lines, key=lambda line: (ranks[line.cell], line.twin)):
        groups.setdefault(line.column, []).append(line)
    return groups


def compare_models(cell: str, models: Mapping[str, Sequence[Judged]]) -> list[Comparison]:
    """Every model against every other on the same splits and seeds of one cell; `correct` is still to be applied.

    Raises:
        UserError: two were asked different things.
    """
    asked = {name: {(line.split, line.seed): line for line in lines} for name, lines in models.items()}
    found = []
    for first, second in combinations(asked, 2):
        shared = [key for key in asked[first] if key in asked[second]]
        if shared:
            pairs = [(asked[first][key], asked[second][key]) for key in shared]
            for one, other in pairs:
                if (one.instruction, one.truth) != (other.instruction, other.truth):
                    raise UserError(
                        f"{cell}, {one.split} {one.seed}: {first} was asked {one.instruction!r}, {second} "
                        f"{other.instruction!r}: these are results of two versions of the panel; measure one anew"
                    )
            paired = Paired.of([(one.success, other.success) for one, other in pairs])
            found.append(Comparison(cell, first, second, paired, paired.p()))
    return found


def compare_cells(model: str, lines: Sequence[EpisodeLine]) -> list[Comparison]:
    """One model's held_in episodes against those of other cells that differ by one thing only (the same ``pair``)."""
    solved = {
        cell: {(line.split, line.pair): line.success for line in found if line.pair}
        for cell, found in by_cell(lines).items()
    }
    before = solved.pop(BASELINE, {})
    found = []
    for cell, after in solved.items():
        shared = [key for key in before if key in after]
        if shared:
            paired = Paired.of([(before[key], after[key]) for key in shared])
            found.append(Comparison(model, BASELINE, cell, paired, paired.p()))
    return found


def correct(comparisons: Sequence[Comparison]) -> list[Comparison]:
    """The same with their p-values corrected for their number."""
    return [
        replace(comparison, corrected=p)
        for comparison, p in zip(comparisons, holm([c.p for c in comparisons]), strict=True)
    ]
