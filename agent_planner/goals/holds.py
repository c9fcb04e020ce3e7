# SPDX-License-Identifier: Apache-2.0
"""Whether an atom holds in a scene."""

from collections.abc import Iterable

from agent_planner.goals.goal import DID
from agent_planner.scene import SceneGraph
from agent_planner.scene.graph import CONTAINER
from agent_planner.scene.predicates import ACCESSIBLE
from agent_planner.types import Atom, Call, Value, number_text


def holds(atom: Atom, scene: SceneGraph, done: Iterable[Call] = ()) -> bool:
    """Evaluate a ground atom; ``done`` are the calls that have succeeded in the current step of the goal."""
    return _positive(atom, scene, done) is not atom.negated


def _positive(atom: Atom, scene: SceneGraph, done: Iterable[Call]) -> bool:
    if atom.name == DID:
        return any(_was_made(call, atom) for call in done)
    if atom.name == ACCESSIBLE:
        return cover_of(atom.args[0], scene) is None
    if atom.name == "at" and scene.holding == atom.args[0]:
        return True
    if atom.name == "near":
        a, b = atom.args
        return {Atom("near", (a, b)), Atom("near", (b, a))} & scene.facts != set()
    return atom.positive in scene.facts


def did_atom(call: Call) -> Atom:
    """The atom that a successful call makes true for ``did(…)`` goals."""
    return Atom(DID, (call.skill, *map(_written, call.args.values())))


def _written(value: Value) -> str:
    return value if isinstance(value, str) else number_text(value)


def _was_made(call: Call, atom: Atom) -> bool:
    """Whether a ``did(…)`` atom is about that call; a number may be written as ``90``, ``90.0`` or ``9e1``."""
    skill, *given = atom.args
    values = [*call.args.values()]
    return skill == call.skill and len(given) == len(values) and all(map(_says, given, values))


def _says(text: str, value: Value) -> bool:
    if isinstance(value, str):
        return text == value
    try:
        return number_text(float(text)) == number_text(value)
    except ValueError:
        return False


def cover_of(name: str, scene: SceneGraph) -> str | None:
    """Return the closed container that an entity is in, directly or further out."""
    seen = {name}
    while (location := scene.location(name)) is not None and location.b not in seen:
        name = location.b
        seen.add(name)
        entity = scene.entities.get(name)
        is_closed = Atom("open", (name,)) not in scene.facts
        if location.name == "in" and entity is not None and CONTAINER in entity.affordances and is_closed:
            return name
    return None


def unmet(step: Iterable[Atom], scene: SceneGraph, done: Iterable[Call] = ()) -> tuple[Atom, ...]:
    """Return the atoms of a step that do not hold, in its own order."""
    done = tuple(done)
    return tuple(atom for atom in step if not holds(atom, scene, done))
