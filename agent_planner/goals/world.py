# SPDX-License-Identifier: Apache-2.0
"""The symbolic world: what a call needs, and the scene after it if all goes well."""

from itertools import takewhile

from agent_planner.goals.holds import holds
from agent_planner.scene import Relation, SceneGraph
from agent_planner.skills import SkillLibrary
from agent_planner.types import Atom, Call


def unmet_needs(call: Call, library: SkillLibrary, scene: SceneGraph) -> tuple[Atom, ...]:
    """Return the needs of a checked call that do not hold."""
    return tuple(atom for atom in library[call.skill].needed(call) if not holds(atom, scene))


def met_needs(call: Call, library: SkillLibrary, scene: SceneGraph) -> tuple[Atom, ...]:
    """Return the needs of a checked call, in the library's order, up to the first that does not hold."""
    return tuple(takewhile(lambda atom: holds(atom, scene), library[call.skill].needed(call)))


def apply(call: Call, library: SkillLibrary, scene: SceneGraph) -> SceneGraph:
    """Return the scene after a successful call.

    The predicates of the scene keep their own laws: a thing is in one place, the robot is at one, what is
    open is not closed, what is put down is not held. Others are simply added or taken away.
    """
    for atom in library[call.skill].made(call):
        scene = _put(atom, scene)
    return scene


def root(name: str, scene: SceneGraph) -> str:
    """Return the outermost thing that an entity stands on or in (itself, if on nothing)."""
    seen = {name}
    while (location := scene.location(name)) is not None and location.b not in seen:
        name = location.b
        seen.add(name)
    return name


def _put(atom: Atom, scene: SceneGraph) -> SceneGraph:
    match atom:
        case Atom("at", (name,), False):
            return _at(scene, root(name, scene))
        case Atom("on" | "in" as where, (a, b), False):
            return _located(scene, a, Relation(where, a, b))
        case Atom("near", (a, b), False):
            beside = scene.location(b)
            placed = _located(scene, a, beside._replace(a=a)) if beside else _located(scene, a, None)
            return _with(placed, (*placed.relations, Relation("near", a, b)))
        case Atom("holding", (a,), False):
            lifted = _located(scene, a, None)
            return _with(lifted, (*lifted.relations, Relation("holding", a)))
        case Atom("holding", _, True) | Atom("hand_free", (), False) if scene.holding:
            return _dropped(scene)
        case Atom("open" | "closed" | "explored", (name,), False):
            return _opened(scene, name, atom.name)
        case Atom(name, args, negated):
            changed = Relation(name, *args[:2])
            kept = tuple(r for r in scene.relations if r != changed)
            return _with(scene, kept if negated else (*kept, changed))


def _with(scene: SceneGraph, relations: tuple[Relation, ...]) -> SceneGraph:
    return scene.replace(relations=relations)


def _at(scene: SceneGraph, spot: str) -> SceneGraph:
    """The robot is at everything that shares the spot (what it holds moves along and is not listed)."""
    here = [spot, *(n for n in scene.entities if n != spot and n != scene.holding and root(n, scene) == spot)]
    kept = tuple(r for r in scene.relations if r.name != "at")
    return _with(scene, (*kept, *(Relation("at", name) for name in here)))


def _located(scene: SceneGraph, name: str, location: Relation | None) -> SceneGraph:
    """Move an entity (out of the hand, too); what stands on or in it moves along."""
    kept = [
        r
        for r in scene.relations
        if not (r.name in ("on", "in", "holding", "at") and r.a == name)
        and not (r.name == "near" and name in (r.a, r.b))
    ]
    if location is not None:
        kept.append(location)
    moved = _with(scene, tuple(kept))
    if location is not None and scene.at and root(name, moved) in scene.at:
        moved = _with(moved, (*moved.relations, Relation("at", name)))
    return moved


def _dropped(scene: SceneGraph) -> SceneGraph:
    held = scene.holding
    spot = next(iter(scene.at), None)
    assert held is not None
    return _located(scene, held, Relation("on", held, spot) if spot and spot != held else None)


def _opened(scene: SceneGraph, name: str, state: str) -> SceneGraph:
    update = {"explored": True} if state == "explored" else {"is_open": state == "open"}
    places = tuple(p.model_copy(update=update) if p.name == name else p for p in scene.places)
    return scene.replace(places=places)
