# SPDX-License-Identifier: Apache-2.0
"""The scene as compact text for the prompt: a line an entity."""

from agent_planner.scene.graph import CONTAINER, OPENABLE, SURFACE, Entity, SceneGraph, ScenePlace

# Relations that an entity's line words in its own way or that would only repeat it.
_WORDED = frozenset({"at", "on", "in", "near", "holding"})


def robot_line(scene: SceneGraph) -> str:
    """Return e.g. ``robot: at desk, hand free``; the nearest entity alone is named."""
    at = next((name for name in scene.at if scene.entities[name].kind == "place"), None) or next(iter(scene.at), None)
    hand = f"holding {scene.holding}" if scene.holding else "hand free"
    extra = sorted(r.name.replace("_", " ") for r in scene.relations if not r.a and r.name not in _WORDED)
    return ", ".join([f"robot: at {at}" if at else "robot: at no place", hand, *extra])


def entity_line(scene: SceneGraph, name: str) -> str:
    """Return e.g. ``red cube: on desk, here`` (here: the robot is at it) or ``drawer: container, closed, away``."""
    entity = scene.entities[name]
    words = [*_attributes(entity), *_location(scene, entity), *_state(scene, entity)]
    if scene.holding != name:
        words.append("here" if name in scene.at else "away")
    return f"{name}: {', '.join(words)}"


def scene_text(scene: SceneGraph) -> str:
    """Return the whole scene, the robot first."""
    return "\n".join([robot_line(scene), *(entity_line(scene, name) for name in scene.entities)])


def _attributes(entity: Entity) -> list[str]:
    words = [entity.color] if entity.color and entity.color not in entity.name.split() else []
    return words + [a for a in (SURFACE, CONTAINER) if a in entity.affordances]


def _location(scene: SceneGraph, entity: Entity) -> list[str]:
    if scene.holding == entity.name:
        return ["in hand"]
    found = scene.location(entity.name)
    return [f"{found.name} {found.b}"] if found else []


def _state(scene: SceneGraph, entity: Entity) -> list[str]:
    words = []
    if isinstance(entity, ScenePlace) and OPENABLE in entity.affordances:
        words.append("open" if entity.is_open else "closed")
        if not entity.explored:
            words.append("not looked into")
    for relation in scene.relations:
        if relation.a == entity.name and relation.name not in _WORDED:
            words.append(" ".join([relation.name.replace("_", " "), relation.b]).strip())
    return words
