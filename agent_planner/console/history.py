# SPDX-License-Identifier: Apache-2.0
"""Recorded episodes for the page."""

from pathlib import Path
from typing import Any

from agent_planner.agent.events import EventKind
from agent_planner.errors import ConfigError
from agent_planner.recording.episodes import UNREADABLE, RecordedEpisode, find_episodes

_MOST = 200


def episode_rows(runs: Path | None) -> list[dict[str, Any]]:
    """A row an episode, the newest first, at most 200."""
    return [_row(episode) for episode in _found(runs)[: -_MOST - 1 : -1]]


def episode_events(runs: Path | None, episode_id: str) -> list[dict[str, Any]] | None:
    """All events of one; None if there is none of exactly that id.

    Raises:
        ConfigError: it cannot be read.
    """
    episode = next((one for one in _found(runs) if one.id == episode_id), None)
    if episode is None:
        return None
    return [
        {
            "episode_id": episode.id,
            "time": timed.time.timestamp(),
            "kind": timed.event.kind.name,
            "step": timed.event.step,
            "text": timed.event.text,
            "thought": timed.event.thought,
            "call": timed.event.call,
            "data": timed.event.data,
        }
        for timed in episode.events
    ]


def _found(runs: Path | None) -> list[RecordedEpisode]:
    return find_episodes(runs) if runs is not None and runs.is_dir() else []


def _row(episode: RecordedEpisode) -> dict[str, Any]:
    try:
        told = episode.summary()
        kinds = [timed.event.kind for timed in episode.events]
        taken = [event for event in episode.takeovers if event.data.get("active")]
    except ConfigError as error:
        row = dict.fromkeys(("began", "instruction", "calls", "seconds", "takeovers"))
        return {"id": episode.id, **row, "outcome": UNREADABLE, "fault": str(error)}
    return {
        "id": episode.id,
        "began": told["time"],
        "instruction": told["instruction"],
        "outcome": told["outcome"],
        "calls": kinds.count(EventKind.RESULT),
        "seconds": told["seconds"],
        "takeovers": len(taken),
    }
