# SPDX-License-Identifier: Apache-2.0
"""What goes out to a client is data: every text in it is made plain, and the parts of a result that are for reading."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from agent_planner.agent.conversation import relevant
from agent_planner.scene import SceneGraph, entity_line, robot_line
from agent_planner.scene.plain import plain
from agent_planner.types import Atom

if TYPE_CHECKING:
    from agent_planner.ros.client import Feedback

LONGEST = 500


def plain_data(data: Any) -> Any:
    """The same data with every text in it, keys too, on one line and without anything that could pass for a turn."""
    if isinstance(data, str):
        return plain(data, LONGEST)
    if isinstance(data, Mapping):
        return {plain_data(str(key)): plain_data(value) for key, value in data.items()}
    if isinstance(data, Iterable):
        return [plain_data(value) for value in data]
    return data


def progress_text(feedback: "Feedback") -> str:
    """One line for one message of the planner: ``executing: pick(object="red cube") gripping``."""
    detail = feedback.detail if feedback.detail != feedback.call else ""
    said = feedback.thought if feedback.state == "GOAL" else ""
    parts = (part for part in (said, feedback.call, detail) if part)
    state = feedback.state.lower().replace("_", " ")
    return plain(f"{state} {' '.join(parts)}".strip(), LONGEST)


def world_lines(scene: SceneGraph, said: Iterable[str]) -> list[str]:
    """The robot, and the entities that are named in what was said, as the scene shows them now."""
    text = " ".join(said)
    named = [name for name in scene.entities if name in text]
    near = relevant(scene, [Atom("", (name,)) for name in named])
    return seen_lines([robot_line(scene), *(entity_line(scene, name) for name in near)])


def seen_lines(lines: Iterable[str]) -> list[str]:
    """Lines about the scene, made plain, but with what they begin with: ``robot: …``, ``red cube: …``."""
    parts = (line.partition(": ") for line in lines)
    return [f"{plain(name)}: {plain(rest, LONGEST)}" for name, _, rest in parts]
