# SPDX-License-Identifier: Apache-2.0
"""Random scenes for the symbolic world, with what closed things hide."""

from random import Random

from agent_planner.goals.world import root
from agent_planner.scene import Relation, SceneGraph, SceneObject, ScenePlace
from agent_planner.scene.graph import CONTAINER, OPENABLE, SURFACE
from agent_planner.tuning.zoo.vocabulary import Vocabulary

DEVICE, PLANT = "device", "plant"
# How often a distractor of a thing with a colour has its colour; of the others, how many first letters are the same.
_OF_COLOR, _LETTERS = 0.6, 2


def random_scene(rng: Random, words: Vocabulary, distracting: float = 0.0) -> SceneGraph:
    """Return a whole world: 3-8 places, 2-10 objects on and in them, the robot somewhere, sometimes holding.

    Args:
        rng: draws.
        words: what things are called.
        distracting: how often one more thing is easily taken for another one, by its colour or its first letters
            (things of one kind are there anyway).
    """
    places = _places(rng, words)
    objects = _objects(rng, words)
    if distracting and rng.random() < distracting:
        objects += _distractor(rng, objects, words)
    relations = _stands(rng, places)
    held = rng.choice(objects).name if rng.random() < 0.12 else None
    for thing in objects:
        if thing.name == held:
            relations.append(Relation("holding", thing.name))
        else:
            relations.append(_location(rng, thing.name, places))
    for place in places:
        if DEVICE in place.affordances and rng.random() < 0.4:
            relations.append(Relation("running", place.name))
    scene = SceneGraph(objects=tuple(objects), places=tuple(places), relations=tuple(relations))
    return _standing(rng, scene)


def _places(rng: Random, words: Vocabulary) -> list[ScenePlace]:
    nouns: list[tuple[str, frozenset[str]]] = []
    nouns += [(n, frozenset({SURFACE})) for n in rng.sample(words.surfaces, rng.randint(1, 3))]
    nouns += [(n, frozenset({CONTAINER})) for n in rng.choices(words.containers, k=rng.choice((0, 1, 1, 2, 2)))]
    openable = frozenset({CONTAINER, OPENABLE})
    nouns += [(n, openable) for n in rng.sample(words.openables, rng.choice((0, 1, 1, 1, 2)))]
    nouns += [(n, frozenset({DEVICE})) for n in rng.sample(words.devices, rng.choice((0, 0, 0, 1, 2)))]
    nouns += [(n, frozenset({PLANT})) for n in rng.sample(words.plants, rng.choice((0, 0, 0, 0, 1)))]
    nouns += [(n, frozenset()) for n in rng.sample(words.areas, rng.choice((0, 0, 1, 1, 2)))]
    rng.shuffle(nouns)
    places: list[ScenePlace] = []
    for noun, affordances in nouns:
        name = _unique(
            rng,
            noun,
            words,
            {p.name for p in places},
            often=CONTAINER in affordances and OPENABLE not in affordances,
        )
        if name is None:
            continue
        is_open = OPENABLE not in affordances or rng.random() < 0.3
        explored = OPENABLE not in affordances or is_open or rng.random() < 0.4
        places.append(ScenePlace(name=name, category=noun, affordances=affordances, is_open=is_open, explored=explored))
    return places


def _objects(rng: Random, words: Vocabulary) -> list[SceneObject]:
    nouns = rng.sample(words.objects, rng.randint(1, 5))
    picked = [rng.choice(nouns) for _ in range(rng.randint(1, 4))] + nouns
    rng.shuffle(picked)
    found: list[SceneObject] = []
    for noun in picked:
        alone = picked.count(noun) == 1 and rng.random() < 0.4
        name = noun if alone else _unique(rng, noun, words, {o.name for o in found}, often=True)
        if name is not None:
            found.append(_object(name, noun, words))
    return found


