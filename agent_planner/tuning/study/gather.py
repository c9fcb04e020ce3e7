# SPDX-License-Identifier: Apache-2.0
"""Results of a study, in which a model is called by its arm and the seed of its training."""

from collections.abc import Collection, Sequence
from itertools import pairwise
from pathlib import Path

from agent_planner.tuning.data.records import write_records
from agent_planner.tuning.panel.measure import subject, told_apart
from agent_planner.tuning.panel.results import ChoiceLine, EpisodeLine, LikelihoodLine, Line, RunLine, read_results
from agent_planner.tuning.study.config import BASE, EXPERT
from agent_planner.tuning.study.steps import Step
from agent_planner.types import Level


def model_name(arm: str, seed: int | None) -> str:
    """What a model is called in the results of a study: ``expert``, ``base``, or e.g. ``hybrid/0``."""
    return arm if arm in (EXPERT, BASE) else f"{arm}/{seed}"


def lines_of(path: Path, model: str, level: Level, held_out: Collection[str]) -> list[Line]:
    """What a file says of a model as it is now, at that level without look-ahead, and the commands that made it.

    A model that was trained anew leaves the lines of the one before in its file, held-out data that were made anew
    those about the old ones.

    Args:
        path: results of `tune evaluate`.
        model: as for ``--model``.
        level: of the episodes.
        held_out: the data that were read, as `told_apart` calls them.
    """
    who = subject(model, model)

    def counts(line: Line) -> bool:
        if isinstance(line, RunLine):
            return True
        if isinstance(line, EpisodeLine) and (line.level, line.look_ahead) != (level.value, False):
            return False
        if isinstance(line, LikelihoodLine | ChoiceLine) and line.data not in held_out:
            return False
        return (line.model, line.adapter) == (who.model, who.adapter)

    return [line for line in read_results([path]) if counts(line)]


def gather(steps: Sequence[Step], level: Level, out: Path) -> list[Line]:
    """Write the results of the steps that measured arms, as `tune report` reads them; returns the lines.

    Args:
        steps: those that are done.
        level: of their episodes.
        out: the file.
    """
    lines: list[Line] = []
    for step in steps:
        if step.arm and step.adds:
            name, model = model_name(step.arm, step.seed), step.words[step.words.index("--model") + 1]
            read = [told_apart(Path(file)) for word, file in pairwise(step.words) if word in ("--data", "--records")]
            found = lines_of(step.outputs[0], model, level, read)
            lines += [line if isinstance(line, RunLine) else line.model_copy(update={"model": name}) for line in found]
    write_records(out, ({"type": line.type} | line.model_dump(mode="json") for line in lines))
    return lines


def arm_of(name: str) -> str:
    """The arm of a model of that name."""
    return name.partition("/")[0]
