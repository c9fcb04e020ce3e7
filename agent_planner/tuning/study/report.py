# SPDX-License-Identifier: Apache-2.0
"""The page of a study: what was chosen, the main arms with their differences, and what is exploratory."""

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import combinations
from pathlib import Path

from agent_planner.recording.episode import whole_file
from agent_planner.tuning.data.manifest import manifest_path
from agent_planner.tuning.panel import tables
from agent_planner.tuning.panel.compare import Comparison, by_cell, by_model, compare_models, correct
from agent_planner.tuning.panel.plots import error_plot, success_plot
from agent_planner.tuning.panel.results import ChoiceLine, EpisodeLine, LikelihoodLine, Line, TaskLine
from agent_planner.tuning.study.config import BASE, EXPERT, ROUNDS, START, Study
from agent_planner.tuning.study.gather import arm_of, model_name
from agent_planner.tuning.study.places import BEST, ETA
from agent_planner.tuning.study.rates import Work
from agent_planner.tuning.study.state import Chosen
from agent_planner.tuning.study.steps import Step

Arms = Mapping[str, list[EpisodeLine]]
_HOW = (
    "Shares stand with their Wilson intervals at 95 %, over the episodes of all training seeds; how far trainings "
    "differ from one another is not in them, but in the rows by seed. Differences are paired (the same scenarios, the "
    "same training seed): intervals by method 10 of Newcombe (1998), p by McNemar's exact test, two-sided, then "
    "corrected by Holm for all rows of the same table."
)


def write_report(
    study: Study, folder: Path, steps: Sequence[Step], lines: Sequence[Line], choices: Mapping[str, Chosen]
) -> Path:
    """Write ``report.md`` and its plots into the folder of a study; returns the page.

    Args:
        study: what it was told.
        folder: where it is.
        steps: those that are done.
        lines: what `gather` gave.
        choices: what was chosen, with figures.
    """
    trained = by_model(line for line in lines if isinstance(line, EpisodeLine))
    parts = ["# Report of the study", _HOW, *_chosen(choices), *_learned(steps)]
    own = _own(study, trained)
    main = _pooled(own)
    if main:
        parts += _main(study, main, {n: found for n, found in own.items() if arm_of(n) in study.main}, folder)
    names = {arm: model_name(arm, study.seeds[0]) for arm in study.arms}
    first = {arm: trained[name] for arm, name in names.items() if name in trained}
    parts += _ablations(study, _of(study.extra_episodes, first))
    parts += _top(study, _of(study.top_episodes, first), choices)
    parts += _general(lines)
    page = folder / "report.md"
    with whole_file(page) as file:
        file.write("\n\n".join(parts) + "\n")
    return page


def _own(study: Study, trained: Arms) -> Arms:
    """The expert, the base and the main arms' trainings, each with the episodes that are its own."""
    last = study.own_episodes(study.seeds[-1]).stop
    names = {EXPERT: range(last), BASE: study.own_episodes(study.seeds[0])}
    names |= {model_name(arm, seed): study.own_episodes(seed) for arm in study.main for seed in study.seeds}
    asked = study.evaluation.cells
    return {
        name: [line for line in trained[name] if line.seed in seeds and line.cell in asked]
        for name, seeds in names.items()
        if name in trained
    }


def _of(episodes: range, arms: Arms) -> Arms:
    """Of these episodes, arms with the lines of them; others are left out."""
    found = {arm: [line for line in lines if line.seed in episodes] for arm, lines in arms.items()}
    return {arm: lines for arm, lines in found.items() if lines}


def _pooled(by_seed: Mapping[str, list[EpisodeLine]]) -> dict[str, list[EpisodeLine]]:
    arms: dict[str, list[EpisodeLine]] = {}
    for name, lines in by_seed.items():
        arms.setdefault(arm_of(name), []).extend(lines)
    return arms


def _chosen(choices: Mapping[str, Chosen]) -> Iterator[str]:
    if ETA in choices:
        yield f"## Eta: {choices[ETA].value:g}"
        yield (
            "The highest choice accuracy (of the tokens of held-out records that hold a choice, how many the model "
            "puts first) among those whose general negative log-likelihood is at most 2 % above the base's; if there "
            "is none, the one with the highest general likelihood. The conversations are those of *General likelihood* "
            "below, which is to that extent a little kind to the chosen one."
        )
        body = [
            [eta, f"{f['choice_accuracy'] * 100:.2f} %", f"{-f['loss']:.4f}", f"{f['against_base'] * 100:+.2f} %"]
            for eta, f in choices[ETA].figures.items()
        ]
        head = ["eta", "choice accuracy", "log-likelihood a token", "negative log-likelihood against the base"]
        yield tables.markdown(head, body)


