# SPDX-License-Identifier: Apache-2.0
"""What an instruction asks of an ability, and how its wordings may be used."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class AbilityKind:
    """What a clause about an ability looks like.

    Attributes:
        kind: its name, the key of its wordings.
        role: the family that makes it.
        shape: what it is about. ``one``: an entity ``{o}``; ``two``: a movable object ``{o}`` and another entity
            ``{t}``; ``value``: ``{x}``; ``none``: nothing.
        atom: the predicate of its goal, with the entities in that order; ``did`` stands before the skill's name. Where it
            begins with ``not``, the goal is that it does not hold.
        affords: what ``{o}`` of ``one``, or ``{t}`` of ``two``, must afford ("" for any entity).
        values: what ``{x}`` may be.
    """

    kind: str
    role: str
    shape: Literal["one", "two", "value", "none"]
    atom: str = "did"
    affords: str = ""
    values: tuple[str, ...] = ()


def stands_alone(wording: str) -> bool:
    """Whether a wording is a sentence of its own: what begins with a small letter can be framed and joined."""
    return not wording[0].islower()


def sentence(wording: str, **slots: str) -> str:
    """The wording with its slots filled; what stands alone begins with a capital, also where a slot comes first."""
    text = wording.format(**slots)
    return capital(text) if stands_alone(wording) else text


def capital(text: str) -> str:
    """The text with a capital at its beginning; the rest stays."""
    return text[0].upper() + text[1:]
