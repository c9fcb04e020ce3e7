# SPDX-License-Identifier: Apache-2.0
"""Robots whose everyday skills need more than usual, so that a model must read needs in place of remembering them."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from agent_planner.scene.graph import OPENABLE
from agent_planner.tuning.zoo.families import Family


@dataclass(frozen=True)
class Body:
    """A way in which a robot is unlike others.

    Attributes:
        needs: by role, what its skill needs beside its family's own needs (and after them).
        beside: roles that its library must have as well.
        fact: the predicate that may hold in a scene at first.
        affords: what an entity must afford for ``fact`` to hold of it; "" where the fact is about the robot.
    """

    needs: Mapping[str, tuple[str, ...]]
    beside: tuple[str, ...]
    fact: str
    affords: str = ""

    def changed(self, family: Family) -> Family:
        """The family as this robot has it."""
        return replace(family, needs=(*family.needs, *self.needs.get(family.role, ())))


_HANDS = ("pick", "place_on", "place_in", "open", "close", "wipe", "turn_over")

# A robot is like one of them or two whose facts differ. None must undo for driving what it did for working, and the
# reverse: such a robot is the panel's (`embodiment`).
BODIES: tuple[Body, ...] = (
    # It backs out of its dock before it drives.
    Body({"navigate": ("not docked",)}, ("undock",), "docked"),
    # Its camera needs light.
    Body(
        dict.fromkeys(("pick", "inspect", "scan", "photograph"), ("work_light_on",)), ("work_light",), "work_light_on"
    ),
    # It stands firmly before its arm moves.
    Body(dict.fromkeys(_HANDS, ("braced",)), ("brace",), "braced"),
    # It lets go of the floor before it drives.
    Body({"navigate": ("not braced",)}, ("unbrace",), "braced"),
    # It drives by a map that it makes first.
    Body({"navigate": ("room_mapped",)}, ("map",), "room_mapped"),
    # What is locked does not open.
    Body({"open": ("not locked({0})",)}, ("unlock",), "locked", OPENABLE),
)
