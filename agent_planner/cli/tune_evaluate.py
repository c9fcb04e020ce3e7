# SPDX-License-Identifier: Apache-2.0
"""`agent-planner tune evaluate`: the panel for one model or many, into a file of results."""

import shlex
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from agent_planner.agent.limits import LoopConfig
from agent_planner.cli.evaluate import HeldOut, seed_range
from agent_planner.cli.models import checked, loaded
from agent_planner.cli.option_file import OptionFile
from agent_planner.cli.terminal import Terminal
from agent_planner.errors import UserError, did_you_mean
from agent_planner.tuning.mixture.names import Split
from agent_planner.types import Level

if TYPE_CHECKING:
    from agent_planner.llm.base import ChatModel
    from agent_planner.tuning.data.records import Record
    from agent_planner.tuning.panel.measure import MakeModel, Measurement
    from agent_planner.tuning.panel.parts import Part
    from agent_planner.tuning.panel.results import Results

EXPERT = "expert"
_MODEL = (
    "default, base, a folder, a Hugging Face name, openai:MODEL@URL; for reference rows expert, goal+search:MODEL "
    "(its goal, then search) and search+calls:MODEL (the true goal, then its calls); give it several times for many"
)
_CELL = (
    "a cell of the panel, general_tasks, general_likelihood or choice_accuracy; several times for many; all of the "
    "panel if left out"
)


@dataclass(frozen=True)
class Plan:
    """What is to be measured of every model; what is read of ``data`` and ``records`` stands behind them."""

    cells: Sequence[str]
    configs: "Sequence[LoopConfig]"
    seeds: range
    tasks: bool
    data: Path | None
    conversations: "Sequence[Record]"
    records: Path | None
    groups: "Mapping[str, list[Record]]"
    processes: int
    ray: str


def evaluate(
    out: Annotated[Path, typer.Argument(help="file of results (.jsonl); what stands in it is not run again")],
    model: Annotated[list[str], typer.Option(help=_MODEL)],
    cell: Annotated[list[str] | None, typer.Option(help=_CELL)] = None,
    seeds: Annotated[str, typer.Option(help="A:B, from A up to but not including B")] = "0:100",
    split: HeldOut = Split.DEV,
    level: Annotated[
        list[Level] | None,
        typer.Option(help="how far decoding is constrained; several times for many; grammar if left out"),
    ] = None,
    look_ahead: Annotated[bool, typer.Option(help="refuse calls that do not bring the goal nearer")] = False,
    max_turns: Annotated[
        int, typer.Option(min=1, help="turns of an episode, after which it has failed")
    ] = LoopConfig.max_turns,
    batch: Annotated[int, typer.Option(min=1, max=512, help="episodes side by side")] = 16,
    data: Annotated[
        Path | None, typer.Option(help="held-out conversations, for general_likelihood", exists=True)
    ] = None,
    records: Annotated[
        Path | None, typer.Option(help="held-out records of the robot, for choice_accuracy", exists=True)
    ] = None,
    processes: Annotated[
        int, typer.Option(min=1, help="how many run episodes of the panel side by side, each with a model of its own")
    ] = 1,
    ray: Annotated[
        str, typer.Option(help="run these on a Ray cluster: its address, auto, or local for one of its own")
    ] = "",
    config_file: OptionFile = None,
) -> None:
    """Measure models on the panel. Every finished episode is written at once; killed, the same command goes on.

    Shared out by --processes or --ray, episodes come in parts, whose lines are the same and in the same order. The
    lines of a part are then written when it and all parts before it are done.
    """
    numbers = seed_range(seeds)
    from agent_planner.tuning.panel.measure import asked
    from agent_planner.tuning.panel.results import CHOICES, LIKELIHOOD, TASKS, RunLine, open_results

    levels = level or [Level.GRAMMAR]
    cells, others = _wanted(cell)
    if (LIKELIHOOD in others) != (data is not None):
        raise UserError("--cell general_likelihood and --data FILE (held-out conversations) go together")
    if (CHOICES in others) != (records is not None):
        raise UserError("--cell choice_accuracy and --records FILE (the robot's held-out records) go together")
    if ray and processes > 1:
        raise UserError(f"--ray {ray} and --processes {processes} are two ways to share episodes out; choose one")
    if TASKS in others:
        for number in numbers:
            asked(TASKS, split.value, number)
    for one in cells:
        asked(one, split.value, numbers[-1])
    for name in model:
        _checked(name)
    conversations, groups = _held_out(model, split, data, records)
    terminal = Terminal()
    command = _command(out, model, cell, seeds, split, levels, look_ahead, max_turns, batch, data, records)
    command += f" --processes {processes}" * (processes > 1) + f" --ray {shlex.quote(ray)}" * bool(ray)
    run = RunLine.now(command, "torch", "transformers", "peft")
    configs = [LoopConfig(level=one, look_ahead=look_ahead, max_turns=max_turns) for one in levels]
    plan = Plan(cells, configs, numbers, TASKS in others, data, conversations, records, groups, processes, ray)
    with open_results(out, run) as results:
        results.check_same([*cells, *others], split.value, numbers, asked)
        results.check_limit(cells, split.value, max_turns)
        if split is Split.TEST:
            terminal.say(
                "the test panel is for a candidate that is to be shipped: run it once, choose on dev", "yellow"
            )
        for name in model:
            _measure(terminal, results, name, split.value, batch, plan)
    terminal.say(f"results: {out}; read them with: agent-planner tune report {out} --out FOLDER")


