# SPDX-License-Identifier: Apache-2.0
"""Transforms between frames at a moment of the past (tf2_ros is not among the ROS wheels)."""

import bisect
import math
import threading
from collections import deque
from collections.abc import Callable
from typing import Any

import numpy as np

from agent_planner.perception.rigid import blend, inverse, transform
from agent_planner.ros.messages import to_seconds

_DEEPEST = 64
# How far a quaternion's length, squared, may be from 1: as tf2 has it.
_TOLERANCE = 0.01


class TfHistory:
    """Keeps the last seconds of each frame's transform to its parent; what is none is not taken.

    Args:
        seconds: how long it keeps them.
        complain: is told of each that is not taken, in the thread that brings it.
    """

    def __init__(self, seconds: float = 3.0, complain: Callable[[str], object] = lambda text: None):
        self._seconds = seconds
        self._complain = complain
        self._lock = threading.Lock()
        self._static: dict[str, tuple[str, np.ndarray]] = {}
        self._moving: dict[str, tuple[str, deque[tuple[float, Any]]]] = {}

    def take(self, message: Any) -> None:
        """Take what came on /tf, a tf2_msgs/TFMessage."""
        with self._lock:
            for item in self._sound(message):
                stamp, parent = to_seconds(item.header.stamp), item.header.frame_id
                before = self._moving.get(item.child_frame_id)
                # Another parent, or a clock that went back: what was known is of another time.
                if before is None or before[0] != parent or (before[1] and stamp < before[1][-1][0] - self._seconds):
                    before = self._moving[item.child_frame_id] = (parent, deque())
                if not before[1] or stamp > before[1][-1][0]:
                    before[1].append((stamp, item.transform))
                while before[1][0][0] < stamp - self._seconds:
                    before[1].popleft()

    def take_static(self, message: Any) -> None:
        """Take what came on /tf_static."""
        with self._lock:
            for item in self._sound(message):
                self._static[item.child_frame_id] = (item.header.frame_id, _matrix(item.transform))

    def lookup(self, target: str, source: str, stamp: float) -> np.ndarray | None:
        """Return the pose of one frame in another, (4, 4), as it was then.

        None where they are not joined, or one of the transforms between them is not known for that moment (yet).
        """
        up_source, up_target = self._to_root(source, stamp), self._to_root(target, stamp)
        common = next((name for name in up_source if name in up_target), None)
        return None if common is None else inverse(up_target[common]) @ up_source[common]

    def _sound(self, message: Any) -> list[Any]:
        taken = []
        for item in message.transforms:
            if fault := _fault(item.transform):
                self._complain(f"tf: '{item.child_frame_id}' in '{item.header.frame_id}' is not taken: {fault}")
            else:
                taken.append(item)
        return taken

    def _to_root(self, frame: str, stamp: float) -> dict[str, np.ndarray]:
        # The frame's pose in each of its ancestors, the nearest first.
        found = {frame: np.eye(4)}
        here = np.eye(4)
        with self._lock:
            for _ in range(_DEEPEST):
                step = self._step(frame, stamp)
                if step is None:
                    break
                frame, pose = step
                here = pose @ here
                found[frame] = here
        return found

    def _step(self, frame: str, stamp: float) -> tuple[str, np.ndarray] | None:
        if frame in self._static:
            return self._static[frame]
        if frame not in self._moving:
            return None
        parent, known = self._moving[frame]
        stamps = [time for time, _ in known]
        after = bisect.bisect_left(stamps, stamp - 1e-6)
        if after == len(stamps):
            return None
        if after == 0 or stamps[after] <= stamp + 1e-6:
            return (parent, _matrix(known[after][1])) if stamps[after] <= stamp + 1e-6 else None
        (early, first), (late, second) = known[after - 1], known[after]
        return parent, blend(_matrix(first), _matrix(second), (stamp - early) / (late - early))


def _matrix(message: Any) -> np.ndarray:
    p, q = message.translation, message.rotation
    return transform((p.x, p.y, p.z), (q.x, q.y, q.z, q.w))


def _fault(message: Any) -> str:
    p, q = message.translation, message.rotation
    if not all(map(math.isfinite, (p.x, p.y, p.z))):
        return f"the translation ({p.x:g}, {p.y:g}, {p.z:g}) is not finite"
    if not abs(q.x * q.x + q.y * q.y + q.z * q.z + q.w * q.w - 1.0) <= _TOLERANCE:
        return f"the rotation ({q.x:g}, {q.y:g}, {q.z:g}, {q.w:g}) is none; a quaternion has length 1"
    return ""
