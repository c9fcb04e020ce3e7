# SPDX-License-Identifier: Apache-2.0
"""The scene as compact text for the prompt: a line an entity."""

from collections.abc import Iterable

from agent_planner.scene.graph import CONTAINER, OPENABLE, SURFACE, Entity, SceneGraph, SceneObject, ScenePlace
from agent_planner.types import Atom

# Relations that an entity's line words in its own way or that would only repeat it.
_WORDED = frozenset({"at", "on", "in", "near", "holding"})
# From these ages on, in seconds, it is told how long ago a thing was seen, and told in minutes.
_STALE_S, _MINUTES_S = 10.0, 120.0


def robot_line(scene: SceneGraph, conditions: Iterable[Atom] = ()) -> str:
    """Return e.g. ``robot: at desk, hand free``; the nearest entity alone is named.

    Args:
        scene: as it is observed.
        conditions: atoms about the robot of which it is told whether they hold: ``arm down yes, not docked no``.
    """
    at = next((name for name in scene.at if scene.entities[name].kind == "place"), None) or next(iter(scene.at), None)
    hand = f"holding {scene.holding}" if scene.holding else "hand free"
    facts = {r.name for r in scene.relations if not r.a and r.name not in _WORDED}
    told = [f"{atom} {'yes' if (atom.name in facts) is not atom.negated else 'no'}" for atom in conditions]
    beside = sorted(name.replace("_", " ") for name in facts - {atom.name for atom in conditions})
    return ", ".join([f"robot: at {at}" if at else "robot: at no place", hand, *beside, *told])


def entity_line(scene: SceneGraph, name: str) -> str:
    """Return e.g. ``red cube: on desk, here`` (here: the robot is at it) or ``drawer: container, closed, away``.

    What the robot is not at and was not seen for a while says so: ``cup: on shelf, away, seen 40 s ago``.
    """
    words = [*_words(scene, name), *_distance(scene, name)]
    if words[-1:] == ["away"]:
        words += _age(scene.entities[name])
    return f"{name}: {', '.join(words)}"


def lasting(scene: SceneGraph, name: str) -> str:
    """An entity's line without what changes by itself: where the robot is, and for how long nobody has looked.

    Where there is nothing else to say, the robot's being there is what lasts.
    """
    return f"{name}: {', '.join(_words(scene, name) or _distance(scene, name))}"


def _distance(scene: SceneGraph, name: str) -> list[str]:
    if scene.holding == name:
        return []
    return ["here"] if name in scene.at else ["away"]


def scene_text(scene: SceneGraph) -> str:
    """Return the whole scene, the robot first."""
    return "\n".join([robot_line(scene), *(entity_line(scene, name) for name in scene.entities)])


def _words(scene: SceneGraph, name: str) -> list[str]:
    entity = scene.entities[name]
    return [*_attributes(entity), *_location(scene, entity), *_state(scene, entity)]


def _age(entity: Entity) -> list[str]:
    """Nothing for what was seen just now, and for places."""
    seconds = entity.age_s if isinstance(entity, SceneObject) else 0.0
    if seconds < _STALE_S:
        return []
    return [f"seen {seconds:.0f} s ago" if seconds < _MINUTES_S else f"seen {seconds / 60:.0f} min ago"]


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