def _wanted(cells: Sequence[str] | None) -> tuple[list[str], list[str]]:
    """Cells of the panel among what was named, and the others."""
    from agent_planner.tuning.panel.cells import CELLS
    from agent_planner.tuning.panel.results import CHOICES, LIKELIHOOD, TASKS

    named = list(CELLS) if cells is None or not cells else list(dict.fromkeys(cells))
    known = (*CELLS, TASKS, LIKELIHOOD, CHOICES)
    for name in named:
        if name not in known:
            raise UserError(f"there is no cell '{name}'; {did_you_mean(name, known)}")
    return [name for name in named if name in CELLS], [name for name in named if name not in CELLS]


def _checked(name: str) -> None:
    """Raise where there is no such model; nothing heavy is loaded."""
    _, weights = _parts(name)
    if weights:
        checked(weights)


def _held_out(
    models: Sequence[str], split: Split, data: Path | None, records: Path | None
) -> "tuple[Sequence[Record], Mapping[str, list[Record]]]":
    """The held-out conversations, and the robot's records by situation. Raises where a model cannot read any."""
    if data is None and records is None:
        return [], {}
    from agent_planner.tuning.panel.choices import read_groups
    from agent_planner.tuning.panel.general import check_has_weights, read_conversations

    for half, weights in map(_parts, models):
        if not half:
            check_has_weights(weights)
    conversations = read_conversations(data, held_out=(Split.DEV, split)) if data is not None else []
    return conversations, read_groups(records) if records is not None else {}


def _parts(name: str) -> tuple[str, str]:
    """Which reference row it is (empty for a model itself), and the model's own name (empty for the expert)."""
    from agent_planner.tuning.panel.half_models import HALVES

    half, colon, weights = name.partition(":")
    if name == EXPERT:
        return EXPERT, ""
    if half not in HALVES:
        return "", name
    if not (colon and weights):
        raise UserError(f"--model {name}: write {half}:MODEL, e.g. {half}:default")
    return half, weights


def _command(
    out: Path,
    models: Sequence[str],
    cells: Sequence[str] | None,
    seeds: str,
    split: Split,
    levels: Sequence[Level],
    look_ahead: bool,
    max_turns: int,
    batch: int,
    data: Path | None,
    records: Path | None,
) -> str:
    """The command that does this, however it was given."""
    words = ["agent-planner", "tune", "evaluate", str(out)]
    words += [word for name in models for word in ("--model", name)]
    words += [word for name in cells or () for word in ("--cell", name)]
    words += ["--seeds", seeds, "--split", split.value]
    words += [word for level in levels for word in ("--level", level.value)]
    words += ["--look-ahead" if look_ahead else "--no-look-ahead"]
    words += ["--max-turns", str(max_turns), "--batch", str(batch)]
    words += ["--data", str(data)] if data is not None else []
    return shlex.join([*words, *(["--records", str(records)] if records is not None else [])])


