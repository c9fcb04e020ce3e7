# SPDX-License-Identifier: Apache-2.0
"""Parts of the training data that an ablation does without."""

import re
from collections.abc import Callable
from functools import cache
from typing import Any

from agent_planner.agent.conversation import UNMET, system_turn, tells_failure
from agent_planner.tuning.collect.names import LeaveOut
from agent_planner.tuning.data.records import HUMAN, Record, Turn, human, said
from agent_planner.tuning.scenarios.hidden import LOOK
from agent_planner.tuning.scenarios.scenario import default_library

_FORK = re.compile(r"/fork\d+")
_HIDDEN = re.compile(r"/hidden\d+$")


def without(record: Record, part: LeaveOut) -> Record | None:
    """The record without that part; None where nothing is left of it.

    recoveries: what should have been said instead of a mistake, and all that comes after a mistake or a failed call.
    twins: situations that lack a thing or an ability on purpose (``…/twin``), and of worlds where things lie hidden
        (``…/hidden0`` and on) what asks for these, which is missing there until somebody has looked. What can be done
        with the same words stays: the situation itself, ``…/found0`` and on, and a look.
    renamed: libraries that do not have the shipped skills as they are (a twin's may lack one of them).
    thoughts: of each thought only the unmet atom that it begins with stays, without which no turn is well-formed.
    """
    return _WITHOUT[part](record)


def _without_recoveries(record: Record) -> Record | None:
    if _FORK.search(record.id):
        return None
    for place, turn in enumerate(record.conversations):
        if turn.loss is False or tells_failure(turn.value):
            return record.model_copy(update={"conversations": record.conversations[:place]}) if place else None
    return record


def _without_twins(record: Record) -> Record | None:
    known: dict[str, Any] = record.model_extra or {}
    group = str(known.get("group", ""))
    lacks = group.endswith("/twin") or (_HIDDEN.search(group) and known.get("family") != LOOK)
    return None if lacks else record


def _without_renamed(record: Record) -> Record | None:
    told = record.conversations[0].value.splitlines()
    missing = sum(line not in told for line in _shipped_lines())
    return record if missing <= 1 else None


@cache
def _shipped_lines() -> tuple[str, ...]:
    """How the shipped skills stand in a system turn; the rules before them are the same for every library."""
    return tuple(system_turn(default_library()).splitlines())


def _without_thoughts(record: Record) -> Record:
    turns: list[Turn] = []
    for turn in record.conversations:
        before = turns[-1].value if turns else ""
        turns.append(human(turn.value) if turn.source == HUMAN else said(_bare(turn.value, before), bool(turn.loss)))
    return record.model_copy(update={"conversations": tuple(turns)})


def _bare(answer: str, state: str) -> str:
    """A turn with a call, its thought cut off behind the atom; any other as it is."""
    thought, line_break, call = answer.rpartition("\n")
    unmet = [line.removeprefix(UNMET) for line in state.splitlines() if line.startswith(UNMET)]
    begun = [atom for line in unmet for atom in line.split("; ") if thought.startswith(atom)]
    return f"{max(begun, key=len)}{line_break}{call}" if begun else answer


_WITHOUT: dict[LeaveOut, Callable[[Record], Record | None]] = {
    LeaveOut.RECOVERIES: _without_recoveries,
    LeaveOut.TWINS: _without_twins,
    LeaveOut.RENAMED: _without_renamed,
    LeaveOut.THOUGHTS: _without_thoughts,
}
