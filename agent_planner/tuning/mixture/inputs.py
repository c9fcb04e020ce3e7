# SPDX-License-Identifier: Apache-2.0
"""The files that a mixture is made from, read and checked."""

from itertools import takewhile
from pathlib import Path
from typing import Any

from agent_planner.errors import ConfigError
from agent_planner.tuning.data.formats import to_record
from agent_planner.tuning.data.records import HUMAN, Record, read_plain
from agent_planner.tuning.mixture.names import Split

AGENT = "agent"


def read_samples(path: Path, is_agent: bool) -> list[Record]:
    """Read a file of training samples; what of `source`, `family`, `group` and `split` they lack is filled in.

    Args:
        path: JSON lines, JSON or a folder of episodes, in any schema that `tune import` reads.
        is_agent: whether they are the robot's conversations. A general one that does not say its source gets the
            file's name.

    Raises:
        ConfigError: with file and line: it is no conversation, nothing in it is to be learned, its source is of the
            other kind, or it belongs to a split that is not for training.
    """
    return [_sample(where, data, path, is_agent) for where, data in read_plain(path)]


def _sample(where: str, data: dict[str, Any], path: Path, is_agent: bool) -> Record:
    item = to_record(where, data)
    source = AGENT if is_agent else path.stem
    plain = {"source": source, "family": source, "group": item.id, "split": Split.TRAIN.value} | item.plain()
    if plain["split"] != Split.TRAIN:
        raise ConfigError(where, f"split: is '{plain['split']}'; only samples of 'train' may be learned from")
    if (plain["source"] == AGENT) != is_agent:
        wanted = f"'{AGENT}'" if is_agent else f"anything but '{AGENT}'"
        raise ConfigError(where, f"source: is '{plain['source']}', wanted is {wanted}; give the file as the other kind")
    if not any(turn.loss for turn in item.conversations):
        raise ConfigError(where, "no turn carries `loss: true`: nothing in it is to be learned")
    return Record.model_validate(plain)


def evaluation_texts(path: Path) -> list[str]:
    """What a model is asked in each item of a file: its instruction and goal, or the turn that it answers first.

    Raises:
        ConfigError: an item has neither an instruction nor turns; with file and line.
    """
    return [_asked(where, data) for where, data in read_plain(path)]


def asked_text(item: Record) -> str:
    """The same of a training sample."""
    return _asked(item.id, item.plain())


def _asked(where: str, data: dict[str, Any]) -> str:
    instruction = data.get("instruction")
    if isinstance(instruction, str):
        return f"{instruction} {data.get('goal') or ''}"
    asked = list(takewhile(lambda turn: turn.source == HUMAN, to_record(where, data).conversations))
    return asked[-1].value if asked else ""


def files_of(path: Path) -> list[Path]:
    """The files that were read for a path."""
    return sorted(path.glob("**/episode.json")) if path.is_dir() else [path]
