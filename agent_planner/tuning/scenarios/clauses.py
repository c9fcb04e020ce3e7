# SPDX-License-Identifier: Apache-2.0
"""One thing to do: its words, and the atoms that say when it is done."""

from collections.abc import Mapping
from dataclasses import dataclass
from random import Random

from agent_planner.goals.goal import DID
from agent_planner.scene import SceneGraph
from agent_planner.scene.graph import CONTAINER, GRASPABLE, OPENABLE, SURFACE
from agent_planner.skills import Skill
from agent_planner.tuning.scenarios.phrasing import TRAINING, Phrasing
from agent_planner.tuning.scenarios.reference import core_phrase, phrase
from agent_planner.tuning.scenarios.scenes import DEVICE, PLANT
from agent_planner.tuning.zoo.kinds import AbilityKind, sentence
from agent_planner.types import Atom

Roles = Mapping[str, Skill]


@dataclass(frozen=True)
class Clause:
    """``text`` in words; ``atoms`` of one step; ``cores`` the phrase that stands for each entity.

    ``source`` is where the words say that the things are now, if they do. Of a clause about all that is there (its kind
    ends in ``_all``) the atoms name it, the words do not; ``stays`` is the one thing that they leave out.
    """

    kind: str
    role: str
    text: str
    atoms: tuple[Atom, ...]
    cores: Mapping[str, str]
    source: str | None = None
    stays: str | None = None


# kind: (role that makes it, how often it is drawn, what its entity must afford)
KINDS: dict[str, tuple[str, float, str]] = {
    "on": ("place_on", 5.0, SURFACE),
    "in": ("place_in", 5.0, CONTAINER),
    "on_many": ("place_on", 1.5, SURFACE),
    "in_many": ("place_in", 1.5, CONTAINER),
    "at": ("navigate", 1.5, ""),
    "holding": ("pick", 1.5, GRASPABLE),
    "open": ("open", 1.2, OPENABLE),
    "closed": ("close", 1.2, OPENABLE),
    "explored": ("open", 0.8, OPENABLE),
    "hand_free": ("place_on", 0.5, ""),
    "near": ("place_near", 1.5, ""),
    "running": ("switch_on", 1.2, DEVICE),
    "not running": ("switch_off", 1.2, DEVICE),
    "clean": ("wipe", 1.0, SURFACE),
    "watered": ("water", 1.0, PLANT),
    "locked": ("lock", 0.8, OPENABLE),
    "inspected": ("inspect", 0.8, ""),
    "scanned": ("scan", 0.8, GRASPABLE),
    "docked": ("dock", 0.8, ""),
    "photograph": ("photograph", 0.8, ""),
    "wait": ("wait", 0.8, ""),
    "posture": ("posture", 0.8, ""),
    "gripper": ("gripper", 0.6, ""),
    "wave": ("wave", 0.6, ""),
    "say": ("say", 0.6, ""),
    "light": ("light", 0.6, ""),
    "ring": ("ring", 0.6, ""),
}
# How often words say where a thing is now. How many things "everything" may be, and how often one of them stays.
_FROM, _MOST_AT_ONCE, _EXCEPT = 0.12, 4, 0.4
_SAID = (
    "dinner is ready",
    "the work is done",
    "hello everyone",
    "please step back",
    "I am on my way",
    "lunch time",
)


def draw_kind(rng: Random, roles: Roles, scene: SceneGraph) -> str | None:
    """Draw a kind that the library can do and the scene has something for; None if there is none."""
    fitting = {
        kind: weight
        for kind, (role, weight, affords) in KINDS.items()
        if role in roles and (not affords or any(affords in e.affordances for e in scene.entities.values()))
    }
    if scene.holding is None:
        fitting.pop("hand_free", None)
    return rng.choices(list(fitting), weights=list(fitting.values()))[0] if fitting else None


