# SPDX-License-Identifier: Apache-2.0
"""Predicates with a skill's parameters in them, as ``needs`` and ``makes`` write them."""

import re
from collections.abc import Mapping
from typing import NamedTuple

from agent_planner.types import Atom, Value

_FORM = re.compile(r"(not )?([a-z][a-z0-9_]*)(?:\(([a-z0-9_, ]*)\))?")


class Pattern(NamedTuple):
    """``not holding(object)``: a predicate whose arguments are names of parameters."""

    name: str
    args: tuple[str, ...] = ()
    negated: bool = False

    @classmethod
    def parse(cls, text: str) -> "Pattern":
        """Read ``[not ]name[(parameter, …)]``; spaces in a bare name stand for underscores.

        Raises:
            ValueError: the text has another form.
        """
        folded = text.strip()
        if "(" not in folded:
            head, tail = ("not ", folded[4:]) if folded.startswith("not ") else ("", folded)
            folded = head + tail.strip().replace(" ", "_")
        match = _FORM.fullmatch(folded)
        if not match:
            raise ValueError(f"'{text}' is not a predicate; write e.g. at(target), not holding(object), hand free")
        args = tuple(a.strip() for a in (match[3] or "").split(",") if a.strip())
        return cls(match[2], args, bool(match[1]))

    def ground(self, values: Mapping[str, Value]) -> Atom:
        """Put the call's arguments in the place of the parameters."""
        return Atom(self.name, tuple(str(values[a]) for a in self.args), self.negated)

    def __str__(self) -> str:
        return str(Atom(*self))
