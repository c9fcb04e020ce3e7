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


Emit = Callable[[Event], None]