def make_clause(
    rng: Random, kind: str | None, roles: Roles, scene: SceneGraph, words: Phrasing = TRAINING
) -> Clause | None:
    """Return a clause of that kind about this scene, or None if it has nothing for it."""
    if kind is None:
        return None
    role, _, affords = KINDS[kind]
    match kind:
        case "on" | "in" | "near":
            return _two(rng, kind, role, scene, affords, words)
        case "on_many" | "in_many":
            return _many(rng, kind.removesuffix("_many"), role, scene, affords, words)
        case "wait" | "posture" | "gripper" | "say" | "light" | "wave" | "ring" | "hand_free" | "docked":
            return _without_entity(rng, kind, role, roles, words)
    names = [n for n, e in scene.entities.items() if not affords or affords in e.affordances]
    if not names:
        return None
    name = rng.choice(names)
    said, core = phrase(rng, scene, name)
    negated = kind.startswith("not ")
    atom = Atom(kind.removeprefix("not "), (name,), negated)
    if kind == "photograph":
        atom = Atom(DID, (roles[role].name, name))
    return Clause(kind, role, words.filled(rng.choice(words.of[kind]), o=said), (atom,), {name: core})


def _two(rng: Random, kind: str, role: str, scene: SceneGraph, affords: str, words: Phrasing) -> Clause | None:
    movable = [o.name for o in scene.objects if GRASPABLE in o.affordances]
    second = movable if kind == "near" else [n for n, e in scene.entities.items() if affords in e.affordances]
    pairs = [(a, b) for a in movable for b in second if a != b]
    if not pairs:
        return None
    a, b = rng.choice(pairs)
    location = scene.location(a)
    if kind in words.moved and location and location.name in ("on", "in") and location.b != b and rng.random() < _FROM:
        return _from_there(rng, kind, role, scene, (a, b), words)
    (said_a, core_a), (said_b, core_b) = phrase(rng, scene, a), phrase(rng, scene, b)
    text = words.filled(rng.choice(words.of[kind]), o=said_a, t=said_b)
    return Clause(kind, role, text, (Atom(kind, (a, b)),), {a: core_a, b: core_b})


def _from_there(rng: Random, kind: str, role: str, scene: SceneGraph, pair: tuple[str, str], words: Phrasing) -> Clause:
    thing, target = pair
    location = scene.location(thing)
    assert location is not None
    core, at = core_phrase(rng, scene, thing), core_phrase(rng, scene, location.b)
    said, core_t = phrase(rng, scene, target)
    slots = {"o": f"the {core}", "t": said, "q": location.name, "s": f"the {at}"}
    text = words.filled(rng.choice(words.moved[kind]), **slots)
    cores = {thing: core, target: core_t, location.b: at}
    return Clause(kind, role, text, (Atom(kind, pair),), cores, location.b)


def everything(rng: Random, kind: str, scene: SceneGraph, words: Phrasing) -> Clause | None:
    """Put all that is on a surface elsewhere, or all but one thing; None where the scene has nothing for it.

    Args:
        rng: draws.
        kind: ``on`` or ``in``.
        scene: what can be seen.
        words: in which it is said.
    """
    role, _, affords = KINDS[kind]
    targets = [p.name for p in scene.places if affords in p.affordances]
    if not targets:
        return None
    target = rng.choice(targets)
    on = {p.name: on_surface(scene, p.name) for p in scene.places if p.name != target}
    movable = {o.name for o in scene.objects if GRASPABLE in o.affordances}
    sources = [name for name, things in on.items() if 2 <= len(things) <= _MOST_AT_ONCE and movable.issuperset(things)]
    if not sources:
        return None
    source = rng.choice(sources)
    things, stays = on[source], rng.choice(on[source]) if rng.random() < _EXCEPT else None
    core, core_t = core_phrase(rng, scene, source), core_phrase(rng, scene, target)
    text = words.filled(rng.choice(words.everything), p=kind, s=f"the {core}", t=f"the {core_t}")
    if stays:
        text += rng.choice(words.exceptions).format(x=f"the {core_phrase(rng, scene, stays)}")
    atoms = tuple(Atom(kind, (n, target)) for n in things if n != stays)
    return Clause(f"{kind}_all", role, text, atoms, {target: core_t, source: core}, source, stays)


def on_surface(scene: SceneGraph, place: str) -> list[str]:
    """What lies on a place."""
    return [r.a for r in scene.relations if (r.name, r.b) == ("on", place)]


