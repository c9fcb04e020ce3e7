# SPDX-License-Identifier: Apache-2.0
"""The goal language: ``in(red cube, drawer); on(cup, desk) then closed(drawer)``, or why there is no goal."""

import re
from dataclasses import dataclass

from agent_planner.errors import CallRefused
from agent_planner.types import Atom

DID = "did"


@dataclass(frozen=True)
class Goal:
    """Ordered steps, each a conjunction of atoms."""

    steps: tuple[tuple[Atom, ...], ...]

    def __str__(self) -> str:
        return " then ".join("; ".join(map(str, step)) for step in self.steps)


@dataclass(frozen=True)
class Declined:
    """Why an instruction has no goal. ``words`` are the instruction's own; ``options`` entities of the scene.

    ``kind`` is one of: missing (a thing that is not there), which (several fit), no_skill (nothing in the
    library does it), none (nothing to do: ``words`` is then the answer).
    """

    kind: str
    words: str = ""
    options: tuple[str, ...] = ()

    def __str__(self) -> str:
        if self.kind == "none":
            return "none"
        options = f": {', '.join(self.options)}" if self.options else ""
        return f'{self.kind}("{self.words}"{options})'


Stated = Goal | Declined


def format_goal(stated: Stated) -> str:
    """Return the assistant's turn that states it."""
    answer = f"\n{stated.words}" if isinstance(stated, Declined) and stated.kind == "none" else ""
    return f"goal: {stated}{answer}"


_DECLINED = re.compile(r'(missing|no_skill|which)\("([^"]*)"(?:: ([^"()]*))?\)')
_ATOM = re.compile(r"(not )?([a-z][a-z0-9_]*)\(([^()]*)\)|(not )?([a-z][a-z0-9_ ]*)")


def parse_goal(text: str) -> Stated:
    """Read an assistant's turn ``goal: …``.

    Raises:
        CallRefused: BAD_GOAL, with what was expected.
    """
    body, _, answer = text.strip().partition("\n")
    if not body.startswith("goal:"):
        raise CallRefused("BAD_GOAL", "state the goal first: a line that begins with 'goal:'")
    body = body.removeprefix("goal:").strip()
    if body == "none":
        return Declined("none", answer.strip())
    if match := _DECLINED.fullmatch(body):
        options = tuple(o.strip() for o in (match[3] or "").split(",") if o.strip())
        return Declined(match[1], match[2], options)
    return Goal(tuple(tuple(_atom(a) for a in step.split(";")) for step in body.split(" then ")))


def _atom(text: str) -> Atom:
    match = _ATOM.fullmatch(text.strip())
    if not match:
        raise CallRefused("BAD_GOAL", f"'{text.strip()}' is not a predicate such as on(cup, desk)")
    if match[5]:
        return Atom(match[5].replace(" ", "_"), (), bool(match[4]))
    return Atom(match[2], tuple(a.strip() for a in match[3].split(",")), bool(match[1]))
