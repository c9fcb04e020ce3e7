# SPDX-License-Identifier: Apache-2.0
"""Exceptions, arranged by who must act."""

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pydantic import ValidationError

_SHOWN = 4


class AgentPlannerError(Exception):
    """Base of everything that this package raises on purpose."""

    def __reduce__(self) -> tuple[Any, ...]:
        """For other processes. Not by way of ``__init__``, which may want other things than what is said in the end."""
        return _again, (type(self), self.args), vars(self)


def _again(kind: type[AgentPlannerError], args: tuple[Any, ...]) -> AgentPlannerError:
    return kind.__new__(kind, *args)


class CallRefused(AgentPlannerError):
    """The model must act: its call was refused. Becomes an observation, never a crash.

    Attributes:
        code: a short constant, e.g. ``UNKNOWN_SKILL``.
        message: one sentence for the model and for a person.
    """

    def __init__(self, code: str, message: str):
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message


class UserError(AgentPlannerError):
    """The person must act: a file, an argument or a name is wrong. The command line prints it and exits with 2."""


class ConfigError(UserError):
    """A configuration or skill file is wrong.

    Attributes:
        where: file, line and field as far as they are known.
    """

    def __init__(self, where: str, message: str):
        super().__init__(f"{where}: {message}")
        self.where = where


class InfrastructureError(AgentPlannerError):
    """A machine, a network or another process must be looked at; trying again later may help."""


class ModelError(InfrastructureError):
    """The language model did not give a usable answer (down, slow, cut, garbage)."""


class ContextFull(ModelError):
    """A conversation is longer than its model reads; other conversations with that model may go on."""


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return a half sentence with the nearest known name and all of them, for the end of a message."""
    names = sorted(known)
    near = get_close_matches(word, names, n=1, cutoff=0.5)
    hint = f"did you mean '{near[0]}'? " if near else ""
    shown = ", ".join(names[:30]) + (", …" if len(names) > 30 else "")
    return f"{hint}known: {shown or 'none'}"


def clock_ahead(topic: str, seconds: float) -> str:
    """What is wrong where what comes on a topic is stamped in the future, for a person."""
    return f"the clock that stamps '{topic}' is {seconds:.1f} s ahead of ours; use one clock for all machines"


# What pydantic says in Python's words, for those who write YAML.
_IN_YAML = {
    "tuple_type": "must be a list",
    "dict_type": "must be a mapping",
    "model_type": "must be a mapping",
    "string_type": "must be text",
    "missing": "is missing",
    "extra_forbidden": "is no field that is known here",
    "union_tag_not_found": "does not say of what type it is",
}


def fault_text(fault: Mapping[str, Any]) -> str:
    """Return one of the faults that pydantic found, as ``field: what is wrong``."""
    field = ".".join(str(part) for part in fault["loc"]) or "the file"
    return f"{field}: {_IN_YAML.get(fault['type'], fault['msg'].removeprefix('Value error, '))}"


def faults_text(error: "ValidationError") -> str:
    """Return the first of the faults that pydantic found, for one line."""
    return "; ".join(map(fault_text, error.errors()[:_SHOWN]))
