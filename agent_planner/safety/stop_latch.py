# SPDX-License-Identifier: Apache-2.0
"""The stop itself: closed by anything, opened by a person alone."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace

_MOST_REASONS = 8


@dataclass(frozen=True)
class Stop:
    """One stop.

    Attributes:
        number: counts from 1.
        since: steady time in seconds.
        reasons: the first is what closed the latch; others came while it was closed.
    """

    number: int
    since: float
    reasons: tuple[str, ...]

    @property
    def reason(self) -> str:
        """All of them, for a person."""
        return "; ".join(self.reasons)


class StopLatch:
    """Open at first; closed, it stays so until `open`. May be used from any thread.

    Args:
        clock: steady time in seconds.
    """

    def __init__(self, clock: Callable[[], float]):
        self._clock = clock
        self._lock = threading.Lock()
        self._count = 0
        self._stop: Stop | None = None

    @property
    def stop(self) -> Stop | None:
        """The stop that is in force, if any."""
        return self._stop

    @property
    def active(self) -> bool:
        """Whether the robot is stopped."""
        return self._stop is not None

    def close(self, reason: str) -> Stop:
        """Stop; where that is so already, note the further reason, in place of the last one where there are many."""
        with self._lock:
            if self._stop is None:
                self._count += 1
                self._stop = Stop(self._count, self._clock(), (reason,))
            elif reason not in self._stop.reasons:
                self._stop = replace(self._stop, reasons=(*self._stop.reasons[: _MOST_REASONS - 1], reason))
            return self._stop

    def open(self, seen: Stop) -> bool:
        """End a stop; False where it is another one than was ``seen``, or has got a further reason since."""
        with self._lock:
            if self._stop is not seen:
                return False
            self._stop = None
            return True