def _measure(terminal: Terminal, results: "Results", name: str, split: str, width: int, plan: Plan) -> None:
    """Everything of one model that is not in the results yet."""
    from agent_planner.tuning.panel.measure import Measurement, subject
    from agent_planner.tuning.panel.parts import maker, parts_of

    half, weights = _parts(name)
    measurement = Measurement(results, subject(name, weights), split, width)
    parts = [
        part
        for config in plan.configs
        for cell in plan.cells
        for part in parts_of(cell, plan.seeds, measurement.episodes_left(cell, plan.seeds, config), config, width)
    ]
    if half and (plan.tasks or plan.data is not None or plan.records is not None):
        terminal.say(f"{name} is a reference row of the panel alone; what else was asked for is left out")
    tasks = measurement.tasks_left(plan.seeds) if plan.tasks and not half else []
    if parts and (plan.processes > 1 or plan.ray):
        _share_out(terminal, measurement, name, plan, parts)
        parts = []
    if parts or tasks:
        with _opened(terminal, weights) as model:
            _run(terminal, measurement, name, parts, maker(half, model))
            if tasks and model is not None:
                with _told(terminal, measurement, f"{name} general_tasks", len(tasks)):
                    measurement.tasks(model, plan.seeds)
    if not half and (plan.data is not None or plan.records is not None):
        _read(terminal, measurement, name, plan)


def _share_out(terminal: Terminal, measurement: "Measurement", name: str, plan: Plan, parts: "Sequence[Part]") -> None:
    """Let others run the episodes."""
    from agent_planner.tuning.collect.runners import runner
    from agent_planner.tuning.panel.parts import Worker, in_order

    half, weights = _parts(name)
    worker = Worker(half, weights, measurement.subject, measurement.split, measurement.width)
    with _told(terminal, measurement, f"{name} panel", _left(measurement, parts)):
        for lines in in_order(parts, runner(worker, plan.processes, plan.ray, with_model=bool(weights))):
            for line in lines:
                measurement.add(line)


def _run(terminal: Terminal, measurement: "Measurement", name: str, parts: "Sequence[Part]", make: "MakeModel") -> None:
    """Run the episodes here."""
    for (cell, config), group in groupby(parts, lambda part: (part.cell, part.config)):
        own = list(group)
        with _told(terminal, measurement, f"{name} {cell} ({config.level.value})", _left(measurement, own)):
            for part in own:
                measurement.episodes(make, cell, part.seeds, config)


def _left(measurement: "Measurement", parts: "Sequence[Part]") -> int:
    """How many episodes of these parts are not in the results yet."""
    return sum(len(measurement.episodes_left(part.cell, part.seeds, part.config)) for part in parts)


@contextmanager
def _opened(terminal: Terminal, weights: str) -> "Iterator[ChatModel | None]":
    """The model, where there is one."""
    if not weights:
        yield None
        return
    with loaded(weights, terminal) as model:
        yield model


@contextmanager
def _told(terminal: Terminal, measurement: "Measurement", text: str, count: int) -> Iterator[None]:
    """Show the progress of what is measured within."""
    good = 0
    with terminal.counting(text, count) as counter:

        def told(success: bool) -> None:
            nonlocal good
            good += success
            counter.advance(f"({good} succeeded)")

        measurement.told = told
        yield


def _read(terminal: Terminal, measurement: "Measurement", name: str, plan: Plan) -> None:
    """The likelihoods and choices in held-out conversations that are not in the results yet."""
    from agent_planner.llm.local import share_processors

    share_processors()
    from agent_planner.tuning.panel.choices import groups_left, measure_choices
    from agent_planner.tuning.panel.general import open_weights
    from agent_planner.tuning.panel.measure import told_apart

    told, of_records = (told_apart(path) if path is not None else "" for path in (plan.data, plan.records))
    groups = plan.groups
    left = measurement.conversations_left(plan.conversations, told)
    names = groups_left(measurement.results, measurement.subject, of_records, groups)
    if not left and not names:
        return
    with terminal.busy(f"loading the model {name}") as status:
        weights = open_weights(name, lambda text, fraction: status.update(f"{text} {fraction:.0%}"))
    if left:
        with _told(terminal, measurement, f"{name} general_likelihood", len(left)):
            measurement.conversations(weights, left, told)
    if names:
        found = measure_choices(measurement.results, measurement.subject, weights, of_records, groups, names)
        tokens = right = 0
        with terminal.counting(f"{name} choice_accuracy", len(names)) as counter:
            for choices in found:
                tokens, right = tokens + choices.tokens, right + choices.right
                counter.advance(f"({right / tokens:.1%})")
