# SPDX-License-Identifier: Apache-2.0
"""Which of several velocity commands reaches the base: the highest input that is not silent, clamped, else zero."""

import math
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple


class Velocity(NamedTuple):
    """Of the base in its own frame: metres and radians per second."""

    x: float = 0.0
    y: float = 0.0
    yaw: float = 0.0


ZERO = Velocity()


@dataclass(frozen=True)
class Limits:
    """Largest speeds in either direction, metres and radians per second."""

    linear: float = 0.5
    angular: float = 1.2

    def clamp(self, wanted: Velocity) -> Velocity:
        """Return the velocity within the limits; the direction of travel is kept, what is not a number stops."""
        if not all(map(math.isfinite, wanted)):
            return ZERO
        speed = math.hypot(wanted.x, wanted.y)
        factor = min(1.0, self.linear / speed) if speed > 0 else 1.0
        yaw = max(-self.angular, min(self.angular, wanted.yaw))
        return Velocity(wanted.x * factor, wanted.y * factor, yaw)


class VelocityMultiplexer:
    """Takes commands from named inputs and says what the base should do now.

    Args:
        inputs: names, the highest priority first.
        limits: what no input can exceed.
        timeout_s: after this long an input counts as silent.
        clock: steady time in seconds.
    """

    def __init__(self, inputs: Sequence[str], limits: Limits, timeout_s: float, clock: Callable[[], float]):
        self._inputs = tuple(inputs)
        self._limits = limits
        self._timeout_s = timeout_s
        self._clock = clock
        self._lock = threading.Lock()
        self._last: dict[str, tuple[float, Velocity]] = {}

    def put(self, name: str, wanted: Velocity) -> None:
        """Take a command.

        Raises:
            KeyError: there is no such input.
        """
        if name not in self._inputs:
            raise KeyError(f"no input '{name}'; known: {', '.join(self._inputs)}")
        with self._lock:
            self._last[name] = (self._clock(), wanted)

    def withdraw(self, name: str) -> None:
        """The input is silent from now on."""
        with self._lock:
            self._last.pop(name, None)

    def output(self) -> tuple[Velocity, str]:
        """Return the velocity and the name of the input that it comes from (empty: all are silent)."""
        now = self._clock()
        with self._lock:
            for name in self._inputs:
                when, wanted = self._last.get(name, (-math.inf, ZERO))
                if now - when < self._timeout_s:
                    return self._limits.clamp(wanted), name
        return ZERO, ""
