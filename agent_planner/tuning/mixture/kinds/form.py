# SPDX-License-Identifier: Apache-2.0
"""A form of conversations: one wording of a person, and what makes the rest."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from random import Random

# Person and model by turns.
Turns = tuple[str, ...]


@dataclass(frozen=True)
class Form:
    """A form belongs to one split as a whole.

    Attributes:
        wording: what tells it from others of its kind; decides the split.
        make: draws a conversation; None where what was drawn has nothing to be asked about.
    """

    wording: str
    make: Callable[[Random], Turns | None]


def forms(wordings: Iterable[str], make: Callable[[Random, str], Turns | None]) -> tuple[Form, ...]:
    """A form for each wording of one thing."""

    def made(wording: str) -> Form:
        return Form(wording, lambda rng: make(rng, wording))

    return tuple(map(made, wordings))