def _many(rng: Random, kind: str, role: str, scene: SceneGraph, affords: str, words: Phrasing) -> Clause | None:
    targets = [n for n, e in scene.entities.items() if affords in e.affordances and e.kind == "place"]
    if not targets or len(scene.objects) < 2:
        return None
    target = rng.choice(targets)
    said_t, core_t = phrase(rng, scene, target)
    nouns = [o.category for o in scene.objects if o.category in o.name]
    repeated = sorted({n for n in nouns if nouns.count(n) > 1})
    cores = {target: core_t}
    if repeated and rng.random() < 0.5:
        noun = rng.choice(repeated)
        chosen = [o.name for o in scene.objects if o.category == noun]
        wordings = (*words.place_all, *words.place_both * 2) if len(chosen) == 2 else words.place_all
        text = words.filled(rng.choice(wordings), o=plural(noun), p=kind, t=said_t)
    else:
        count = min(len(scene.objects), rng.choice((2, 2, 3)))
        chosen = rng.sample([o.name for o in scene.objects], count)
        phrases = [phrase(rng, scene, n) for n in chosen]
        cores |= {n: core for n, (_, core) in zip(chosen, phrases, strict=True)}
        said = [s for s, _ in phrases]
        listed = ", ".join(said[:-1]) + " and " + said[-1]
        text = words.filled(rng.choice(words.several[kind]), o=listed, t=said_t)
    return Clause(f"{kind}_many", role, text, tuple(Atom(kind, (n, target)) for n in chosen), cores)


def plural(noun: str) -> str:
    """Several of what an English noun names."""
    if noun.endswith(("s", "x", "ch", "sh")):
        return noun + "es"
    return noun[:-1] + "ies" if noun.endswith("y") and noun[-2] not in "aeou" else noun + "s"


def _without_entity(rng: Random, kind: str, role: str, roles: Roles, words: Phrasing) -> Clause | None:
    skill = roles[role]
    if kind in ("hand_free", "docked"):
        return Clause(kind, role, rng.choice(words.of[kind]), (Atom(kind),), {})
    if kind == "ring":
        options = words.ring.get(skill.description)
        return Clause(kind, role, rng.choice(options), (Atom(DID, (skill.name,)),), {}) if options else None
    value = {
        "wait": str(rng.choice((1, 2, 3, 5, 8, 10, 15, 20, 30, 45, 60, 90, 120))),
        "posture": rng.choice(("stow", "home", "ready")),
        "gripper": f"{rng.randint(1, 8) / 100:g}",
        "say": rng.choice(_SAID),
        "light": rng.choice(("red", "green", "blue", "off")),
        "wave": "",
    }[kind]
    args = (skill.name, value) if value else (skill.name,)
    return Clause(kind, role, words.filled(rng.choice(words.of[kind]), x=value), (Atom(DID, args),), {})


def ability_clause(rng: Random, kind: AbilityKind, wording: str, roles: Roles, scene: SceneGraph) -> Clause | None:
    """As `make_clause`, for a kind that the zoo describes; None if the scene has nothing for it."""
    affording = [n for n, e in scene.entities.items() if not kind.affords or kind.affords in e.affordances]
    cores: dict[str, str] = {}
    slots: dict[str, str] = {}
    args: tuple[str, ...] = ()
    if kind.shape == "value":
        slots["x"] = rng.choice(kind.values)
        args = (slots["x"],)
    elif kind.shape == "one":
        args = (rng.choice(affording),) if affording else ()
    elif kind.shape == "two":
        movable = [o.name for o in scene.objects if GRASPABLE in o.affordances]
        pairs = [(a, b) for a in movable for b in affording if a != b]
        args = rng.choice(pairs) if pairs else ()
    if kind.shape != "none" and not args:
        return None
    if kind.shape in ("one", "two"):
        for slot, name in zip("ot", args, strict=False):
            slots[slot], cores[name] = phrase(rng, scene, name)
    name = kind.atom.removeprefix("not ")
    atom = Atom(DID, (roles[kind.role].name, *args)) if name == DID else Atom(name, args, name != kind.atom)
    return Clause(kind.kind, kind.role, sentence(wording, **slots), (atom,), cores)
