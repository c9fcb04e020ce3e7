# SPDX-License-Identifier: Apache-2.0
"""What is learned from an episode in which a person took over: what the model said after they gave the robot back.

After each takeover a new conversation begins, in the scene as it is then. What the model did before led to where a
person had to step in, and nobody says which turn did; what the person did stands in turns that are never learned.
"""

from typing import Any

from agent_planner.recording.episode import HUMAN
from agent_planner.tuning.data.formats import schema_of
from agent_planner.tuning.data.schema import Schema


def learned_after_takeover(data: dict[str, Any]) -> dict[str, Any]:
    """Mark all but the last conversation as not to be learned, where a person's step is among those of an episode.

    Args:
        data: an episode, with its earlier conversations, or anything else that can be imported, which stays as it is.
    """
    if schema_of(data) is not Schema.AGENT or "earlier" not in data:
        return data
    if not any(step.get("source") == HUMAN for step in data.get("steps", ())):
        return data
    unlearned = [[turn | {"loss": False} if turn.get("loss") else turn for turn in turns] for turns in data["earlier"]]
    return {**data, "earlier": unlearned}
