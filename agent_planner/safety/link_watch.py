# SPDX-License-Identifier: Apache-2.0
"""Whether somebody who was heard of is still there."""

import threading
from collections.abc import Callable
from enum import Enum


class Link(Enum):
    """What is known of the other end."""

    UNSEEN = "never heard of"
    ALIVE = "alive"
    LEFT = "left in order"
    LOST = "lost"


class LinkWatch:
    """Waits for beats. Silence counts only after the first of them, and not after a farewell.

    Args:
        timeout_s: silence after which the other end is lost.
        clock: steady time in seconds.
    """

    def __init__(self, timeout_s: float, clock: Callable[[], float]):
        self._timeout_s = timeout_s
        self._clock = clock
        self._lock = threading.Lock()
        self._last = 0.0
        self._who = ""
        self._replaced = self._vanished = self._doubted = False
        self.state = Link.UNSEEN

    @property
    def who(self) -> str:
        """Who is there; empty where nobody is known to be."""
        return self._who if self.state is Link.ALIVE else ""

    def beat(self, who: str = "") -> None:
        """It is there; another name than before means that the former one went without a word."""
        with self._lock:
            self._replaced = self._replaced or (self.state is Link.ALIVE and who != self._who)
            self._last, self._who = self._clock(), who
            self._vanished = self._doubted = False
            self.state = Link.ALIVE

    def leave(self) -> None:
        """It has said that it goes: no alarm."""
        with self._lock:
            self._last = self._clock()
            self._vanished = self._doubted = False
            self.state = Link.LEFT

    def vanish(self) -> None:
        """It went from the network without a word; a farewell that is still on its way has until the second `check`."""
        with self._lock:
            self._vanished = True

    def silent(self, seconds: float) -> bool:
        """Whether it should be heard of and was not for so long, or is lost altogether."""
        return self.state is Link.LOST or (self.state is Link.ALIVE and self._clock() - self._last >= seconds)

    def heard(self, seconds: float) -> bool:
        """Whether it is there, and was heard of less than so long ago; where nothing was heard yet, it is not."""
        return self.state is Link.ALIVE and self._clock() - self._last < seconds

    def check(self) -> bool:
        """To be called often; True once, when it is found to be lost (another may have taken its place)."""
        with self._lock:
            replaced, self._replaced = self._replaced, False
            gone = self._doubted or self._clock() - self._last >= self._timeout_s
            self._doubted, self._vanished = self._vanished, False
            if self.state is Link.ALIVE and gone:
                self.state = Link.LOST
                return True
            return replaced and self.state is Link.ALIVE
