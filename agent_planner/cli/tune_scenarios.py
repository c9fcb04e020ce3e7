# SPDX-License-Identifier: Apache-2.0
"""`agent-planner tune scenarios`, `collect` and `filter`: from nothing to rewarded trajectories."""

from collections import Counter
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from agent_planner.cli import tune_records
from agent_planner.cli.evaluate import ready_to_write
from agent_planner.cli.terminal import Terminal
from agent_planner.errors import UserError
from agent_planner.tuning.collect.names import LeaveOut
from agent_planner.tuning.data.schema import Schema

if TYPE_CHECKING:
    from agent_planner.tuning.scenarios.situations import Situation

_Out = Annotated[Path, typer.Argument(help="the file to write, JSON lines; OUT.manifest.json says what made it")]
_Seed = Annotated[int, typer.Option(help="the same seed makes the same file")]


def scenarios(
    out: _Out,
    count: Annotated[int, typer.Option(min=1, help="situations to draw, each with a twin")] = 200,
    tasks: Annotated[int, typer.Option(min=1, help="instructions about each of them")] = 24,
    propose: Annotated[
        str, typer.Option(help="a model that proposes more instructions with goals, e.g. openai:MODEL@URL")
    ] = "",
    proposals: Annotated[int, typer.Option(min=1, help="how many it is asked for about each situation")] = 8,
    seed: _Seed = 0,
) -> None:
    """Draw situations with instructions and goals, each proved by search: solvable, or on purpose not.

    They are of the split train: dev and test have words, scenes and skills of their own, and are drawn by the panel.
    What a model proposes is kept where a plan makes its goal true, and the model, asked anew, states the same goal.
    """
    ready_to_write(out)
    from agent_planner.tuning.data.manifest import write_manifest
    from agent_planner.tuning.data.records import write_records
    from agent_planner.tuning.scenarios.situations import draw_situations

    terminal = Terminal()
    drawn = []
    with terminal.counting("situations", count) as counter:
        for index in range(count):
            drawn += draw_situations("train", seed, index, tasks)
            counter.advance()
    dropped = _propose(terminal, drawn, propose, proposals) if propose else Counter()
    write_records(out, (situation.plain() for situation in drawn))
    kinds = Counter(task.kind for situation in drawn for task in situation.tasks)
    sources = Counter(task.source for situation in drawn for task in situation.tasks)
    config = {"count": count, "tasks": tasks, "seed": seed, "split": "train"}
    config |= {"propose": propose, "proposals": proposals} if propose else {}
    counts = {
        "situations": len(drawn),
        "tasks": kinds.total(),
        "sources": dict(sources),
        "proposals_dropped": dict(dropped.most_common()),
        "kinds": dict(kinds.most_common()),
    }
    write_manifest(out, "tune scenarios", config, (), counts)
    terminal.say(f"{kinds.total()} tasks about {len(drawn)} situations written to {out}")
    if propose:
        reasons = ", ".join(f"{reason} {n}" for reason, n in dropped.most_common()) or "nothing"
        terminal.say(f"proposals kept: {kinds.total() - sources['drawn']}; dropped: {reasons}")


def _propose(terminal: Terminal, drawn: list["Situation"], name: str, count: int) -> Counter[str]:
    """Add to each situation what a model proposes and the world confirms; returns what was dropped, by reason."""
    from agent_planner.cli.models import checked, loaded
    from agent_planner.tuning.scenarios.proposals import Proposer

    checked(name)
    with loaded(name, terminal) as model, terminal.counting("proposals", len(drawn)) as counter:
        proposer = Proposer(model)
        for number, situation in enumerate(drawn):
            tasks = (*situation.tasks, *proposer.propose(situation, count))
            drawn[number] = situation.model_copy(update={"tasks": tasks})
            counter.advance()
    return proposer.dropped


