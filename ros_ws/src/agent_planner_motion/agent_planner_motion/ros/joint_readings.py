# SPDX-License-Identifier: Apache-2.0
"""The newest of each joint: an arm and its gripper may be told of by publishers of their own."""

import math
import time
from collections import deque
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from sensor_msgs.msg import JointState

from agent_planner_motion.errors import MissingData
from agent_planner_motion.ros.messages import STALE, fresh, seconds

_TOPIC = "joint_states"
_SPAN = 0.1  # seconds over which a rate is taken from positions: a driver may tell of the same one several times


class Measured(NamedTuple):
    """Some joints.

    Attributes:
        stamp: of the one that was measured longest ago, seconds of ROS time.
        positions: (n,).
        rates: (n,); nan: not known yet.
    """

    stamp: float
    positions: np.ndarray
    rates: np.ndarray


class _Reading(NamedTuple):
    stamp: float
    position: float
    rate: float


class JointReadings:
    """Keeps what was measured last. It takes one message at a time, and may be read meanwhile.

    Args:
        names: of the joints.
    """

    def __init__(self, names: Sequence[str]):
        self._names = tuple(names)
        self._newest: dict[str, _Reading] = {}
        self._past: dict[str, deque[tuple[float, float]]] = {name: deque() for name in names}
        self._heard = False
        self._started = time.monotonic()

    @property
    def stamp(self) -> float | None:
        """Stamp of the joint that was measured longest ago, or None if one was not."""
        newest = self._newest
        return min((newest[name].stamp for name in self._names), default=None) if self._complete(newest) else None

    def take(self, message: JointState) -> None:
        """Keep what a message tells of the joints; without a position for each of its names it tells nothing."""
        stamp, told = seconds(message.header.stamp), {}
        names = message.name if len(message.position) == len(message.name) else ()
        rates = message.velocity if len(message.velocity) == len(names) else [math.nan] * len(names)
        for name, position, rate in zip(names, message.position, rates, strict=False):
            if name in self._past:
                # As joint_state_broadcaster tells of a joint whose velocity nobody measures: not a number.
                measured = rate if math.isfinite(rate) else self._rate(name, stamp, position)
                told[name] = _Reading(stamp, position, measured)
        self._newest, self._heard = self._newest | told, True

    def read(self, now: float) -> Measured:
        """Return all of them.

        Raises:
            MissingData: nothing came of one, or what came is old, or not a finite number.
        """
        newest = self._newest
        if not self._complete(newest):
            absent = [name for name in self._names if name not in newest]
            topic = f"{_TOPIC} (without {', '.join(absent)})" if self._heard else _TOPIC
            raise MissingData(topic, time.monotonic() - self._started)
        readings = [newest[name] for name in self._names]
        fresh(_TOPIC, max(reading.stamp for reading in readings), now)
        oldest = min(self._names, key=lambda name: newest[name].stamp)
        stamp = fresh(f"{_TOPIC} (without {oldest})", newest[oldest].stamp, now)
        for name, reading in zip(self._names, readings, strict=True):
            if not math.isfinite(reading.position):
                told = f"'{_TOPIC}' has '{name}' at {reading.position}, where a finite position should be"
                raise MissingData(_TOPIC, now - stamp, told)
        return Measured(stamp, np.array([r.position for r in readings]), np.array([r.rate for r in readings]))

    def _complete(self, newest: dict[str, _Reading]) -> bool:
        return all(name in newest for name in self._names)

    def _rate(self, name: str, stamp: float, position: float) -> float:
        past = self._past[name]
        # A gap in the measurements proves nothing about the time in between; a clock that began anew, even less.
        if past and not past[-1][0] <= stamp <= past[-1][0] + STALE:
            past.clear()
        past.append((stamp, position))
        while len(past) > 1 and stamp - past[1][0] >= _SPAN:
            past.popleft()
        since, before = past[0]
        # The short way round: a driver may count a continuous joint's angle from -pi to pi.
        way = (position - before + math.pi) % math.tau - math.pi
        return way / (stamp - since) if stamp - since >= _SPAN else math.nan
