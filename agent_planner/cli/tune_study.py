# SPDX-License-Identifier: Apache-2.0
"""`agent-planner tune study`: many trainings and their measurements, as one configuration says."""

import os
import sys
import time
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from agent_planner.cli.process import ChildProcess
from agent_planner.cli.signals import Terminated, deferred
from agent_planner.cli.terminal import Terminal
from agent_planner.errors import InfrastructureError

if TYPE_CHECKING:
    from agent_planner.tuning.study.driver import Driver
    from agent_planner.tuning.study.steps import Step

_LOOK_S = 0.5
# Training ends between two passes; what it has not saved since its last checkpoint is learned again.
_END_S = 60.0


def study(
    folder: Annotated[Path, typer.Argument(help="where everything is made; the same command there goes on")],
    config: Annotated[str, typer.Option(help="a preset (cores, paper, tiny) or a YAML file")] = "cores",
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="show the steps and how long they take; do nothing")
    ] = False,
    only: Annotated[
        list[str] | None, typer.Option(help="an arm, with what it rests on; several times for many; all if left out")
    ] = None,
    until: Annotated[float | None, typer.Option(min=0, help="minutes after which no new step is begun")] = None,
    base: Annotated[
        str | None, typer.Option(help="the model to begin with, above the configuration: default, a folder, a name")
    ] = None,
) -> None:
    """Carry out a study: arms with several seeds, ablations, rounds on top; resumes, and reports as it goes."""
    from agent_planner.tuning.study.config import load_study
    from agent_planner.tuning.study.driver import Driver

    terminal = Terminal()
    driver = Driver(load_study(config, base), folder, only or ())
    with terminal.busy("looking at what is done"):
        driver.setup()
        steps = driver.steps
    if dry_run:
        _show(terminal, driver)
        return
    terminal.say(f"{len(steps)} steps; left: {_hours(driver.left())}; `--dry-run` shows them")
    begun = time.monotonic()
    while (step := driver.next()) is not None:
        if until is not None and time.monotonic() - begun >= until * 60:
            terminal.say(f"{until:g} minutes are over; left: {_hours(driver.left())}; the same command goes on")
            return
        _do(terminal, driver, step, begun)
    _report(terminal, driver)


def _show(terminal: Terminal, driver: "Driver") -> None:
    """What `--dry-run` prints: a line a step, to be copied as it is."""
    estimates = driver.estimates()
    terminal.say("step       minutes  command (minutes of what is done: as it was)")
    for number, step in enumerate(driver.steps, 1):
        done = "done" if driver.state.record(step) is not None else ""
        waits = f"  # {' and '.join(step.waits)}: to be chosen" if step.waits else ""
        terminal.say(f"{number:4} {done:4} {estimates[step.name] / 60:8.1f}  {step.command}{waits}")
    terminal.say(
        f"{len(estimates)} steps, {_hours(sum(estimates.values()))} in all, {_hours(driver.left())} left. Until steps "
        "of a kind are done here, their times are those of two cores without a GPU, with the default model."
    )


def _hours(seconds: float) -> str:
    return f"{seconds / 3600:.1f} hours" if seconds >= 5400 else f"{seconds / 60:.1f} minutes"


def _do(terminal: Terminal, driver: "Driver", step: "Step", begun: float) -> None:
    """Carry out a step in a process of its own.

    Raises:
        InfrastructureError: it failed; tells the end of what it said.
    """
    steps = driver.steps
    place = 1 + [one.name for one in steps].index(step.name)
    ends = datetime.now() + timedelta(seconds=driver.left())
    passed = timedelta(seconds=round(time.monotonic() - begun))
    text = f"step {place} of {len(steps)}: {step.name} ({passed} passed, all done about {ends:%a %H:%M})"
    log = driver.folder / "logs" / f"{step.name.replace(' ', '_').replace('/', '_')}.log"
    whole = driver.begin(step)
    since = time.monotonic()
    command = (sys.executable, "-m", "agent_planner.cli.main", "tune", *step.words)
    child = ChildProcess(step.name, command, log, os.environ)
    try:
        with terminal.busy(text) as status:
            with deferred():
                child.start()
            while not child.wait(_LOOK_S):
                status.update(f"{text}: {child.tail(1).strip()}")
    except (KeyboardInterrupt, Terminated):
        terminal.say(f"ended within {step.name}, which resumes by itself: the same command goes on")
        raise
    finally:
        child.stop(_END_S)  # a second Ctrl-C breaks this off: the child then ends with this process
    if child.exit_code:
        raise InfrastructureError(
            f"{step.name} ended with {child.ending}; the same command goes on once it is mended\n"
            f"{step.command}\n{child.tail()}\nall that it said: {log}"
        )
    driver.finish(step, time.monotonic() - since, whole)
    if step.words[0] == "evaluate":
        _report(terminal, driver)


def _report(terminal: Terminal, driver: "Driver") -> None:
    """Write results and report of everything that is done."""
    from agent_planner.tuning.study.gather import gather
    from agent_planner.tuning.study.report import write_report

    with terminal.busy("writing the report"):
        done = driver.done
        lines = gather(done, driver.folder / "results.jsonl")
        page = write_report(driver.study, driver.folder, done, lines, driver.state.choices)
    terminal.say(f"report: {page}")
