# SPDX-License-Identifier: Apache-2.0
"""`agent-planner tune study`: many trainings and their measurements, as one configuration says."""

import os
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from agent_planner.cli.new_file import made_folder
from agent_planner.cli.process import ChildProcess
from agent_planner.cli.signals import Terminated, deferred
from agent_planner.cli.terminal import BusyLine, Terminal
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
    jobs: Annotated[
        int,
        typer.Option(
            min=1,
            help="how many steps run side by side, each with its share of the processors and one of several GPUs",
        ),
    ] = 1,
    until: Annotated[float | None, typer.Option(min=0, help="minutes after which no new step is begun")] = None,
    base: Annotated[
        str | None, typer.Option(help="the model to begin with, above the configuration: default, a folder, a name")
    ] = None,
) -> None:
    """Carry out a study: arms with several seeds, ablations, rounds on top; resumes, and reports as it goes."""
    from agent_planner.llm.gpus import visible_gpus
    from agent_planner.tuning.data.alone import alone
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
    with alone(made_folder(folder)):
        ended = _Jobs(terminal, driver, jobs, visible_gpus() if jobs > 1 else ()).run(until)
    if ended:
        with terminal.busy("writing the report"):
            page = _report(driver)
        terminal.say(f"report: {page}")
    else:
        terminal.say(f"{until:g} minutes are over; left: {_hours(driver.left())}; the same command goes on")


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
        "of a kind are done here, their times are those of two slow cores with --jobs 2 and the default model."
    )


def _hours(seconds: float) -> str:
    return f"{seconds / 3600:.1f} hours" if seconds >= 5400 else f"{seconds / 60:.1f} minutes"


@dataclass
class _Job:
    """A step that runs.

    Attributes:
        step: which one.
        child: its process.
        whole: whether it was not begun before.
        place: its number among those that run; that of one that has ended is free.
        seconds: of the machine that it took so far: while others run, its share.
    """

    step: "Step"
    child: ChildProcess
    whole: bool
    place: int
    seconds: float = 0.0


class _Jobs:
    """Carries out the steps of a study, each in a process of its own.

    Args:
        terminal: for a person.
        driver: says what is next.
        most: how many steps run side by side.
        gpus: of which each of them has one; see `own_gpu`.
    """

    def __init__(self, terminal: Terminal, driver: "Driver", most: int, gpus: Sequence[str]):
        self._terminal, self._driver, self._most, self._gpus = terminal, driver, most, gpus
        self._running: list[_Job] = []
        self._begun = time.monotonic()

    def run(self, until: float | None) -> bool:
        """Go through the steps; after ``until`` minutes no new one is begun. Returns whether all are done.

        Raises:
            InfrastructureError: a step failed; tells the end of what it said.
        """
        try:
            with self._terminal.busy("going through the steps") as status:
                while True:
                    over = until is not None and time.monotonic() - self._begun >= until * 60
                    while not over and len(self._running) < self._most and self._start_one():
                        pass
                    if not self._running:
                        return not over
                    self._look(status)
        except (KeyboardInterrupt, Terminated):
            names = " and ".join(job.step.name for job in self._running)
            self._terminal.say(f"ended within {names}: what is begun resumes; the same command goes on")
            raise
        finally:
            for job in self._running:
                job.child.interrupt()
            for job in self._running:
                job.child.stop(_END_S)  # a second Ctrl-C breaks this off: the child then ends with this process

    def _start_one(self) -> bool:
        """Begin a step, if there is one that can be done now."""
        driver = self._driver
        step = driver.next([job.step.name for job in self._running])
        if step is None:
            return False
        steps = driver.steps
        number = 1 + [one.name for one in steps].index(step.name)
        ends = datetime.now() + timedelta(seconds=driver.left())
        passed = timedelta(seconds=round(time.monotonic() - self._begun))
        text = f"step {number} of {len(steps)}: {step.name} ({passed} passed, all done about {ends:%a %H:%M})"
        self._terminal.say(text)
        if changes := driver.state.changes(step):
            self._terminal.say(f"{step.name} is done anew: {'; '.join(changes)}", "yellow")
        place = next(free for free in range(self._most) if all(job.place != free for job in self._running))
        log = driver.folder / "logs" / f"{step.name.replace(' ', '_').replace('/', '_')}.log"
        command = (sys.executable, "-m", "agent_planner.cli.main", "tune", *step.words)
        child = ChildProcess(step.name, command, log, self._environ(place))
        job = _Job(step, child, driver.begin(step), place)
        with deferred():
            job.child.start()
            self._running.append(job)
        return True

    def _environ(self, place: int) -> Mapping[str, str]:
        """Of a step; a number of threads that the environment has is kept."""
        from agent_planner.llm.gpus import own_gpu

        if self._most == 1:
            return os.environ
        threads = max(1, len(os.sched_getaffinity(0)) // self._most)
        return {"OMP_NUM_THREADS": str(threads)} | os.environ | own_gpu(self._gpus, place)

    def _look(self, status: BusyLine) -> None:
        """Wait a moment, and take up what has ended."""
        since, count = time.monotonic(), len(self._running)
        self._running[0].child.wait(_LOOK_S)
        passed = time.monotonic() - since
        status.update("; ".join(f"{job.step.name}: {job.child.tail(1).strip()}" for job in self._running))
        for job in tuple(self._running):
            job.seconds += passed / count
            if job.child.exit_code is not None:
                self._end(job, status)

    def _end(self, job: _Job, status: BusyLine) -> None:
        step, child = job.step, job.child
        if child.exit_code:
            raise InfrastructureError(
                f"{step.name} ended with {child.ending}; the same command goes on once it is mended\n"
                f"{step.command}\n{child.tail()}\nall that it said: {child.log}"
            )
        child.stop()  # what it has left behind
        self._running.remove(job)
        self._driver.finish(step, job.seconds, job.whole)
        if step.adds:
            status.update("writing the report")
            self._terminal.say(f"report: {_report(self._driver)}")


def _report(driver: "Driver") -> Path:
    """Write results and report of everything that is done."""
    from agent_planner.tuning.study.gather import gather
    from agent_planner.tuning.study.report import write_report

    done = driver.done
    lines = gather(done, driver.study.evaluation.level, driver.folder / "results.jsonl")
    return write_report(driver.study, driver.folder, done, lines, driver.choices)
