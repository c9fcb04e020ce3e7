# SPDX-License-Identifier: Apache-2.0
"""Recorded episodes, found and read again; also those that were cut short, which have events but no conversation."""

import json
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from agent_planner.agent.events import Event, EventKind
from agent_planner.config import read_text
from agent_planner.errors import ConfigError, UserError
from agent_planner.recording.mcap_file import MCAP_NAME
from agent_planner.recording.space import file_size

_SHOWN = 5
UNFINISHED, UNREADABLE = "unfinished", "unreadable"


@dataclass(frozen=True)
class Timed:
    """An event, and when it was, on the wall clock."""

    time: datetime
    event: Event


class RecordedEpisode:
    """One episode's folder; its files are read when they are asked for.

    Whatever reads one raises ConfigError where it is not what an episode has.
    """

    def __init__(self, folder: Path):
        self.folder = folder

    @property
    def id(self) -> str:
        """Its name."""
        return self.folder.name

    @cached_property
    def record(self) -> dict[str, Any]:
        """What ``episode.json`` says; empty where the episode did not come to its end."""
        return self._json("episode.json")

    @cached_property
    def config(self) -> dict[str, Any]:
        """What it was run with."""
        return self._json("config.json")

    @cached_property
    def events(self) -> list[Timed]:
        """What happened. A last line that was cut off with its process is left out."""
        path = self.folder / "events.jsonl"
        if not path.exists():
            return []
        lines = read_text(path).split("\n")
        return [_timed(f"{path}:{number}", line) for number, line in enumerate(lines[:-1], 1)]

    @property
    def mcap(self) -> Path | None:
        """The recording of topics, if there is one."""
        path = self.folder / MCAP_NAME
        return path if path.exists() else None

    @property
    def takeovers(self) -> list[Event]:
        """When people took the robot, and when they gave it back, with what they did."""
        return [timed.event for timed in self.events if timed.event.kind is EventKind.TELEOP]

    @property
    def seconds(self) -> float | None:
        """From the first event to the last."""
        if not self.events:
            return None
        return (self.events[-1].time - self.events[0].time).total_seconds()

    def summary(self) -> dict[str, Any]:
        """What a list shows of it."""
        return {
            "id": self.id,
            "time": self.events[0].time.isoformat(timespec="seconds") if self.events else None,
            "instruction": self.record.get("instruction", self.config.get("instruction")),
            "outcome": self.record.get("outcome", UNFINISHED),
            "reward": self.record.get("reward"),
            "seconds": self.seconds,
            "bytes": self._bytes,
            "source": "model, human" if self.takeovers else "model",
            "folder": str(self.folder),
        }

    def summary_or_fault(self) -> dict[str, Any]:
        """As `summary`; where a file cannot be read, the outcome says so and ``fault`` why."""
        try:
            return self.summary()
        except ConfigError as error:
            unknown = dict.fromkeys(("time", "instruction", "reward", "seconds", "source"))
            known = {"id": self.id, "outcome": UNREADABLE, "bytes": self._bytes, "folder": str(self.folder)}
            return {**known, **unknown, "fault": str(error)}

    @property
    def _bytes(self) -> int:
        return sum(file_size(path) for path in self.folder.iterdir())

    def _json(self, name: str) -> dict[str, Any]:
        path = self.folder / name
        if not path.exists():
            return {}
        try:
            data = json.loads(read_text(path))
        except json.JSONDecodeError as error:
            raise ConfigError(f"{path}:{error.lineno}", f"is not JSON: {error.msg}") from error
        if not isinstance(data, dict):
            raise ConfigError(str(path), f"is no object but {type(data).__name__}")
        return data


def find_episodes(runs: Path) -> list[RecordedEpisode]:
    """All episodes in a folder and the folders in it, the oldest first.

    Raises:
        UserError: there is no such folder.
    """
    if not runs.is_dir():
        raise UserError(f"there is no folder '{runs}'; give by --runs where episodes were recorded")
    folders = {path.parent for name in ("events.jsonl", "episode.json") for path in runs.rglob(name)}
    return [RecordedEpisode(folder) for folder in sorted(folders, key=lambda folder: (folder.name, folder))]


def find_episode(runs: Path, name: str) -> RecordedEpisode:
    """The one whose id begins or ends like that.

    Raises:
        UserError: there is none, or there are several.
    """
    episodes = find_episodes(runs)
    found = [one for one in episodes if one.id == name] or [
        one for one in episodes if one.id.startswith(name) or one.id.endswith(name)
    ]
    if len(found) == 1:
        return found[0]
    if not found:
        newest = ", ".join(one.id for one in episodes[: -_SHOWN - 1 : -1])
        raise UserError(f"there is no episode '{name}' in {runs}; the newest: {newest or 'none'}")
    shown = ", ".join(one.id for one in found[:_SHOWN]) + (", …" if len(found) > _SHOWN else "")
    raise UserError(f"'{name}' is short for {len(found)} episodes: {shown}; write more of its id")


def _timed(where: str, line: str) -> Timed:
    try:
        data = json.loads(line)
        event = Event(
            EventKind(data["kind"]),
            int(data["step"]),
            str(data["text"]),
            str(data["thought"]),
            str(data["call"]),
            data.get("data", {}),
        )
        return Timed(datetime.fromisoformat(data["time"]), event)
    except (ValueError, KeyError, TypeError) as error:
        raise ConfigError(where, f"is no event of an episode: {error!r}") from error
