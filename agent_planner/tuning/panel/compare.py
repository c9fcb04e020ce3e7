# SPDX-License-Identifier: Apache-2.0
"""Results side by side: who was measured how, and the paired differences between models and between cells."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import NamedTuple, TypeVar

from agent_planner.errors import UserError
from agent_planner.tuning.panel.results import ChoiceLine, EpisodeLine, LikelihoodLine, Subject, TaskLine
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


Names = Mapping[tuple[str, str], str]


def names_of(lines: Iterable[Subject]) -> dict[tuple[str, str], str]:
    """What each model and adapter is called: adapters of one model's name are told apart by their hashes."""
    found = dict.fromkeys((line.model, line.adapter) for line in lines)
    several = Counter(model for model, _ in found)
    return {
        (model, adapter): f"{model} {adapter[:_HASH_SHOWN] or 'without hash'}" if several[model] > 1 else model
        for model, adapter in found
    }


def by_model(lines: Iterable[Measured], names: Names | None = None) -> dict[str, list[Measured]]:
    """Group by model, in the order of their first lines.

    Args:
        lines: what is grouped.
        names: what the models are called, from `names_of` all lines of a page; if left out, of these.
    """
    lines = list(lines)
    names = names or names_of(lines)
    groups: dict[str, list[Measured]] = {}
    for line in lines:
        groups.setdefault(names[line.model, line.adapter], []).append(line)
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
        UserError: a seed was another scenario for one model than for another.
    """
    measured = {name: {(line.split, line.seed): line for line in lines} for name, lines in models.items()}
    found = []
    for first, second in combinations(measured, 2):
        pairs = [(line, measured[second][key]) for key, line in measured[first].items() if key in measured[second]]
        for one, other in pairs:
            if one.asked != other.asked:
                raise UserError(f"{first} and {second} do not compare: {one.asked.against(other.asked)}")
        if pairs:
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
