# SPDX-License-Identifier: Apache-2.0
"""`agent-planner tune scenarios` and `filter`: what trajectories are collected from, and which of them are kept."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from agent_planner.cli.new_file import ready_to_write
from agent_planner.cli.option_file import OptionFile
from agent_planner.cli.terminal import Terminal
from agent_planner.errors import ConfigError, UserError
from agent_planner.tuning.collect.names import LeaveOut

if TYPE_CHECKING:
    from agent_planner.skills import SkillLibrary
    from agent_planner.tuning.collect.work import Records
    from agent_planner.tuning.scenarios.proposals import Proposer

_Out = Annotated[Path, typer.Argument(help="the file to write, JSON lines; OUT.manifest.json says what made it")]
_Seed = Annotated[int, typer.Option(help="the same seed makes the same file")]


def scenarios(
    out: _Out,
    count: Annotated[
        int,
        typer.Option(
            min=1,
            help="scenes to draw; each comes with twins and up to eight worlds in which somebody has to look, or, "
            "where its instructions were written by hand, four times with other words",
        ),
    ] = 200,
    tasks: Annotated[int, typer.Option(min=1, help="instructions about each of them")] = 24,
    propose: Annotated[
        str, typer.Option(help="a model that proposes more instructions with goals, e.g. openai:MODEL@URL")
    ] = "",
    proposals: Annotated[int, typer.Option(min=1, help="how many it is asked for about each situation")] = 8,
    skills: Annotated[
        str,
        typer.Option(
            help="the skill library of your robot, a file or the name of a shipped one: all scenes are about it, in "
            "place of drawn robots"
        ),
    ] = "",
    seed: _Seed = 0,
    config_file: OptionFile = None,
) -> None:
    """Draw situations with instructions and goals, each proved by search: solvable, or on purpose not.

    They are of the split train: dev and test have words, scenes and skills of their own, and are drawn by the panel.
    What a model proposes is kept where a plan makes its goal true, and the model, asked anew, states the same goal.
    Killed, the same command goes on where it was.
    """
    ready_to_write(out)
    from agent_planner.skills.library import library_file
    from agent_planner.tuning.collect.identity import model_hash
    from agent_planner.tuning.collect.work import open_work
    from agent_planner.tuning.data.manifest import sha256_of, write_manifest

    terminal = Terminal()
    file = library_file(skills) if skills else None
    own = _own_robot(file, terminal) if file else None
    config = {"count": count, "tasks": tasks, "seed": seed, "split": "train"}
    config |= {"propose": propose, "proposals": proposals, "model": model_hash(propose)} if propose else {}
    config |= {"skills": sha256_of(file)} if file else {}
    units = {str(index): index for index in range(count)}
    kinds, sources, dropped = Counter[str](), Counter[str](), Counter[str]()

    def counted(records: "Records") -> "Records":
        *situations, told = records
        found = [task for situation in situations for task in situation["tasks"]]
        kinds.update(task["kind"] for task in found)
        sources.update(task.get("source", "drawn") for task in found)
        dropped.update(told["dropped"])
        return situations

    with open_work(out, config) as work:
        with _proposer(propose, terminal) as proposer, terminal.counting("scenes", count) as counter:
            for _ in work.done:
                counter.advance()
            draw = partial(_drawn, tasks=tasks, seed=seed, proposer=proposer, proposals=proposals, own=own)
            for _ in work.run(units, lambda left: ((name, draw(index)) for name, index in left.items())):
                counter.advance()
        written = work.finish(list(units), counted)
        counts = {
            "situations": written,
            "tasks": kinds.total(),
            "sources": dict(sources),
            "proposals_dropped": dict(dropped.most_common()),
            "kinds": dict(kinds.most_common()),
        }
        write_manifest(out, "tune scenarios", config, [file] if file else (), counts)
    terminal.say(f"{kinds.total()} tasks about {written} situations written to {out}")
    if propose:
        reasons = ", ".join(f"{reason} {n}" for reason, n in dropped.most_common()) or "nothing"
        terminal.say(f"proposals kept: {kinds.total() - sources['drawn']}; dropped: {reasons}")


def _own_robot(file: Path, terminal: Terminal) -> "SkillLibrary":
    """Read the library, and tell what is drawn about it."""
    from agent_planner.skills import SkillLibrary
    from agent_planner.tuning.scenarios.own_robot import roles_of

    library = SkillLibrary.load(file)
    roles = roles_of(library)
    asked = [name for name, role in roles.items() if role]
    if not asked:
        raise ConfigError(
            str(file),
            "no skill makes anything that there are words to ask for; `makes` has to name it as others do, e.g. "
            "at(target), holding(object), on(object, surface)",
        )
    terminal.say(f"instructions ask for what these make: {', '.join(asked)}")
    if others := ", ".join(name for name in roles if name not in asked):
        terminal.say(f"there are no words yet that ask for these, a model of --propose writes some: {others}")
    return library


@contextmanager
def _proposer(name: str, terminal: Terminal) -> "Iterator[Proposer | None]":
    if not name:
        yield None
        return
    from agent_planner.cli.models import checked, loaded
    from agent_planner.tuning.collect.example import finished_example
    from agent_planner.tuning.scenarios.proposals import Proposer

    checked(name)
    with loaded(name, terminal) as model:
        yield Proposer(model, finished_example())


def _drawn(
    index: int, tasks: int, seed: int, proposer: "Proposer | None", proposals: int, own: "SkillLibrary | None"
) -> "Records":
    """The situations of one scene as JSON has them, and behind them which proposals were dropped."""
    from agent_planner.tuning.scenarios.situations import draw_situations

    before = Counter(proposer.dropped) if proposer is not None else Counter[str]()
    found: Records = []
    for situation in draw_situations("train", seed, index, tasks, own):
        if proposer is not None:
            more = tuple(proposer.propose(situation, proposals))
            situation = situation.model_copy(update={"tasks": (*situation.tasks, *more)})
        found.append(situation.plain())
    return [*found, {"dropped": dict(proposer.dropped - before) if proposer is not None else {}}]


def filter_records(
    collected: Annotated[list[Path], typer.Argument(help="files of `tune collect` or `tune import`", exists=True)],
    out: Annotated[Path, typer.Option(help="the file to write, JSON lines")],
    reward: Annotated[float, typer.Option(min=0, max=1, help="the least reward that is kept")] = 1.0,
    cap: Annotated[int | None, typer.Option(min=1, help="records of one task family at most, by a hash")] = None,
    leave_out: Annotated[
        list[LeaveOut] | None,
        typer.Option(
            help="for ablations; several times for many. recoveries: what follows a mistake or a failed call; twins: "
            "situations that lack a thing or an ability on purpose, and what is missing since it lies hidden; renamed: "
            "other libraries than the shipped one; thoughts: all but their atom"
        ),
    ] = None,
    share: Annotated[float, typer.Option(min=0, max=1, help="for ablations: this share of the records")] = 1.0,
    config_file: OptionFile = None,
) -> None:
    """Keep the trajectories that the world rewarded, without duplicates; say what was dropped, and why."""
    ready_to_write(out, *collected)
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
