# SPDX-License-Identifier: Apache-2.0
"""All results of a study in one file, in which a model is called by its arm and the seed of its training."""

from collections.abc import Sequence
from pathlib import Path

from agent_planner.tuning.data.records import write_records
from agent_planner.tuning.panel.results import Line, RunLine, read_results
from agent_planner.tuning.study.config import BASE, EXPERT
from agent_planner.tuning.study.steps import Step


def model_name(arm: str, seed: int | None) -> str:
    """What a model is called in the results of a study: ``expert``, ``base``, or e.g. ``hybrid/0``."""
    return arm if arm in (EXPERT, BASE) else f"{arm}/{seed}"


def gather(steps: Sequence[Step], out: Path) -> list[Line]:
    """Write the results of the steps that measured arms, as `tune report` reads them; returns the lines.

    Args:
        steps: those that are done.
        out: the file.
    """
    lines: list[Line] = []
    for step in steps:
        if step.arm and step.words[0] == "evaluate":
            name = model_name(step.arm, step.seed)
            found = read_results([step.outputs[0]])
            lines += [line if isinstance(line, RunLine) else line.model_copy(update={"model": name}) for line in found]
    write_records(out, ({"type": line.type} | line.model_dump(mode="json") for line in lines))
    return lines


def arm_of(name: str) -> str:
    """The arm of a model of that name."""
    return name.partition("/")[0]