def collect(
    scenarios: Annotated[
        Path,
        typer.Argument(help="a file of `tune scenarios`, or, with --from-episodes, a folder of episodes", exists=True),
    ],
    out: _Out,
    from_episodes: Annotated[
        bool,
        typer.Option(
            "--from-episodes",
            help="take what people and robots did, takeovers included: as `tune import --reward-from scene`",
        ),
    ] = False,
    teacher: Annotated[
        str,
        typer.Option(help="expert (search in the symbolic world), or a model as --model of other commands takes it"),
    ] = "expert",
    student: Annotated[
        str, typer.Option(help="a model that acts while the expert says what it would have done there (DAgger)")
    ] = "",
    whole: Annotated[
        int | None,
        typer.Option(min=0, help="whole episodes of a situation, then goals alone (expert); all if left out"),
    ] = None,
    repeat: Annotated[int, typer.Option(min=1, help="how often a model is given each task")] = 1,
    example: Annotated[bool, typer.Option(help="show the model one finished task first")] = False,
    seed: _Seed = 0,
    processes: Annotated[int, typer.Option(min=1, help="how many work side by side on this machine")] = 1,
    ray: Annotated[
        str, typer.Option(help="do it on a Ray cluster: its address, auto, or local for one of its own")
    ] = "",
) -> None:
    """Let a teacher carry out the tasks in the symbolic world, with mistakes and failures; rewarded by the world.

    Killed, the same command goes on where it was; however the work is shared out, the file is the same.
    """
    if from_episodes:
        tune_records.import_records(scenarios, out, Schema.AGENT, tune_records.RewardFrom.SCENE)
        return
    if scenarios.is_dir():
        raise UserError(f"{scenarios} is a folder; give a file of `tune scenarios`, or --from-episodes")
    ready_to_write(out)
    from agent_planner.tuning.collect.config import EXPERT, CollectConfig
    from agent_planner.tuning.collect.runners import runner
    from agent_planner.tuning.collect.trajectories import trajectories
    from agent_planner.tuning.collect.work import WorkFile
    from agent_planner.tuning.data.manifest import sha256_of, write_manifest
    from agent_planner.tuning.scenarios.failure_table import MEASURED
    from agent_planner.tuning.scenarios.situations import read_situations

    terminal = Terminal()
    if teacher == EXPERT and (repeat > 1 or example):
        raise UserError("--repeat and --example are for models; the expert needs neither")
    if teacher != EXPERT and student:
        raise UserError(f"--student {student}: only the expert knows what to say in any state; leave out --teacher")
    config = CollectConfig(teacher=teacher, student=student, seed=seed, whole=whole, repeat=repeat, example=example)
    with terminal.busy(f"reading {scenarios}"):
        units = {situation.id: situation for situation in read_situations(scenarios)}
    read = {"scenarios": sha256_of(scenarios), "failures": sha256_of(MEASURED)}
    work = WorkFile(out, read | config.model_dump(mode="json"))
    work.read()
    with terminal.counting("situations", len(units)) as counter:
        for _ in work.done:
            counter.advance()
        with_model = teacher != EXPERT or bool(student)
        for _ in work.run(units, runner(partial(trajectories, config=config), processes, ray, with_model)):
            counter.advance()
    count = work.finish(list(units))
    write_manifest(out, "tune collect", config.model_dump(mode="json"), [scenarios], {"records": count})
    terminal.say(f"{count} trajectories written to {out}")


def filter_records(
    collected: Annotated[list[Path], typer.Argument(help="files of `tune collect` or `tune import`", exists=True)],
    out: Annotated[Path, typer.Option(help="the file to write, JSON lines")],
    reward: Annotated[float, typer.Option(min=0, max=1, help="the least reward that is kept")] = 1.0,
    cap: Annotated[int | None, typer.Option(min=1, help="records of one task family at most")] = None,
    leave_out: Annotated[
        list[LeaveOut] | None,
        typer.Option(
            help="for ablations; several times for many. recoveries: what follows a mistake or a failed call; twins: "
            "what is impossible on purpose; renamed: other libraries than the shipped one; thoughts: all but their atom"
        ),
    ] = None,
    share: Annotated[float, typer.Option(min=0, max=1, help="for ablations: this share of the records")] = 1.0,
) -> None:
    """Keep the trajectories that the world rewarded, without duplicates; say what was dropped, and why."""
    ready_to_write(out)
    from agent_planner.tuning.collect.filter import Filter, FilterConfig
    from agent_planner.tuning.data.manifest import write_manifest
    from agent_planner.tuning.data.records import read_plain, record, write_records

    terminal = Terminal()
    if not share:
        raise UserError("--share 0 leaves nothing; give more than 0, up to 1")
    config = FilterConfig(reward=reward, cap=cap, leave_out=tuple(leave_out or ()), share=share)
    sieve = Filter(config)
    with terminal.busy("filtering"):
        found = (record(where, data) for path in collected for where, data in read_plain(path))
        count = write_records(out, (item.plain() for item in sieve.keep(found)))
    counts = {"kept": count, "families": dict(sieve.kept.most_common()), "dropped": dict(sieve.dropped.most_common())}
    write_manifest(out, "tune filter", config.model_dump(mode="json"), collected, counts)
    reasons = ", ".join(f"{reason} {n}" for reason, n in sieve.dropped.most_common()) or "nothing"
    terminal.say(f"{count} kept in {out}; dropped: {reasons}")
