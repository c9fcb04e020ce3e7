# SPDX-License-Identifier: Apache-2.0
"""One step of a study: a command of `agent-planner tune` as a person would type it."""

import shlex
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from agent_planner.tuning.study.rates import Work


@dataclass(frozen=True)
class Step:
    """One command.

    Attributes:
        name: the same in no two steps.
        work: its kind.
        words: of the command, behind `agent-planner tune`.
        inputs: files and folders that other steps must have made.
        outputs: what it makes; the first is what counts.
        seconds: that it is expected to take on two cores.
        arm: whose it is; empty for what several share.
        seed: of the training; None where there is none.
        waits: names of the choices without which its words are not settled.
        unfinished: the file from which the command goes on where it was broken off, if it is told the same.
    """

    name: str
    work: Work
    words: tuple[str, ...]
    inputs: tuple[Path, ...]
    outputs: tuple[Path, ...]
    seconds: float
    arm: str = ""
    seed: int | None = None
    waits: tuple[str, ...] = ()
    unfinished: Path | None = None

    @property
    def command(self) -> str:
        """As a person would type it."""
        return shlex.join(("agent-planner", "tune", *self.words))

    @property
    def adds(self) -> bool:
        """Whether the command adds to a file, whose lines say of what they are, and takes nothing away."""
        return self.words[0] == "evaluate"


def needed(steps: Sequence[Step], arms: Collection[str]) -> list[Step]:
    """The steps of these arms and what they rest on, in the order of all steps; without arms: all."""
    if not arms:
        return list(steps)
    makers = {output: step for step in steps for output in step.outputs}
    wanted: dict[str, Step] = {}
    waiting = [step for step in steps if step.arm in arms]
    while waiting:
        step = waiting.pop()
        if step.name not in wanted:
            wanted[step.name] = step
            waiting += [makers[path] for path in step.inputs if path in makers]
    return [step for step in steps if step.name in wanted]
