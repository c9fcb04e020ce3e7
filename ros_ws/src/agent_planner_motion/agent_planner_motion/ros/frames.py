# SPDX-License-Identifier: Apache-2.0
"""The latest transforms between frames (tf2_ros is not among the ROS wheels, and only the latest are needed)."""

import math
import threading

import numpy as np
from tf2_msgs.msg import TFMessage

from agent_planner_motion.ros.messages import seconds, transform_matrix
from agent_planner_motion.spatial import inverse

_DEEPEST = 32


class Frames:
    """Keeps the newest transform of each frame to its parent."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        # Each frame's parent, its pose there, and when that was so, ROS time in seconds; infinite: it is static.
        self._parents: dict[str, tuple[str, np.ndarray, float]] = {}

    def take(self, message: TFMessage) -> None:
        """Take what came on /tf."""
        self._take(message, static=False)

    def take_static(self, message: TFMessage) -> None:
        """Take what came on /tf_static."""
        self._take(message, static=True)

    def _take(self, message: TFMessage, static: bool) -> None:
        with self._lock:
            for item in message.transforms:
                stamp = math.inf if static else seconds(item.header.stamp)
                self._parents[item.child_frame_id] = item.header.frame_id, transform_matrix(item.transform), stamp

    def known(self) -> list[str]:
        """Return the names of all frames."""
        with self._lock:
            return sorted({*self._parents, *(parent for parent, _, _ in self._parents.values())})

    def lookup(self, target: str, source: str) -> np.ndarray | None:
        """Return the pose of one frame in another, (4, 4), or None if they are not joined."""
        up_source, up_target = self._to_root(source), self._to_root(target)
        common = next((name for name in up_source if name in up_target), None)
        return None if common is None else inverse(up_target[common]) @ up_source[common]

    def oldest(self, target: str, source: str) -> float:
        """Return the oldest stamp on the way from one frame to the other, ROS time in seconds; infinite: all static."""
        up_source, up_target = self._to_root(source), self._to_root(target)
        with self._lock:
            # What is above both does not count.
            stamps = [self._parents[name][2] for name in up_source.keys() ^ up_target if name in self._parents]
        return min(stamps, default=math.inf)

    def _to_root(self, frame: str) -> dict[str, np.ndarray]:
        # The frame's pose in each of its ancestors, the nearest first.
        found = {frame: np.eye(4)}
        here = np.eye(4)
        with self._lock:
            for _ in range(_DEEPEST):
                if frame not in self._parents:
                    break
                parent, pose, _ = self._parents[frame]
                here = pose @ here
                frame = parent
                found[frame] = here
        return found
