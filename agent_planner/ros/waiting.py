# SPDX-License-Identifier: Apache-2.0
"""Waits that always end: by ROS time, and by a cap in steady time in case ROS time stands still."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

Clock = Callable[[], float]
_TICK_S = 0.05


@dataclass(frozen=True)
class Limits:
    """Bounds of one dispatch, seconds.

    Attributes:
        server_s: how long a server may take to appear (steady time).
        accept_s: how long it may take to answer a goal (steady time).
        cancel_s: how long it may take to come to rest after a cancel (steady time).
        lost_s: how long it may be gone from the network while a goal runs (steady time).
        cap_factor: a skill's time-out counts in ROS time; this many times the same counts in steady time.
    """

    server_s: float = 5.0
    accept_s: float = 5.0
    cancel_s: float = 10.0
    lost_s: float = 3.0
    cap_factor: float = 5.0


class Deadline:
    """Passed when ``seconds`` have gone by on the clock, or ``cap`` seconds of steady time."""

    def __init__(self, seconds: float, clock: Clock = time.monotonic, cap: float | None = None):
        self._clock = clock
        self._end = clock() + seconds
        self._cap = time.monotonic() + cap if cap is not None else None

    @property
    def passed(self) -> bool:
        """Whether waiting is over."""
        return self._clock() >= self._end or (self._cap is not None and time.monotonic() >= self._cap)


class Changes:
    """A lock and the news that something under it changed.

    Use it as a context manager around each change of state; `wait` sees the change at once.
    """

    def __init__(self) -> None:
        self._condition = threading.Condition()

    def __enter__(self) -> None:
        self._condition.acquire()

    def __exit__(self, *_: object) -> None:
        self._condition.notify_all()
        self._condition.release()

    def wait(self, predicate: Callable[[], bool], deadline: Deadline) -> bool:
        """Wait until the predicate holds (it is evaluated under the lock); False if the deadline passed first.

        Deadlines in ROS time and predicates on what no change tells of are looked at 20 times a second.
        """
        with self._condition:
            while not predicate():
                if deadline.passed:
                    return False
                self._condition.wait(_TICK_S)
            return True
