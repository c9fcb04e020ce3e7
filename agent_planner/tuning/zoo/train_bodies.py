# SPDX-License-Identifier: Apache-2.0
"""Robots whose everyday skills need more than usual, so that a model must read needs in place of remembering them."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from random import Random

from agent_planner.scene.graph import OPENABLE
from agent_planner.tuning.zoo.families import Family, invented_word
from agent_planner.tuning.zoo.train_conditions import CONDITIONS


@dataclass(frozen=True)
class Body:
    """A way in which a robot is unlike others.

    Attributes:
        needs: by role, what its skill needs beside its family's own needs (and after them).
        beside: roles that its library must have as well.
        fact: the predicate that may hold in a scene at first.
        affords: what an entity must afford for ``fact`` to hold of it; "" where the fact is about the robot.
        condition: the ability that makes ``fact``, where it is no role that anybody asks for.
        undone_by: roles whose skills undo ``fact``.
    """

    needs: Mapping[str, tuple[str, ...]]
    beside: tuple[str, ...]
    fact: str
    affords: str = ""
    condition: Family | None = None
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
_UNDONE, _NO_WORD = 0.4, 0.25


def drawn_body(rng: Random) -> Body:
    """A robot with a condition for some of its work."""
    condition = rng.choice(CONDITIONS)
    fact = invented_word(rng) if rng.random() < _NO_WORD else condition.role
    condition = replace(condition, makes=(fact,))
    undone = (rng.choice(_UNDOING),) if rng.random() < _UNDONE else ()
    return Body(dict.fromkeys(rng.choice(_WORK), (fact,)), (), fact, condition=condition, undone_by=undone)
