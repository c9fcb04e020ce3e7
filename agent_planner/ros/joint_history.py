# SPDX-License-Identifier: Apache-2.0
"""Joints at a moment of the past, whoever publishes them."""

import math
from collections import deque
from collections.abc import Sequence
from typing import NamedTuple

from sensor_msgs.msg import JointState

from agent_planner.ros.messages import to_seconds

_SPAN_S = 0.1  # over which a speed is measured: the steps of an encoder would make a shorter one noise


class _State(NamedTuple):
    stamp: float
    position: float
    velocity: float  # NaN, as a position: it is not told


class JointHistory:
    """Keeps the last states of each joint: arm and gripper may be told of by different publishers.

    Args:
        most: how many of each joint are kept.
    """

    def __init__(self, most: int = 200):
        self._most = most
        self._states: dict[str, deque[_State]] = {}

    @property
    def names(self) -> tuple[str, ...]:
        """All joints that were told of."""
        return tuple(self._states)

    def take(self, message: JointState) -> None:
        """Take what came on joint_states."""
        stamp = to_seconds(message.header.stamp)
        for number, name in enumerate(message.name):
            state = _State(stamp, _value(message.position, number), _value(message.velocity, number))
            self._states.setdefault(name, deque(maxlen=self._most)).append(state)

    def position(self, name: str, stamp: float) -> float | None:
        """Return a joint's position then, or the oldest that is kept; None: unknown."""
        known = self._until(name, stamp)
        return known[-1].position if known and math.isfinite(known[-1].position) else None

    def speed(self, name: str, stamp: float) -> float:
        """Return how fast a joint moved then, by its positions where no velocity was told; 0 where both are unknown."""
        known = self._until(name, stamp)
        if not known:
            return 0.0
        now = known[-1]
        if math.isfinite(now.velocity):
            return abs(now.velocity)
        earlier = [s for s in known if s.stamp < now.stamp and math.isfinite(s.position)]
        if not earlier or not math.isfinite(now.position):
            return 0.0
        then = next((s for s in reversed(earlier) if s.stamp <= now.stamp - _SPAN_S), earlier[0])
        return abs(now.position - then.position) / (now.stamp - then.stamp)

    def _until(self, name: str, stamp: float) -> list[_State]:
        states = self._states.get(name, ())
        return [state for state in states if state.stamp <= stamp] or list(states)[:1]


def _value(values: Sequence[float], number: int) -> float:
    return float(values[number]) if number < len(values) else math.nan
