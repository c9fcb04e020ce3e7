# SPDX-License-Identifier: Apache-2.0
"""Small frozen values that every layer shares."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import NamedTuple

Value = str | int | float | bool


class Atom(NamedTuple):
    """A ground predicate, e.g. ``in(red cube, drawer)``; ``negated`` turns it round."""

    name: str
    args: tuple[str, ...] = ()
    negated: bool = False

    def __str__(self) -> str:
        text = f"{self.name}({', '.join(self.args)})" if self.args else self.name.replace("_", " ")
        return f"not {text}" if self.negated else text

    @property
    def positive(self) -> "Atom":
        """The same atom without its negation."""
        return self._replace(negated=False)


@dataclass(frozen=True)
class Call:
    """One call of a skill, as the model said it."""

    skill: str
    args: Mapping[str, Value] = field(default_factory=dict)

    def __str__(self) -> str:
        shown = (f"{k}={_literal(v)}" for k, v in self.args.items())
        return f"{self.skill}({', '.join(shown)})"

    def key(self) -> tuple:
        """A hashable form, to compare calls with."""
        return (self.skill, tuple(sorted(self.args.items())))


def _literal(value: Value) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return number_text(value)


def number_text(value: float) -> str:
    """A number as text: all that an integer has, and of others what tells a coordinate to less than a millimetre."""
    return str(value) if isinstance(value, int) else f"{value:.12g}"


class ResultStatus(Enum):
    """How the execution of one call ended."""

    OK = "ok"
    FAILED = "failed"
    TIMEOUT = "timeout"
    CANCELLED = "cancelled"
    UNKNOWN = "unknown"
    DENIED = "refused"  # by the gate: nothing was sent


@dataclass(frozen=True)
class SkillResult:
    """What came back from a motion server, with its code and message."""

    status: ResultStatus
    code: str = ""
    message: str = ""
    seconds: float = 0.0

    @property
    def ok(self) -> bool:
        """True only for a confirmed success."""
        return self.status is ResultStatus.OK


class Outcome(Enum):
    """How an instruction ended; the values are those of ExecuteInstruction's result."""

    SUCCEEDED = "succeeded"
    ANSWERED = "answered"
    INFEASIBLE = "infeasible"
    NEEDS_OPERATOR = "needs_operator"
    FAILED = "failed"
    CANCELLED = "cancelled"
    TIMEOUT = "timeout"
    PREEMPTED = "preempted"
    UNKNOWN = "unknown"


# Values of those with which a person has what they asked for.
GOOD_OUTCOMES = (Outcome.SUCCEEDED.value, Outcome.ANSWERED.value)


class Level(Enum):
    """How far decoding is constrained (recorded and reported with every figure)."""

    RAW = "raw"
    GRAMMAR = "grammar"
    APPLICABLE = "applicable"


class Autonomy(Enum):
    """What may happen without asking a person."""

    AUTO = "auto"
    CONFIRM = "confirm"
    PLAN_ONLY = "plan_only"
    TELEOP = "teleop"  # a person has the robot
