# SPDX-License-Identifier: Apache-2.0
"""Robots whose everyday skills need more than usual, so that a model must read needs in place of remembering them."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from random import Random

from agent_planner.scene.graph import OPENABLE
from agent_planner.tuning.zoo.families import Family, invented_word
from agent_planner.tuning.zoo.train_conditions import CONDITIONS, PAIRS


@dataclass(frozen=True)
class Body:
    """A way in which a robot is unlike others.

    Attributes:
        needs: by role, what its skill needs beside its family's own needs (and after them).
        beside: roles that its library must have as well.
        fact: the predicate that may hold in a scene at first.
        affords: what an entity must afford for ``fact`` to hold of it; "" where the fact is about the robot.
        conditions: the ability that makes ``fact``, where it is no role that anybody asks for, or two of which either
            ends what the other makes.
        undone_by: roles whose skills undo ``fact``.
    """

    needs: Mapping[str, tuple[str, ...]]
    beside: tuple[str, ...]
    fact: str
    affords: str = ""
    conditions: tuple[Family, ...] = ()
    undone_by: tuple[str, ...] = ()

    def changed(self, family: Family) -> Family:
        """The family as this robot has it."""
        undone = (f"not {self.fact}",) if family.role in self.undone_by else ()
        return replace(family, needs=(*family.needs, *self.needs.get(family.role, ())), makes=(*family.makes, *undone))


_LOOKS = ("inspect", "scan", "photograph")
_HANDS = ("pick", "place_on", "place_in", "open", "close", "wipe", "turn_over")

# A robot is like one of them or two whose facts differ. None must undo for driving what it did for working, and the
# reverse: such a robot is the panel's (`embodiment`).
BODIES: tuple[Body, ...] = (
    # It backs out of its dock before it drives.
    Body({"navigate": ("not docked",)}, ("undock",), "docked"),
    # Its camera needs light.
    Body(dict.fromkeys(("pick", *_LOOKS), ("work_light_on",)), ("work_light",), "work_light_on"),
    # It stands firmly before its arm moves.
    Body(dict.fromkeys(_HANDS, ("braced",)), ("brace",), "braced"),
    # It lets go of the floor before it drives.
    Body({"navigate": ("not braced",)}, ("unbrace",), "braced"),
    # It drives by a map that it makes first.
    Body({"navigate": ("room_mapped",)}, ("map",), "room_mapped"),
    # What is locked does not open.
    Body({"open": ("not locked({0})",)}, ("unlock",), "locked", OPENABLE),
)

# What a condition is needed for, and what undoes it again, where anything does.
_WORK = (
    ("navigate",),
    ("pick",),
    ("place_on", "place_in"),
    ("open", "close"),
    _HANDS,
    ("pick", *_LOOKS),
    ("navigate", "pick"),
    ("navigate", *_HANDS),
)
_UNDOING = ("navigate", "pick", "place_on", "place_in", "open")
_UNDONE, _NO_WORD, _PAIR = 0.6, 0.25, 0.55
# What either condition of a pair is needed for.
_SIDES = (
    (_HANDS, ()),
    (("navigate",), ()),
    (("pick",), ("place_on", "place_in")),
    (("pick", "place_on", "place_in"), ("open", "close")),
    (("open",), ("close",)),
    (_HANDS, _LOOKS),
    (("pick", *_LOOKS), ("open", "place_on", "place_in")),
)


def drawn_body(rng: Random) -> Body:
    """A robot with a condition, or with two of which one holds at a time, for some of its work."""
    if rng.random() < _PAIR:
        return _drawn_pair(rng)
    condition = rng.choice(CONDITIONS)
    fact = invented_word(rng) if rng.random() < _NO_WORD else condition.role
    condition = replace(condition, makes=(fact,))
    undone = (rng.choice(_UNDOING),) if rng.random() < _UNDONE else ()
    return Body(dict.fromkeys(rng.choice(_WORK), (fact,)), (), fact, conditions=(condition,), undone_by=undone)


def _drawn_pair(rng: Random) -> Body:
    one, other = rng.sample(rng.choice(PAIRS), 2)
    if rng.random() < _NO_WORD:
        facts = [f"{one.role.split('_')[0]}_{invented_word(rng)}" for _ in range(2)]
        if len(set(facts)) == 2:
            one = replace(one, makes=(facts[0], f"not {facts[1]}"))
            other = replace(other, makes=(facts[1], f"not {facts[0]}"))
    first, second = rng.choice(_SIDES)
    needs = {**dict.fromkeys(first, one.makes[:1]), **dict.fromkeys(second, other.makes[:1])}
    return Body(needs, (), one.makes[0], conditions=(one, other))
