# SPDX-License-Identifier: Apache-2.0
"""`agent-planner tune collect`: trajectories of a teacher in the symbolic world, or of recorded episodes."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from agent_planner.cli import tune_records
from agent_planner.cli.models import checked
from agent_planner.cli.new_file import ready_to_write
from agent_planner.cli.terminal import Terminal
from agent_planner.errors import ConfigError, UserError
from agent_planner.tuning.data.schema import Schema
from agent_planner.types import Level

if TYPE_CHECKING:
    from agent_planner.tuning.collect.config import CollectConfig
    from agent_planner.tuning.scenarios.situations import Situation


def collect(
    scenarios: Annotated[
        Path,
        typer.Argument(help="a file of `tune scenarios`, or, with --from-episodes, a folder of episodes", exists=True),
    ],
    out: Annotated[Path, typer.Argument(help="the file to write, JSON lines; OUT.manifest.json says what made it")],
    from_episodes: Annotated[
        bool,
        typer.Option(
            "--from-episodes",
            help="take what people and robots did, takeovers included: as `tune import --reward-from scene`; alone",
        ),
    ] = False,
    config: Annotated[
        Path | None,
        typer.Option(
            help="YAML with the options from --teacher to --seed as keys, and mistakes; options win", exists=True
        ),
    ] = None,
    teacher: Annotated[
        str | None,
        typer.Option(
            help="expert (search in the symbolic world; if left out), or a model as --model of other commands takes it"
        ),
    ] = None,
    student: Annotated[
        str | None, typer.Option(help="a model that acts while the expert says what it would have done there (DAgger)")
    ] = None,
    whole: Annotated[
        int | None,
        typer.Option(min=0, help="expert: whole episodes of a situation, then goals alone; all if left out"),
    ] = None,
    repeat: Annotated[
        int | None, typer.Option(min=1, help="how often a model is given each task; more than once with --temperature")
    ] = None,
    temperature: Annotated[
        float | None, typer.Option(min=0, max=2, help="a model draws what it says; 0 (if left out): the likeliest")
    ] = None,
    level: Annotated[
        Level | None, typer.Option(help="how far a model's decoding is constrained; grammar if left out")
    ] = None,
    look_ahead: Annotated[
        bool | None, typer.Option(help="refuse a model's calls that do not bring the goal nearer; no if left out")
    ] = None,
    example: Annotated[bool | None, typer.Option(help="show the model one finished task first")] = None,
    seed: Annotated[int | None, typer.Option(help="the same seed makes the same file (0 if left out)")] = None,
    failures: Annotated[
        Path | None,
        typer.Option(help="how calls fail, a table of `tune failures`; the package's own if left out", exists=True),
    ] = None,
    processes: Annotated[
        int | None, typer.Option(min=1, help="how many work side by side on this machine; one if left out")
    ] = None,
    ray: Annotated[
        str | None, typer.Option(help="do it on a Ray cluster: its address, auto, or local for one of its own")
    ] = None,
) -> None:
    """Let a teacher carry out the tasks in the symbolic world, with mistakes and failures; rewarded by the world.

    Killed, the same command goes on where it was; however the work is shared out, the file is the same.
    """
    told = {"teacher": teacher, "student": student, "whole": whole, "repeat": repeat, "temperature": temperature}
    told |= {"level": level, "look_ahead": look_ahead, "example": example, "seed": seed}
    given = {name: value for name, value in told.items() if value is not None}
    others = {"config": config, "failures": failures, "processes": processes, "ray": ray}
    ready_to_write(out, scenarios)
    if from_episodes:
        more = [*given, *(name for name, value in others.items() if value is not None)]
        if more:
            names = ", ".join(f"--{name.replace('_', '-')}" for name in more)
            raise UserError(f"{names}: --from-episodes takes episodes as they are; leave that out")
        tune_records.import_records(scenarios, out, Schema.AGENT, tune_records.RewardFrom.SCENE)
        return
    if scenarios.is_dir():
        raise UserError(f"{scenarios} is a folder; give a file of `tune scenarios`, or --from-episodes")
    if ray and processes:
        raise UserError("--processes is for this machine, --ray for a cluster; give one of them")
    _collect(scenarios, out, _config(config, given), failures, processes or 1, ray or "")


def _config(file: Path | None, given: dict[str, Any]) -> "CollectConfig":
    from agent_planner.config import parse_yaml, read_text
    from agent_planner.tuning.collect.config import CollectConfig

    if file is None:
        return CollectConfig(**given).settled()
    written = parse_yaml(CollectConfig, read_text(file), str(file), "teacher")[0]
    return CollectConfig(**(written.model_dump(exclude_unset=True) | given)).settled()


def _collect(
    scenarios: Path, out: Path, config: "CollectConfig", failures: Path | None, processes: int, ray: str
) -> None:
    from agent_planner.tuning.collect.identity import model_hash
    from agent_planner.tuning.collect.runners import runner
    from agent_planner.tuning.collect.trajectories import parts, trajectories
    from agent_planner.tuning.collect.work import open_work
    from agent_planner.tuning.data.manifest import sha256_of, write_manifest
    from agent_planner.tuning.scenarios.failure_table import MEASURED, load_failures

    terminal = Terminal()
    if config.model:
        checked(config.model)
    table = load_failures(failures or MEASURED)
    with terminal.busy(f"reading {scenarios}"):
        units = dict(part for situation in _situations(scenarios) for part in parts(situation, config))
    known = {"failures_sha256": sha256_of(failures or MEASURED), "model_sha256": model_hash(config.model)}
    told = config.model_dump(mode="json") | known
    does = partial(trajectories, config=config, table=table)
    with open_work(out, {"scenarios": sha256_of(scenarios)} | told) as work:
        with terminal.counting("groups of tasks" if config.model else "situations", len(units)) as counter:
            for _ in work.done:
                counter.advance()
            for _ in work.run(units, runner(does, processes, ray, with_model=bool(config.model))):
                counter.advance()
        count = work.finish(list(units))
        write_manifest(out, "tune collect", told, [scenarios], {"records": count})
    terminal.say(f"{count} trajectories written to {out}")


def _situations(path: Path) -> "Iterator[Situation]":
    from agent_planner.tuning.scenarios.situations import read_situations

    known: set[str] = set()
    for situation in read_situations(path):
        if situation.id in known:
            raise ConfigError(str(path), f"has two situations '{situation.id}'; give them ids of their own")
        known.add(situation.id)
        yield situation
