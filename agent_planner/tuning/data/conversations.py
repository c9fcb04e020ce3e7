# SPDX-License-Identifier: Apache-2.0
"""The conversations of files and of recorded episodes: an episode may hold several, and not all of them are learned.

What is learned from an episode in which a person took over is what the model said after they gave the robot back.
After each takeover a new conversation begins, in the scene as it is then. What the model did before led to where a
person had to step in, and nobody says which turn did; what the person did stands in turns that are never learned.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from agent_planner.recording.episode import HUMAN
from agent_planner.tuning.data.formats import schema_of
from agent_planner.tuning.data.records import AGENT, read_plain
from agent_planner.tuning.data.schema import Schema


def conversations_in(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield where each conversation stands, and what it is.

    Args:
        path: JSON lines, JSON, or a folder of episodes; see `read_plain`.

    Raises:
        ConfigError: it cannot be read, or is something else.
    """
    for where, data in read_plain(path):
        for one in conversations_of(data):
            yield where, one


def conversations_of(data: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield an object of any schema; of a recorded episode each conversation, the last one last, as the robot's."""
    if schema_of(data) is not Schema.AGENT or not ("earlier" in data or {"steps", "outcome"} <= data.keys()):
        yield data
        return
    rest = {"source": AGENT} | {name: value for name, value in data.items() if name != "earlier"}
    helped = any(step.get("source") == HUMAN for step in data.get("steps", ()))
    for number, turns in enumerate(data.get("earlier", ())):
        found = [turn | {"loss": False} if helped and turn.get("loss") else turn for turn in turns]
        yield {**rest, "id": f"{data.get('id', '')}/{number}", "conversations": found}
    yield rest
