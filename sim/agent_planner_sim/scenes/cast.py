# SPDX-License-Identifier: Apache-2.0
"""Who appears in a scene: entities that were asked for first, then drawn ones until the numbers are right."""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from agent_planner.errors import UserError
from agent_planner_sim.scenes.words import (
    CABINETS,
    CHESTS,
    COLORS,
    CONTAINERS,
    DRAWERS,
    OBJECTS,
    SURFACES,
    TRAYS,
    Wanted,
    clashes,
    understand,
)

_KINDS = {
    "surface": SURFACES,
    "chest": CHESTS,
    "drawer": DRAWERS,
    "cabinet": CABINETS,
    "bin": CONTAINERS,
    "tray": TRAYS,
    "object": tuple(OBJECTS),
}
# Furniture goes by its noun; the rest mostly by colour and noun.
_COLORED = {"bin": 0.8, "tray": 0.5, "object": 0.8}


@dataclass(frozen=True)
class Cast:
    """The entities of a scene by kind (a chest has the drawer at the same position of its list)."""

    surface: tuple[Wanted, ...]
    chest: tuple[Wanted, ...]
    drawer: tuple[Wanted, ...]
    cabinet: tuple[Wanted, ...]
    bin: tuple[Wanted, ...]
    tray: tuple[Wanted, ...]
    object: tuple[Wanted, ...]
    asked: frozenset[str]

    @property
    def names(self) -> list[str]:
        """Names of all entities."""
        return [wanted.name for kind in _KINDS for wanted in getattr(self, kind)]


def draw_cast(rng: Random, must_have: Sequence[str], numbers: dict[str, int], most: int = 12) -> Cast:
    """Choose names, each unlike every other.

    Args:
        rng: source of randomness.
        must_have: names of entities that have to be there.
        numbers: how many of each kind there are, as long as names are left.
        most: largest number of objects.

    Raises:
        UserError: a name that was asked for cannot be built, is given twice or contains another one.
    """
    found: dict[str, list[Wanted]] = {kind: [] for kind in _KINDS}
    taken: list[str] = []
    for name in must_have:
        if clashes(name, taken):
            raise UserError(f"'{name}' cannot be told from another of the wanted entities: {', '.join(taken)}")
        wanted = understand(name)
        found[wanted.kind].append(wanted)
        taken.append(name)
    if len(found["object"]) > most:
        raise UserError(f"{len(found['object'])} objects are wanted, this scene holds {most}")
    for kind, number in numbers.items():
        _fill(rng, found, kind, number, taken)
    # Each chest has a drawer and each drawer its chest; one that was drawn in vain is left out.
    _fill(rng, found, "chest", len(found["drawer"]), taken)
    _fill(rng, found, "drawer", len(found["chest"]), taken)
    pairs = len(found["drawer"])
    wanted_chests = [w for w in found["chest"] if w.name in must_have]
    found["chest"] = (wanted_chests + [w for w in found["chest"] if w not in wanted_chests])[:pairs]
    return Cast(**{kind: tuple(wanted) for kind, wanted in found.items()}, asked=frozenset(must_have))


def _fill(rng: Random, found: dict[str, list[Wanted]], kind: str, number: int, taken: list[str]) -> None:
    while len(found[kind]) < number:
        drawn = _draw(rng, kind, taken)
        if drawn is None:
            return
        found[kind].append(drawn)


def _draw(rng: Random, kind: str, taken: list[str]) -> Wanted | None:
    for _ in range(60):
        noun = rng.choice(_KINDS[kind])
        own = OBJECTS[noun][1] if kind == "object" else ""
        color = "" if own or rng.random() >= _COLORED.get(kind, 0.0) else rng.choice(tuple(COLORS))
        name = f"{color} {noun}" if color else noun
        if not clashes(name, taken):
            taken.append(name)
            return Wanted(name, noun, kind, color or own)
    return None
