# SPDX-License-Identifier: Apache-2.0
"""Starts again what dies, for as long as a robot is to stay up."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from agent_planner.cli.process import ChildProcess
from agent_planner.cli.stack import Stack

_FIRST_S, _LONGEST_S = 1.0, 30.0
# Who has run for so long before it died is not in a loop.
_STEADY_S = 60.0


@dataclass
class _Record:
    """One program's history: how often it died in a row, since when it runs, and when it is to be started again."""

    deaths: int = 0
    since: float = 0.0
    due: float | None = None


class Keeper:
    """Call `look` from the main thread, a few times a second.

    Each death in a row doubles the time until the next start, from 1 s to 30 s. What was going on is not taken up
    again: a supervisor that was started anew begins stopped, and one that misses its planner stops, so that a person
    decides (`agent-planner reset`).

    Args:
        stack: whose programs.
        say: tells the person.
        clock: steady time in seconds.
    """

    def __init__(self, stack: Stack, say: Callable[[str], object], clock: Callable[[], float] = time.monotonic):
        self._stack = stack
        self._say = say
        self._clock = clock
        self._records = {process.name: _Record(since=clock()) for process in stack.processes}

    def look(self) -> None:
        """Start what has died and whose time has come.

        Raises:
            UserError: a program has refused its parameters.
            InfrastructureError: one has died that is not to be started again.
        """
        for process in self._stack.processes:
            if process.exit_code is not None:
                self._dead(process, self._records[process.name])

    def _dead(self, process: ChildProcess, record: _Record) -> None:
        now = self._clock()
        if record.due is None:
            if not self._stack.respawns(process):
                self._stack.check()
            record.deaths = 1 if now - record.since > _STEADY_S else record.deaths + 1
            wait = min(_FIRST_S * 2 ** (record.deaths - 1), _LONGEST_S)
            record.due = now + wait
            self._say(f"{process.name} died ({process.ending}), see {process.log}; it is started again in {wait:g} s")
        elif now >= record.due:
            record.due, record.since = None, now
            self._stack.respawn(process)
            self._say(f"{process.name} was started again; `agent-planner reset` lets the robot act where it is stopped")
