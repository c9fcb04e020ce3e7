# SPDX-License-Identifier: Apache-2.0
"""Writes an episode: its events as they happen, its conversation in the schema of AgentInstruct at the end.

``runs/ID/events.jsonl``   one event a line, flushed as it happens: a killed process loses what the disk had not taken
``runs/ID/config.json``    what the episode was run with
``runs/ID/episode.mcap``   messages of topics (see `topic_log`); ``metadata.yaml`` makes the folder a ROS bag
``runs/ID/episode.json``   {"id", "conversations": [{"from", "loss", "value"}], "outcome", "goal", "steps", "scene", …}

Among the steps, what a person did while they had the robot stands as a step of its own with ``"source": "human"``.

Who knows afterwards what the world really was adds it with `add_facts`, a reward above all.
"""

import json
import os
import secrets
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, TextIO

from agent_planner.agent.events import Event
from agent_planner.agent.result import EpisodeResult
from agent_planner.llm.base import Message
from agent_planner.recording.writer import Writer
from agent_planner.scene import SceneGraph

# The source of a step that a person made.
HUMAN = "human"
# How long the end of an episode may wait for the disk.
_CLOSE_S = 10.0
_FROM = {"system": "human", "user": "human", "assistant": "gpt"}


def new_episode_id(now: datetime | None = None) -> str:
    """Return e.g. ``20260131-142501-9f3a``: sorts by time, differs between processes."""
    now = now or datetime.now(UTC)
    return f"{now:%Y%m%d-%H%M%S}-{secrets.token_hex(2)}"


class EpisodeRecorder:
    """Records one episode into ``folder``. Nothing is opened before `open`.

    What is recorded after that is written in a thread; what goes wrong there is raised by the next call.
    """

    def __init__(self, folder: Path, episode_id: str):
        self.folder = folder
        self.episode_id = episode_id
        self._writer = Writer()

    def open(self, config: Mapping[str, Any]) -> None:
        """Make the folder, write the configuration, begin the log of events."""
        self.folder.mkdir(parents=True, exist_ok=True)
        write_json(self.folder / "config.json", config)
        self._log = (self.folder / "events.jsonl").open("a", encoding="utf-8")

    def event(self, event: Event, stamp: float | None = None) -> None:
        """Append one event; ``stamp`` is ROS time in seconds. It returns at once."""
        line = {
            "time": datetime.now(UTC).isoformat(),
            "stamp": stamp,
            "kind": event.kind.value,
            "step": event.step,
            "text": event.text,
            "thought": event.thought,
            "call": event.call,
        } | ({"data": event.data} if event.data else {})
        self._writer.do(partial(self._append, json.dumps(line, ensure_ascii=False) + "\n"))

    def _append(self, line: str) -> None:
        self._log.write(line)
        self._log.flush()

    def finish(
        self,
        instruction: str,
        messages: Sequence[Message],
        refused: Sequence[int],
        result: EpisodeResult,
        scene: SceneGraph | None = None,
        earlier: Sequence[tuple[Sequence[Message], Sequence[int]]] = (),
        recording: Mapping[str, Any] | None = None,
    ) -> None:
        """Write the conversation; assistant turns whose index is in ``refused`` carry ``loss: false``.

        It returns when all is written, or raises TimeoutError where the disk is too slow for that.

        Args:
            instruction: as it was said.
            messages: the conversation, the last one where there were several.
            refused: see above.
            result: how it ended.
            scene: what was observed last; None where nothing was moved in any world.
            earlier: conversations before the last, each with its refused turns (looks for what was not in sight, and
                what was said before a takeover).
            recording: what became of the recording of topics; None where there was to be none.
        """
        record = {
            "id": self.episode_id,
            "instruction": instruction,
            "conversations": conversations(messages, refused),
            "outcome": result.outcome.value,
            "code": result.code,
            "message": result.message,
            "goal": str(result.goal) if result.goal is not None else None,
            "steps": steps_of(result),
            "counts": vars(result.counts),
        }
        if result.takeovers:
            record["takeovers"] = len(result.takeovers)
        if earlier:
            record["earlier"] = [conversations(*before) for before in earlier]
        if scene is not None:
            record["scene"] = scene.model_dump(mode="json", exclude_defaults=True)
        if recording is not None:
            record["recording"] = dict(recording)
        self._writer.do(partial(write_json, self.folder / "episode.json", record))
        self._writer.do(self._log.close)
        self._writer.wait(_CLOSE_S)


def steps_of(result: EpisodeResult) -> list[dict[str, Any]]:
    """Return the robot's calls and what persons did between them, in order; the latter say ``source: human``."""
    steps: list[dict[str, Any]] = [{"call": str(call), "result": text} for call, text in result.steps]
    for turn in reversed(result.takeovers):
        facts = {"from": turn.source, "seconds": round(turn.seconds, 1), "distance_m": round(turn.distance_m, 2)}
        steps.insert(turn.after, {"source": HUMAN, "result": turn.text, **facts, "changed": list(turn.changed)})
    return steps


def conversations(messages: Sequence[Message], refused: Sequence[int] = ()) -> list[dict[str, Any]]:
    """Return messages in the schema of AgentInstruct: the model's turns carry loss, all others null."""
    wrong = set(refused)
    return [
        {
            "from": _FROM[message.role],
            "loss": (index not in wrong) if message.role == "assistant" else None,
            "value": message.content,
        }
        for index, message in enumerate(messages)
    ]


def add_facts(path: Path, facts: Mapping[str, Any]) -> None:
    """Add to an ``episode.json`` what was found out after the episode's end."""
    write_json(path, json.loads(path.read_text(encoding="utf-8")) | dict(facts))


def write_json(path: Path, data: Any) -> None:
    """Write a file whole or not at all."""
    with whole_file(path) as file:
        file.write(json.dumps(data, indent=1, ensure_ascii=False, default=str) + "\n")


@contextmanager
def whole_file(path: Path) -> Iterator[TextIO]:
    """Open a text file for writing that is there only once the block has ended well."""
    partial = path.with_suffix(path.suffix + ".partial")
    try:
        with partial.open("w", encoding="utf-8") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())  # else a power cut may leave the new name with nothing in it
        os.replace(partial, path)
    finally:
        partial.unlink(missing_ok=True)
