# SPDX-License-Identifier: Apache-2.0
"""What happened, in order: the log, the feedback and the terminal's lines are all made from these."""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum
from typing import Any


class EventKind(Enum):
    """The values are the states that ExecuteInstruction's feedback names."""

    THINKING = "THINKING"
    GOAL = "GOAL"
    LOOKING = "LOOKING"
    PLANNING = "PLANNING"
    CALL = "CHECKING"
    REFUSED = "REFUSED"
    EXECUTING = "EXECUTING"
    RESULT = "RESULT"
    OBSERVED = "OBSERVING"
    QUESTION = "WAITING_FOR_OPERATOR"
    TELEOP = "TELEOP"
    ENDED = "ENDED"


@dataclass(frozen=True)
class Event:
    """``step`` counts the model's turns from 0, the goal."""

    kind: EventKind
    step: int
    text: str = ""
    thought: str = ""
    call: str = ""
    data: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Told:
    """What a client is told of an event; see the feedback of ExecuteInstruction.action."""

    step: int
    thought: str
    call: str
    state: str
    detail: str


def told(event: Event) -> Told:
    """An event as the client sees it; a goal stands in ``thought``, as the interface says."""
    is_goal = event.kind is EventKind.GOAL
    return Told(
        step=event.step,
        thought=event.text if is_goal else event.thought,
        call=event.call,
        state=event.kind.value,
        detail="" if is_goal or event.kind is EventKind.CALL else event.text,
    )


Emit = Callable[[Event], None]
