# SPDX-License-Identifier: Apache-2.0
"""Who has the robot: its skills, or a person who took over and has not given it back."""

import math
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace

STICK = "stick"
SERVICE = "service"
# Less than this from one measurement to the next is noise, metres.
_STEP_M = 0.005


@dataclass(frozen=True)
class Takeover:
    """One takeover.

    Attributes:
        number: counts from 1.
        source: what it began with: `STICK` or `SERVICE`.
        since: steady time in seconds.
        until: steady time in seconds at which it ended; None while it lasts.
        distance_m: how far the base was driven in it, metres along its way.
    """

    number: int
    source: str
    since: float
    until: float | None = None
    distance_m: float = 0.0

    @property
    def active(self) -> bool:
        """Whether the person still has the robot."""
        return self.until is None


class TeleopHold:
    """States: the skills have the robot (at first), or a person has it. May be used from any thread.

    ======== ==================================================== ========
    from     what happens                                         to
    ======== ==================================================== ========
    skills   a command of the person that is not zero             person
    skills   `take`                                               person
    person   `give_back`                                          skills
    person   silence of the stick, where `release_s` says so, and skills
             where it was the stick that took over
    ======== ==================================================== ========

    A command of zero neither takes nor gives back: a stick at rest is no return of the robot.

    Args:
        release_s: silence of the stick that gives the robot back; 0: only `give_back` does.
        clock: steady time in seconds.
    """

    def __init__(self, release_s: float, clock: Callable[[], float]):
        self._release_s = release_s
        self._clock = clock
        self._lock = threading.Lock()
        self._newest: Takeover | None = None
        self._heard = 0.0
        self._at: tuple[float, float] | None = None

    @property
    def newest(self) -> Takeover | None:
        """The takeover that is in force, or else the last one; None if there was none."""
        return self._newest

    @property
    def active(self) -> bool:
        """Whether a person has the robot."""
        newest = self._newest
        return newest is not None and newest.active

    def command(self, moves: bool) -> bool:
        """The person sends something; whether it has become a takeover by that."""
        with self._lock:
            self._heard = self._clock()
            return moves and self._begin(STICK)

    def take(self) -> bool:
        """Take over without a stick; False where a person has the robot already.

        A takeover by the stick is not given back by its silence any more.
        """
        with self._lock:
            if self._newest is not None and self.active:
                self._newest = replace(self._newest, source=SERVICE)
                return False
            return self._begin(SERVICE)

    def give_back(self) -> bool:
        """The skills may move the robot again; False where they may already."""
        with self._lock:
            return self._end()

    def check(self) -> bool:
        """To be called often; True once, when silence has given the robot back."""
        with self._lock:
            by_stick = self._newest is not None and self._newest.source == STICK
            silent = self._clock() - self._heard >= self._release_s
            return bool(self._release_s) and by_stick and silent and self._end()

    def moved_to(self, x: float, y: float) -> None:
        """Where the base is now, metres, in a frame that does not move."""
        with self._lock:
            if self._newest is None or not self._newest.active or not (math.isfinite(x) and math.isfinite(y)):
                return
            if self._at is None:
                self._at = (x, y)
            step = math.dist(self._at, (x, y))
            if step >= _STEP_M:
                self._at = (x, y)
                self._newest = replace(self._newest, distance_m=self._newest.distance_m + step)

    def _begin(self, source: str) -> bool:
        if self.active:
            return False
        number = self._newest.number + 1 if self._newest is not None else 1
        self._newest, self._at = Takeover(number, source, self._clock()), None
        return True

    def _end(self) -> bool:
        if self._newest is None or not self._newest.active:
            return False
        self._newest = replace(self._newest, until=self._clock())
        return True
