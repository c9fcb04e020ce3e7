# SPDX-License-Identifier: Apache-2.0
"""The files that a mixture is made from, read and checked."""

from itertools import takewhile
from pathlib import Path
from typing import Any, NamedTuple

from agent_planner.errors import ConfigError
from agent_planner.tuning.data.conversations import conversations_in
from agent_planner.tuning.data.formats import schema_of, to_record
from agent_planner.tuning.data.records import AGENT, HUMAN, TRAIN, Record, only_train, read_plain


class Sample(NamedTuple):
    """A record to learn from: where it stands, the name of its file without the ending, and its source."""

    where: str
    file: str
    source: str
    record: Record


def read_samples(path: Path, is_agent: bool) -> list[Sample]:
    """Read a file of training samples; what of `source`, `family`, `group` and `split` they lack is filled in.

    Args:
        path: JSON lines, JSON or a folder of episodes, in any schema that `tune import` reads.
        is_agent: whether they are the robot's conversations. A general one that does not say its source gets the
            file's name.

    Raises:
        ConfigError: with file and line: it is no conversation, its source is of the other kind, or it belongs to a
            split that is not for training.
    """
    return [_sample(where, data, path, is_agent) for where, data in conversations_in(path)]


def _sample(where: str, data: dict[str, Any], path: Path, is_agent: bool) -> Sample:
    item = to_record(where, data)
    source = AGENT if is_agent else path.stem
    lacking = {"source": source, "family": source, "group": item.id, "split": TRAIN}
    given = item.plain()
    plain = given | {name: value for name, value in lacking.items() if given.get(name) is None}
    only_train(where, plain["split"])
    if (plain["source"] == AGENT) != is_agent:
        wanted = f"'{AGENT}'" if is_agent else f"anything but '{AGENT}'"
        raise ConfigError(where, f"source: is '{plain['source']}', wanted is {wanted}; give the file as the other kind")
    return Sample(where, path.stem, str(plain["source"]), Record.model_validate(plain))


def evaluation_texts(path: Path) -> list[str]:
    """What a model is asked in each item of a file: its instruction and goal, or the turn that it answers first.

    Of results of an evaluation, whose lines have a `type`, episodes count alone, with their true goals.

    Raises:
        ConfigError: an item has neither an instruction nor turns, with file and line; or there is none.
    """
    items = [item for item in read_plain(path) if not _is_result(item[1]) or item[1]["type"] == "episode"]
    if not items:
        raise ConfigError(str(path), "holds nothing that a robot's model is asked: no episode of a panel, no record")
    return [_asked(where, data) for where, data in items]


def _is_result(data: dict[str, Any]) -> bool:
    return "type" in data and schema_of(data) is None


def asked_text(item: Record) -> str:
    """The same of a training sample."""
    return _asked(item.id, item.plain())


def _asked(where: str, data: dict[str, Any]) -> str:
    instruction = data.get("instruction")
    if isinstance(instruction, str):
        # The goal of a result is what the model stated.
        goal = data.get("truth") if _is_result(data) else data.get("goal")
        return f"{instruction} {goal or ''}"
    asked = list(takewhile(lambda turn: turn.source == HUMAN, to_record(where, data).conversations))
    return asked[-1].value if asked else ""
