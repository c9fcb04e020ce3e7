# SPDX-License-Identifier: Apache-2.0
"""`agent-planner tune evaluate`: the panel for one model or many, into a file of results."""

import shlex
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from agent_planner.cli.evaluate import Split, seed_range
from agent_planner.cli.models import checked, loaded
from agent_planner.cli.terminal import Terminal
from agent_planner.errors import UserError, did_you_mean
from agent_planner.types import Level

if TYPE_CHECKING:
    from agent_planner.agent.limits import LoopConfig
    from agent_planner.llm.base import ChatModel
    from agent_planner.tuning.panel.measure import MakeModel, Measurement
    from agent_planner.tuning.panel.results import Results

EXPERT = "expert"
_PACKAGES = ("agent_planner", "torch", "transformers", "peft")
_MODEL = (
    "default, base, a folder, a Hugging Face name, openai:MODEL@URL; for reference rows expert, goal+search:MODEL "
    "(its goal, then search) and search+calls:MODEL (the true goal, then its calls); give it several times for many"
)
_CELL = "a cell of the panel, general_tasks or general_likelihood; several times for many; all of the panel if left out"


@dataclass(frozen=True)
class Plan:
    """What is to be measured of every model."""

    cells: Sequence[str]
    configs: "Sequence[LoopConfig]"
    seeds: range
    tasks: bool
    data: Path | None


def evaluate(
    out: Annotated[Path, typer.Argument(help="file of results (.jsonl); what stands in it is not run again")],
    model: Annotated[list[str], typer.Option(help=_MODEL)],
    cell: Annotated[list[str] | None, typer.Option(help=_CELL)] = None,
    seeds: Annotated[str, typer.Option(help="A:B, from A up to but not including B")] = "0:100",
    split: Annotated[Split, typer.Option(help="dev for every choice; test once, for what is shipped")] = Split.DEV,
    level: Annotated[
        list[Level] | None,
        typer.Option(help="how far decoding is constrained; several times for many; grammar if left out"),
    ] = None,
    look_ahead: Annotated[bool, typer.Option(help="refuse calls that do not bring the goal nearer")] = False,
    batch: Annotated[int, typer.Option(min=1, max=512, help="episodes side by side")] = 16,
    data: Annotated[
        Path | None, typer.Option(help="held-out conversations, for general_likelihood", exists=True)
    ] = None,
) -> None:
    """Measure models on the panel. Every finished episode is written at once; killed, the same command goes on."""
    numbers = seed_range(seeds)
    from agent_planner.agent.limits import LoopConfig
    from agent_planner.tuning.panel.results import Results, RunLine

    levels = level or [Level.GRAMMAR]
    cells, tasks, likelihood = _wanted(cell)
    if likelihood != (data is not None):
        raise UserError("--cell general_likelihood and --data FILE (held-out conversations) go together")
    for name in model:
        _checked(name)
    terminal = Terminal()
    known = {name: version(name) for name in _PACKAGES}
    command = _command(out, model, cell, seeds, split, levels, look_ahead, batch, data)
    results = Results(out, RunLine(command=command, date=datetime.now(UTC).isoformat(), versions=known))
    plan = Plan(cells, [LoopConfig(level=one, look_ahead=look_ahead) for one in levels], numbers, tasks, data)
    if split is Split.TEST:
        terminal.say("the test panel is for a candidate that is to be shipped: run it once, choose on dev", "yellow")
    for name in model:
        _measure(terminal, results, name, split.value, batch, plan)
    terminal.say(f"results: {out}; read them with: agent-planner tune report {out} --out FOLDER")


def _wanted(cells: Sequence[str] | None) -> tuple[list[str], bool, bool]:
    """Cells of the panel; whether general tasks are among what was named; whether likelihoods are."""
    from agent_planner.tuning.panel.cells import CELLS
    from agent_planner.tuning.panel.results import LIKELIHOOD, TASKS

    named = list(CELLS) if cells is None or not cells else list(dict.fromkeys(cells))
    for name in named:
        if name not in (*CELLS, TASKS, LIKELIHOOD):
            raise UserError(f"there is no cell '{name}'; {did_you_mean(name, (*CELLS, TASKS, LIKELIHOOD))}")
    return [name for name in named if name in CELLS], TASKS in named, LIKELIHOOD in named


def _checked(name: str) -> None:
    """Raise where there is no such model; nothing heavy is loaded."""
    _, weights = _parts(name)
    if weights:
        checked(weights)


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
    batch: int,
    data: Path | None,
) -> str:
    """The command that does this, however it was given."""
    words = ["agent-planner", "tune", "evaluate", str(out)]
    words += [word for name in models for word in ("--model", name)]
    words += [word for name in cells or () for word in ("--cell", name)]
    words += ["--seeds", seeds, "--split", split.value]
    words += [word for level in levels for word in ("--level", level.value)]
    words += ["--look-ahead" if look_ahead else "--no-look-ahead", "--batch", str(batch)]
    return shlex.join([*words, *(["--data", str(data)] if data is not None else [])])


def _measure(terminal: Terminal, results: "Results", name: str, split: str, width: int, plan: Plan) -> None:
    """Everything of one model that is not in the results yet."""
    from agent_planner.tuning.panel.measure import Measurement, subject

    half, weights = _parts(name)
    measurement = Measurement(results, subject(name, weights), split, width)
    panel = [
        (cell, config, left)
        for config in plan.configs
        for cell in plan.cells
        if (left := measurement.episodes_left(cell, plan.seeds, config))
    ]
    if half and (plan.tasks or plan.data is not None):
        terminal.say(f"{name} is a reference row of the panel alone: general tasks and likelihoods are left out")
    tasks = measurement.tasks_left(plan.seeds) if plan.tasks and not half else []
    if panel or tasks:
        with _made(terminal, half, weights) as (make, model):
            for cell, config, left in panel:
                text = f"{name} {cell} ({config.level.value})"
                with _told(terminal, measurement, text, len(left)):
                    measurement.episodes(make, cell, left, config)
            if tasks and model is not None:
                with _told(terminal, measurement, f"{name} general_tasks", len(tasks)):
                    measurement.tasks(model, tasks)
    if plan.data is not None and not half:
        _read(terminal, measurement, name, plan.data)


@contextmanager
def _made(terminal: Terminal, half: str, weights: str) -> "Iterator[tuple[MakeModel, ChatModel | None]]":
    """What answers the cases of a cell, and the model itself where there is one."""
    from agent_planner.tuning.panel.half_models import HALVES
    from agent_planner.tuning.panel.reference_models import ExpertModel

    if half == EXPERT:
        yield ExpertModel, None
        return
    with loaded(weights, terminal) as model:
        if half:
            yield lambda cases: HALVES[half](model, cases), model
        else:
            yield lambda cases: model, model


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


def _read(terminal: Terminal, measurement: "Measurement", name: str, path: Path) -> None:
    """The likelihoods of the held-out conversations that are not in the results yet."""
    from agent_planner.llm.local import share_processors

    share_processors()
    from agent_planner.tuning.data.manifest import sha256_of
    from agent_planner.tuning.panel.general import open_weights, read_conversations

    # Two files of one name are told apart by their contents.
    data = f"{path.name} {sha256_of(path)[:8]}"
    left = measurement.conversations_left(read_conversations(path), data)
    if not left:
        return
    with terminal.busy(f"loading the model {name}") as status:
        weights = open_weights(name, lambda text, fraction: status.update(f"{text} {fraction:.0%}"))
    with _told(terminal, measurement, f"{name} general_likelihood", len(left)):
        measurement.conversations(weights, left, data)
