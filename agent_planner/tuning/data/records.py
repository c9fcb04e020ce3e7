# SPDX-License-Identifier: Apache-2.0
"""Conversations as data, in the schema of AgentInstruct (Zeng et al. 2023).

``{"id": …, "conversations": [{"from": "human" | "gpt", "loss": null | true | false, "value": …}]}``; human turns carry
null, the model's turns true, or false where they are not to be learned. Any further keys of a record are kept.
"""

import json
import math
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from agent_planner.config import read_text
from agent_planner.errors import ConfigError, faults_text
from agent_planner.recording.episode import whole_file

HUMAN, MODEL = "human", "gpt"
# The `source` of the robot's own conversations.
AGENT = "agent"
# What may be learned from; collections of others have splits of several stages, train_sft and the like.
TRAIN = "train"


class UnusableRecord(ConfigError):
    """One conversation cannot be used; others of the same file may be.

    Attributes:
        reason: why, in a word or two, to be counted by.
    """

    def __init__(self, where: str, message: str, reason: str = "malformed"):
        super().__init__(where, message)
        self.message = message
        self.reason = reason


def is_held_out(split: object) -> bool:
    """Whether what belongs to a split may not be learned from; what belongs to none (None) may."""
    return split is not None and not str(split).startswith(TRAIN)


def only_train(where: str, split: object) -> None:
    """Refuse what is held out from training.

    Raises:
        ConfigError: the split is not for training.
    """
    if is_held_out(split):
        raise ConfigError(where, f"split: is '{split}'; only records of '{TRAIN}' may be learned from")


class Turn(BaseModel):
    """One turn of a conversation."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    source: Literal["human", "gpt"] = Field(validation_alias="from", serialization_alias="from")
    loss: bool | None = None
    value: str

    @model_validator(mode="after")
    def _loss_is_the_models(self) -> "Turn":
        if (self.loss is None) != (self.source == HUMAN):
            raise ValueError("loss is null for human turns, true or false for those of gpt")
        return self


class Record(BaseModel):
    """One conversation; what else is known of it (outcome, goal, …) is kept as it is."""

    model_config = ConfigDict(frozen=True, extra="allow")

    id: str
    conversations: tuple[Turn, ...] = Field(min_length=1)

    def plain(self) -> dict[str, Any]:
        """As JSON has it."""
        return self.model_dump(by_alias=True, mode="json")


def reward_of(item: Record) -> float | None:
    """What a record was worth; None where nobody says so in a number."""
    reward = (item.model_extra or {}).get("reward")
    return reward if isinstance(reward, int | float) and math.isfinite(reward) else None


def human(value: str) -> Turn:
    """A turn that is not the model's."""
    return Turn(source=HUMAN, loss=None, value=value)


def said(value: str, loss: bool = True) -> Turn:
    """A turn of the model."""
    return Turn(source=MODEL, loss=loss, value=value)


def read_plain(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """Read the JSON objects of a file, or of a folder of episodes; yields where each stands, and what it is.

    Args:
        path: JSON lines (``.jsonl``), JSON (one object or a list of them), or a folder with ``*/episode.json``.

    Raises:
        ConfigError: it cannot be read, or is something else; with the line or the number of what is wrong.
    """
    if path.is_dir():
        files = files_of(path)
        if not files:
            raise ConfigError(str(path), "holds no episode.json in any folder")
        for file in files:
            yield from read_plain(file)
        return
    text = read_text(path)
    if path.suffix == ".jsonl":
        # splitlines() would also part at the line separators that JSON leaves in texts as they are.
        for number, line in enumerate(text.split("\n"), 1):
            if line.strip():
                yield _mapping(f"{path}:{number}", _loaded(f"{path}:{number}", line))
        return
    data = _loaded(str(path), text)
    if not isinstance(data, list):
        yield _mapping(str(path), data)
        return
    for number, item in enumerate(data, 1):
        yield _mapping(f"{path}, item {number}", item)


def files_of(path: Path) -> list[Path]:
    """The files that are read for a path: of a folder, its episodes."""
    return sorted(path.glob("**/episode.json")) if path.is_dir() else [path]


def check_characters(where: str, data: dict[str, Any]) -> None:
    """See whether an object can be written: JSON may say half of a character (a lone surrogate), UTF-8 cannot.

    Raises:
        UnusableRecord: a text of it, wherever it stands, holds such a half.
    """
    text = json.dumps(data, ensure_ascii=False)
    try:
        text.encode()
    except UnicodeEncodeError as error:
        half = ascii(text[error.start])[1:-1]
        before = text[max(0, error.start - 20) : error.start]
        told = f"holds {half}, half of a character, behind '{before}'; both halves are wanted, or none"
        raise UnusableRecord(where, told, "half_character") from error


def record(where: str, data: dict[str, Any]) -> Record:
    """Read one record of our own schema.

    Raises:
        UnusableRecord: a field is missing or wrong, or a text is none.
    """
    check_characters(where, data)
    if data.get("conversations") == []:
        raise UnusableRecord(where, "conversations: holds no turn", "empty_conversation")
    try:
        return Record.model_validate(data)
    except ValidationError as error:
        raise UnusableRecord(where, faults_text(error)) from error


def write_records(path: Path, records: Iterable[dict[str, Any]]) -> int:
    """Write JSON lines, the whole file or nothing; returns how many."""
    count = 0
    with whole_file(path) as file:
        for item in records:
            file.write(json.dumps(item, ensure_ascii=False) + "\n")
            count += 1
    return count


def _loaded(where: str, text: str) -> Any:
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        at = where if error.lineno == 1 else f"{where}:{error.lineno}"
        raise ConfigError(at, f"is not JSON: {error.msg} (column {error.colno})") from error


def _mapping(where: str, item: Any) -> tuple[str, dict[str, Any]]:
    if not isinstance(item, dict):
        raise ConfigError(where, f"is no conversation but {type(item).__name__}; a JSON object is wanted")
    return where, item