def _distractor(rng: Random, objects: list[SceneObject], words: Vocabulary) -> list[SceneObject]:
    """Another noun of the colour of one of the things, or one that begins as its noun does; nothing if none does."""
    new = [noun for noun in words.objects if all(o.category != noun for o in objects)]
    like = rng.choice(objects)
    color = like.name.removesuffix(like.category).strip()
    if color in words.colors and rng.random() < _OF_COLOR:
        noun = rng.choice(new)
        return [_object(f"{color} {noun}", noun, words)]
    alike = [noun for noun in new if noun[:_LETTERS] == like.category[:_LETTERS]]
    if not alike:
        return []
    noun = rng.choice(alike)
    name = noun if rng.random() < 0.4 else _unique(rng, noun, words, set(), often=True)
    return [_object(name, noun, words)] if name else []


def _object(name: str, noun: str, words: Vocabulary) -> SceneObject:
    color = next((c for c in words.colors if c in name.split()), "")
    return SceneObject(name=name, category=noun, color=color)


def _unique(rng: Random, noun: str, words: Vocabulary, taken: set[str], often: bool) -> str | None:
    """Give a noun a colour or another qualifier; never a name that contains another one."""
    if not often and noun not in taken and rng.random() < 0.75:
        return noun
    if noun in taken:
        return None
    for _ in range(4):
        qualifier = rng.choice(words.colors if rng.random() < 0.85 else words.qualifiers)
        if f"{qualifier} {noun}" not in taken:
            return f"{qualifier} {noun}"
    return None


def _stands(rng: Random, places: list[ScenePlace]) -> list[Relation]:
    """Some fixed containers stand on furniture, so that the robot is at both at once."""
    surfaces = [p.name for p in places if SURFACE in p.affordances]
    small = [p.name for p in places if p.affordances == {CONTAINER}]
    return [Relation("on", name, rng.choice(surfaces)) for name in small if surfaces and rng.random() < 0.35]


def _location(rng: Random, name: str, places: list[ScenePlace]) -> Relation:
    surfaces = [p.name for p in places if SURFACE in p.affordances]
    containers = [p.name for p in places if CONTAINER in p.affordances]
    if containers and rng.random() < 0.25:
        return Relation("in", name, rng.choice(containers))
    return Relation("on", name, rng.choice(surfaces))


def _standing(rng: Random, scene: SceneGraph) -> SceneGraph:
    if rng.random() < 0.3:
        return scene
    spot = root(rng.choice(scene.places).name, scene)
    here = [spot] + [n for n in scene.entities if n not in (spot, scene.holding) and root(n, scene) == spot]
    return scene.replace(relations=(*scene.relations, *(Relation("at", n) for n in here)))


def observed(world: SceneGraph) -> SceneGraph:
    """Return what can be seen of a world: what is in a thing that was not looked into is left out."""
    hidden = {o.name for o in world.objects if _is_hidden(o.name, world)}
    if not hidden:
        return world
    return world.replace(
        objects=tuple(o for o in world.objects if o.name not in hidden),
        relations=tuple(r for r in world.relations if not {r.a, r.b} & hidden),
    )


def _is_hidden(name: str, world: SceneGraph) -> bool:
    unexplored = {p.name for p in world.places if not p.explored}
    location = world.location(name)
    while location is not None:
        if location.name == "in" and location.b in unexplored:
            return True
        location = world.location(location.b)
    return False


def without(world: SceneGraph, name: str) -> SceneGraph:
    """Return the world without an entity (nothing may be on or in it)."""
    return world.replace(
        objects=tuple(o for o in world.objects if o.name != name),
        places=tuple(p for p in world.places if p.name != name),
        relations=tuple(r for r in world.relations if name not in (r.a, r.b)),
    )


def bare_of(world: SceneGraph, names: list[str]) -> SceneGraph | None:
    """The world without these things, or None where something is on or in one of them."""
    if any(r.b in names for r in world.relations):
        return None
    for name in names:
        world = without(world, name)
    return world
