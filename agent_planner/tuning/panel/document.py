# SPDX-License-Identifier: Apache-2.0
"""The report of a panel: a Markdown page with tables and plots, each beside what made it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import groupby
from pathlib import Path

from agent_planner.errors import UserError
from agent_planner.recording.episode import whole_file
from agent_planner.tuning.panel import tables
from agent_planner.tuning.panel.compare import (
    BASELINE,
    Decoding,
    Names,
    by_cell,
    by_decoding,
    by_model,
    compare_cells,
    compare_models,
    correct,
    names_of,
)
from agent_planner.tuning.panel.results import (
    TASKS,
    ChoiceLine,
    EpisodeLine,
    LikelihoodLine,
    Line,
    RunLine,
    TaskLine,
)

Models = Mapping[str, Sequence[EpisodeLine]]
_INTERVALS = (
    "Shares stand with their Wilson intervals at 95 %. Differences are paired (the same scenarios): intervals by "
    "method 10 of Newcombe (1998), p by McNemar's exact test, two-sided, then corrected by Holm for all rows of the "
    "same table."
)


def write_report(
    lines: Sequence[Line], folder: Path, base: str, told: Callable[[str], None] = lambda name: None
) -> Path:
    """Write ``report.md`` and its plots into a folder.

    Args:
        lines: what was measured.
        folder: it is made if there is none.
        base: the model that likelihoods are compared with.
        told: called with the name of each thing before it is made.

    Returns:
        The page.

    Raises:
        UserError: nothing was measured.
    """
    episodes = [line for line in lines if isinstance(line, EpisodeLine)]
    if all(isinstance(line, RunLine) for line in lines):
        raise UserError("there is no result in these files; run `agent-planner tune evaluate` first")
    folder.mkdir(parents=True, exist_ok=True)
    names = names_of(line for line in lines if not isinstance(line, RunLine))
    parts = ["# Report of the panel", _made_by(lines), _INTERVALS]
    for split in dict.fromkeys(line.split for line in episodes):
        told(f"the {split} panel")
        parts += _split([line for line in episodes if line.split == split], names, split, folder)
    parts += _tasks([line for line in lines if isinstance(line, TaskLine)], names)
    parts += _likelihoods([line for line in lines if isinstance(line, LikelihoodLine)], names, base)
    parts += _choices([line for line in lines if isinstance(line, ChoiceLine)], names)
    page = folder / "report.md"
    with whole_file(page) as file:
        file.write("\n\n".join(parts) + "\n")
    return page


def _made_by(lines: Sequence[Line]) -> str:
    """The commands with their dates and versions, and the hashes of the weights."""
    runs = [line for line in lines if isinstance(line, RunLine)]
    made = [f"- `{run.command}` ({run.date[:10]}; {_versions(run)})" for run in runs]
    adapters = {(line.model, line.adapter) for line in lines if not isinstance(line, RunLine) and line.adapter}
    hashes = [f"- {model}: `{adapter}`" for model, adapter in sorted(adapters)]
    told = ["Made by:\n", *(made or ["- commands that the files do not tell"])]
    return "\n".join([*told, *(["\nsha256 of the weights:\n", *hashes] if hashes else [])])


def _versions(run: RunLine) -> str:
    return ", ".join(f"{name} {version}" for name, version in run.versions.items())


def _split(lines: Sequence[EpisodeLine], names: Names, split: str, folder: Path) -> Iterator[str]:
    yield f"## The {split} panel"
    yield f"{len(lines)} episodes, seeds {_ranges(line.seed for line in lines)}; each cell's n stands in the table."
    cells = list(by_cell(lines))
    decodings = by_decoding(lines)
    rows = {
        f"{model}, {decoding}": found
        for decoding, same in decodings.items()
        for model, found in by_model(same, names).items()
    }
    yield f"### Success by cell ({split})"
    yield tables.success_table(rows, cells)
    for decoding, same in decodings.items():
        yield _success_picture(by_model(same, names), split, decoding, cells, folder)
    for decoding, same in decodings.items():
        yield from _differences(by_model(same, names), split, decoding)
    yield f"### Goals stated exactly, by kind ({split})"
    yield tables.goal_table(rows)
    yield f"### Errors ({split})"
    yield tables.error_table(rows)
    yield _error_picture(rows, split, folder)
    if any(line.twin for line in lines):
        yield f"### Needless asks and refusals ({split})"
        yield (
            "Feasible twins of instructions that are not: how many ended with a question to a person; and how many "
            "with a goal that says that nothing can or need be done, or by giving up before anything was done. These "
            "count whatever the table of errors calls them."
        )
        yield tables.twin_table(rows)
    yield f"### What was invalid ({split})"
    yield (
        "Raw invalid: the model's own first choice left the grammar, which then chose another. At level raw nothing "
        "does: there it is what was refused since it cannot be read, or names what there is not."
    )
    yield tables.invalid_table(rows)
    if any(line.codes for line in lines):
        yield (
            "Refused turns by the code of the refusal. NEEDS (a need of the call does not hold) and NO_PROGRESS are "
            "well-formed calls at the wrong time, DOUBTED is a goal that the words speak against, DENIED what the "
            "policy forbids; all others are invalid."
        )
        yield tables.refusal_table(rows)


def _success_picture(models: Models, split: str, decoding: Decoding, cells: Sequence[str], folder: Path) -> str:
    from agent_planner.tuning.panel.plots import success_plot

    name = f"success_{split}_{decoding.level}{'_look_ahead' if decoding.look_ahead else ''}.png"
    found = by_cell([line for lines in models.values() for line in lines])
    success_plot(folder / name, f"Success by cell ({split}, {decoding})", models, [c for c in cells if c in found])
    return f"![Success by cell, {split}, {decoding}]({name})"


def _error_picture(rows: dict[str, list[EpisodeLine]], split: str, folder: Path) -> str:
    from agent_planner.tuning.panel.plots import error_plot

    name = f"errors_{split}.png"
    error_plot(folder / name, f"Errors ({split})", rows)
    return f"![Errors by category, {split}]({name})"


def _differences(models: Models, split: str, decoding: Decoding) -> Iterator[str]:
    """Between models in each cell, and between cells for each model; a table is a family of tests."""
    cells = {model: by_cell(found) for model, found in models.items()}
    between = [
        comparison
        for cell in by_cell([line for lines in models.values() for line in lines])
        for comparison in compare_models(cell, {m: found[cell] for m, found in cells.items() if cell in found})
    ]
    if between:
        yield f"### Differences between models ({split}, {decoding})"
        yield tables.difference_table("cell", correct(between))
    across = [comparison for model, found in models.items() for comparison in compare_cells(model, found)]
    if across:
        yield f"### Differences from {BASELINE} ({split}, {decoding})"
        yield tables.difference_table("model", correct(across))


def _tasks(lines: Sequence[TaskLine], names: Names) -> Iterator[str]:
    for split in dict.fromkeys(line.split for line in lines):
        models = by_model((line for line in lines if line.split == split), names)
        yield f"## General tasks ({split})"
        yield tables.ABOUT_TASKS
        yield tables.task_table(models)
        between = compare_models(TASKS, models)
        if between:
            yield tables.difference_table("", correct(between))


def _likelihoods(lines: Sequence[LikelihoodLine], names: Names, base: str) -> Iterator[str]:
    if not lines:
        return
    yield "## General likelihood"
    models = by_model(lines, names)
    if base not in models:
        yield f"There is nothing to compare with: measure `--model {base}` on the same data, too."
    yield (
        "Held-out conversations: the mean log-likelihood of a token of the model's turns, each conversation counted "
        "once. The change is that of the negative log-likelihood (more is worse), paired by conversation, with a "
        "percentile bootstrap (10,000 resamples, seeded). Within 2 %: the whole interval is below; open: it is not "
        "certain. Where no change stands the base was not measured on that data; other tokens: its tokenizer cuts the "
        "same text otherwise, so that likelihoods a token do not compare."
    )
    yield tables.likelihood_table(models, base)


def _choices(lines: Sequence[ChoiceLine], names: Names) -> Iterator[str]:
    if not lines:
        return
    yield "## Choice accuracy"
    yield (
        "The robot's held-out records, read as they are: of the tokens that hold a choice, how many the model puts "
        "first. For choices between settings; success is counted in episodes."
    )
    yield tables.choice_table(by_model(lines, names))


def _ranges(seeds: Iterator[int]) -> str:
    """``0:100, 200:300``: which seeds there are, from A up to but not including B."""
    numbered = enumerate(sorted(set(seeds)))
    runs = [[seed for _, seed in run] for _, run in groupby(numbered, lambda item: item[1] - item[0])]
    return ", ".join(f"{run[0]}:{run[-1] + 1}" for run in runs)
