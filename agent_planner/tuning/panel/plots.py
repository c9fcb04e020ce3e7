# SPDX-License-Identifier: Apache-2.0
"""Plots of a panel as PNG; shapes and hatches tell apart what colours do, so that they read in black and white."""

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

import matplotlib
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from agent_planner.tuning.panel.compare import by_cell
from agent_planner.tuning.panel.results import EpisodeLine
from agent_planner.tuning.panel.statistics import wilson
from agent_planner.tuning.panel.taxonomy import Category

Episodes = Mapping[str, Sequence[EpisodeLine]]
# From dark to light, so that neighbours differ in grey, too.
_INKS = ("#1b3a57", "#c1502e", "#3f8f6b", "#8a5fa8", "#c99a2e", "#5d9fc9")
_MARKERS = ("o", "s", "^", "D", "v", "P")
_FILLS = {
    Category.WRONG_GOAL: ("#12263a", ""),
    Category.WRONG_ORDER: ("#dbe4ec", "///"),
    Category.MISSING_STEP: ("#6f97b8", ""),
    Category.EXTRA_STEP: ("#dbe4ec", "..."),
    Category.UNKNOWN_SKILL: ("#8c3b1e", ""),
    Category.BAD_ARGUMENT: ("#f3d9cc", "\\\\\\"),
    Category.NEED_NOT_MET: ("#e8b08c", ""),
    Category.LOOP: ("#f7efe0", "xxx"),
    Category.NEEDLESS_ASK: ("#b9dcc8", "|||"),
    Category.NEEDLESS_REFUSAL: ("#d5eadf", "---"),
    Category.GAVE_UP: ("#4f8068", ""),
    Category.OTHER: ("#ffffff", "ooo"),
}
_DOTS_PER_INCH = 130


def success_plot(path: Path, title: str, rows: Episodes, cells: Sequence[str]) -> None:
    """A line of points a cell, one a row, each with its Wilson interval."""
    step = 0.8 / len(rows)
    figure = _figure(1.6 + len(cells) * max(0.42, 0.17 * len(rows)))
    axes = figure.add_subplot()
    for number, (name, lines) in enumerate(rows.items()):
        found = by_cell(lines)
        shown = [cell for cell in cells if cell in found]
        counts = [(sum(line.success for line in found[cell]), len(found[cell])) for cell in shown]
        shares = [good / n * 100 for good, n in counts]
        limits = [[limit * 100 for limit in wilson(good, n)] for good, n in counts]
        low = [max(0.0, share - pair[0]) for share, pair in zip(shares, limits, strict=True)]
        high = [max(0.0, pair[1] - share) for share, pair in zip(shares, limits, strict=True)]
        axes.errorbar(
            shares,
            [cells.index(cell) - 0.4 + step * (number + 0.5) for cell in shown],
            xerr=[low, high],
            label=name,
            color=_INKS[number % len(_INKS)],
            marker=_MARKERS[number % len(_MARKERS)],
            markerfacecolor="white" if number % 2 else None,
            linestyle="none",
            markersize=6,
            capsize=3,
            elinewidth=1.2,
        )
    _by_name(axes, cells)
    for edge in range(1, len(cells)):
        axes.axhline(edge - 0.5, color="0.85", linewidth=0.8)
    axes.set_xlim(-2, 102)
    axes.set_xlabel("episodes that reached their goal, % (95 % interval)")
    _finish(figure, axes, title, path, columns=3)


def error_plot(path: Path, title: str, rows: Episodes) -> None:
    """A bar a row: the share of all episodes that failed, by category."""
    figure = _figure(2.5 + 0.5 * len(rows))
    axes = figure.add_subplot()
    counts = [Counter(line.category for line in lines) for lines in rows.values()]
    sizes = [len(lines) for lines in rows.values()]
    left = [0.0] * len(rows)
    with matplotlib.rc_context({"hatch.linewidth": 0.7}):
        for category in Category:
            widths = [count[category] / n * 100 for count, n in zip(counts, sizes, strict=True)]
            if any(widths):
                ink, hatch = _FILLS[category]
                style = {"color": ink, "hatch": hatch, "edgecolor": "black", "linewidth": 0.7}
                axes.barh(range(len(rows)), widths, 0.62, left, label=category, **style)
                left = [a + b for a, b in zip(left, widths, strict=True)]
        _by_name(axes, [f"{name} (n={n})" for name, n in zip(rows, sizes, strict=True)])
        axes.set_xlim(0, max(5.0, max(left) * 1.04))
        axes.set_xlabel("episodes that failed, % of all")
        _finish(figure, axes, title, path, columns=4)


def _figure(height: float) -> Figure:
    """A figure without a window; the size is in inches."""
    figure = Figure(figsize=(8.0, height), dpi=_DOTS_PER_INCH, layout="constrained")
    FigureCanvasAgg(figure)
    return figure


def _by_name(axes: Axes, names: Sequence[str]) -> None:
    axes.set_yticks(range(len(names)), names)
    axes.set_ylim(len(names) - 0.5, -0.5)
    axes.tick_params(axis="y", length=0)
    axes.grid(axis="x", color="0.9", linewidth=0.8)
    axes.set_axisbelow(True)
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)


def _finish(figure: Figure, axes: Axes, title: str, path: Path, columns: int) -> None:
    axes.set_title(title, loc="left", fontsize=11)
    if axes.get_legend_handles_labels()[1]:
        figure.legend(loc="outside lower left", ncols=columns, frameon=False, fontsize=9)
    figure.savefig(path, facecolor="white")