def _learned(steps: Sequence[Step]) -> Iterator[str]:
    """What each training learned from, as its mixture's manifest has it."""
    body = []
    for step in steps:
        if step.work is Work.MIX:
            counts = json.loads(manifest_path(step.outputs[0]).read_text(encoding="utf-8"))["counts"]
            sources = counts["sources"]
            agent = sources.get("agent", {})
            own = agent.get("loss_tokens", 0)
            general = sum(found["loss_tokens"] for name, found in sources.items() if name != "agent")
            place = "/".join(step.outputs[0].parts[-3:-1])
            told = (counts["samples"], agent.get("drawn", 0), own, general)
            repeats = sum(found.get("dirty", 0) for found in sources.values())
            more = (f"{own / (own + general):.0%}", f"{agent.get('epochs', 0):.2f}", str(repeats))
            body.append([place, *map(str, told), *more])
    if body:
        yield "## What was learned from"
        yield (
            "Loss tokens are all counted alike; what they weigh in the loss (`forced_weight`, `verdict_weight`) is, by "
            "source, the `loss_weight` in the `run.json` of a training. Records that nearly repeat what the panel asks "
            "(10-grams, up to 4 mismatches) were left out before the draw."
        )
        head = ["training", "samples", "the robot's", "the robot's loss tokens", "general loss tokens"]
        yield tables.markdown([*head, "the robot's share of them", "the robot's epochs", "left out"], body)


def _main(study: Study, main: Arms, by_seed: Arms, folder: Path) -> Iterator[str]:
    cells = list(by_cell([line for lines in main.values() for line in lines]))
    yield "## Main arms"
    yield tables.success_table(main, cells)
    success_plot(folder / "main.png", "Success by cell", main, cells)
    yield "![Success of the main arms by cell](main.png)"
    between = [
        comparison
        for other in study.main
        if other != study.hybrid
        for comparison in _compared(main, study.hybrid, other, cells)
    ]
    if between:
        yield f"### Differences from {study.hybrid}"
        yield tables.difference_table("cell", correct(between))
    if by_seed:
        yield "### By training seed"
        yield tables.success_table(by_seed, cells)
    yield "### Goals stated exactly, by kind"
    yield tables.goal_table(main)
    yield "### Needless asks and refusals"
    yield tables.twin_table(main)
    yield "### What was refused"
    yield tables.invalid_table(main)
    yield tables.refusal_table(main)
    yield "### Errors"
    yield tables.error_table(main)
    error_plot(folder / "errors.png", "Errors", main)
    yield "![Errors of the main arms by category](errors.png)"


def _compared(arms: Arms, first: str, second: str, cells: Collection[str]) -> Iterator[Comparison]:
    """Two arms in those of the cells (with their twins) that both were measured in."""
    if first not in arms or second not in arms:
        return
    found = by_cell(arms[first]), by_cell(arms[second])
    for cell in cells:
        if all(cell in one for one in found):
            yield from compare_models(cell, {first: found[0][cell], second: found[1][cell]})


def _ablations(study: Study, arms: Arms) -> Iterator[str]:
    shown = [arm for arm in study.ablations if arm in arms]
    if not shown:
        return
    yield "## Ablations (exploratory)"
    yield (
        f"Training seed {study.seeds[0]} alone, on both sides, and only the cells that each is about: they show where "
        "to look, and prove nothing. How far two trainings with the same data differ is not known from one seed."
    )
    body = []
    between: list[Comparison] = []
    for arm in shown:
        of, cells = study.ablations[arm].of, by_cell(arms[arm])
        before = by_cell(arms.get(of, []))
        changed = ", ".join(f"{key}: {value}" for key, value in study.ablations[arm].changes.items())
        body += [[arm, changed, cell, _share(lines), of, _share(before.get(cell, []))] for cell, lines in cells.items()]
        between += _compared(arms, of, arm, cells)
    yield tables.markdown(["ablation", "changes", "cell", "success", "of", "its success"], body)
    if between:
        yield tables.difference_table("cell", correct(between))


def _share(lines: Sequence[EpisodeLine]) -> str:
    return tables.share(sum(line.success for line in lines), len(lines))


def _top(study: Study, arms: Arms, choices: Mapping[str, Chosen]) -> Iterator[str]:
    shown = [arm for arm in (START, *ROUNDS) if arm in arms]
    if not shown or BEST not in choices:
        return
    best = choices[BEST].value
    yield "## On top of the best"
    figures = ", ".join(f"{arm} {found['success'] * 100:.1f} %" for arm, found in choices[BEST].figures.items())
    yield (
        f"All rounds go on from {best}/{study.seeds[0]} ({START}); {best} has the highest mean success over cells "
        f"({figures}). These episodes are others than those it was chosen by."
    )
    cells = list(by_cell([line for arm in shown for line in arms[arm]]))
    yield tables.success_table({arm: arms[arm] for arm in shown}, cells)
    between = [c for first, second in combinations(shown, 2) for c in _compared(arms, first, second, cells)]
    if between:
        yield tables.difference_table("cell", correct(between))


def _general(lines: Sequence[Line]) -> Iterator[str]:
    tasks = by_model(line for line in lines if isinstance(line, TaskLine))
    if tasks:
        yield "## General tasks"
        yield tables.ABOUT_TASKS
        yield tables.task_table(tasks)
    likelihoods = by_model(line for line in lines if isinstance(line, LikelihoodLine))
    if BASE in likelihoods:
        yield "## General likelihood"
        yield "Held-out conversations; the change is paired by conversation, with a percentile bootstrap."
        yield tables.likelihood_table(likelihoods, BASE)
    choices = by_model(line for line in lines if isinstance(line, ChoiceLine))
    if choices:
        yield "## Choice accuracy"
        yield tables.choice_table(choices)
