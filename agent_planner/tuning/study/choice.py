# SPDX-License-Identifier: Apache-2.0
"""The two choices that a study makes on its way, from its own results."""

from collections.abc import Mapping, Sequence
from statistics import fmean
from typing import Any, NamedTuple

from agent_planner.errors import UserError
from agent_planner.tuning.panel.results import ChoiceLine, EpisodeLine, LikelihoodLine, Line
from agent_planner.tuning.panel.tables import WITHIN


class Choice(NamedTuple):
    """What was chosen, and the figures of everything that could have been."""

    value: Any
    figures: dict[str, dict[str, float]]


def choose_eta(lines: Sequence[Line], base: str, candidates: Mapping[float, str]) -> Choice:
    """Choose by the rule of `Study.etas`; of equals, the first.

    Args:
        lines: the results with the likelihoods and choices of base and candidates.
        base: the name of the base in the results.
        candidates: the etas, with their models' names.

    Raises:
        UserError: something was not measured.
    """
    losses = _losses(lines)
    figures = {
        f"{eta:g}": {
            "loss": _of(losses, model),
            "against_base": _of(losses, model) / _of(losses, base) - 1,
            "choice_accuracy": _accuracy(lines, model),
        }
        for eta, model in candidates.items()
    }
    kept = [eta for eta in candidates if figures[f"{eta:g}"]["against_base"] <= WITHIN]
    if kept:
        return Choice(max(kept, key=lambda eta: figures[f"{eta:g}"]["choice_accuracy"]), figures)
    return Choice(min(candidates, key=lambda eta: figures[f"{eta:g}"]["loss"]), figures)


def _losses(lines: Sequence[Line]) -> dict[str, float]:
    """The mean negative log-likelihood of a token by model, each conversation counted once."""
    found: dict[str, list[float]] = {}
    for line in lines:
        if isinstance(line, LikelihoodLine):
            found.setdefault(line.model, []).append(-line.log_likelihood)
    return {model: fmean(values) for model, values in found.items()}


def _of(losses: Mapping[str, float], model: str) -> float:
    if model not in losses:
        raise UserError(f"{model}: there is no general likelihood in the results; known: {', '.join(losses) or 'none'}")
    return losses[model]


def _accuracy(lines: Sequence[Line], model: str) -> float:
    found = [line for line in lines if isinstance(line, ChoiceLine) and line.model == model]
    if not found:
        raise UserError(f"{model}: there is no choice accuracy in the results")
    return sum(line.right for line in found) / sum(line.tokens for line in found)


def choose_best(arms: Mapping[str, Sequence[EpisodeLine]]) -> Choice:
    """The arm with the highest success, as a mean over cells (a cell with twins: of both); of equals, the first."""
    figures = {arm: {"success": _success(lines)} for arm, lines in arms.items()}
    return Choice(max(arms, key=lambda arm: figures[arm]["success"]), figures)


def _success(lines: Sequence[EpisodeLine]) -> float:
    columns: dict[tuple[str, bool], list[bool]] = {}
    for line in lines:
        columns.setdefault((line.cell, line.twin), []).append(line.success)
    cells: dict[str, list[float]] = {}
    for (cell, _), found in columns.items():
        cells.setdefault(cell, []).append(fmean(found))
    return fmean(fmean(found) for found in cells.values())
