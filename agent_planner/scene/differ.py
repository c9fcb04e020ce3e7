# SPDX-License-Identifier: Apache-2.0
"""What changed between two observations."""

from agent_planner.scene.graph import SceneGraph
from agent_planner.scene.text import entity_line, lasting


def changes(before: SceneGraph, after: SceneGraph) -> tuple[str, ...]:
    """Return a line for each entity that came, went, or has another state or location.

    Where the robot is does not count: its own line says so, and every entity's ``here`` would change with it. Nor does
    the time since a thing was seen.
    """
    lines = []
    for name in after.entities:
        if name not in before.entities:
            lines.append(f"new: {entity_line(after, name)}")
        elif lasting(before, name) != lasting(after, name):
            lines.append(entity_line(after, name))
    lines += [f"gone: {name}" for name in before.entities if name not in after.entities]
    return tuple(lines)
