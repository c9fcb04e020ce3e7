# SPDX-License-Identifier: Apache-2.0
"""The latest transforms between frames (tf2_ros is not among the ROS wheels, and only the latest are needed)."""

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
        self._parents: dict[str, tuple[str, np.ndarray, float]] = {}

    def take(self, message: TFMessage) -> None:
        """Take what came on /tf or /tf_static."""
        with self._lock:
            for item in message.transforms:
                self._parents[item.child_frame_id] = (
                    item.header.frame_id,
                    transform_matrix(item.transform),
                    seconds(item.header.stamp),
                )

    def known(self) -> list[str]:
        """Return the names of all frames."""
        with self._lock:
            return sorted({*self._parents, *(parent for parent, _, _ in self._parents.values())})

    def lookup(self, target: str, source: str) -> np.ndarray | None:
        """Return the pose of one frame in another, (4, 4), or None if they are not joined."""
        up_source, up_target = self._to_root(source), self._to_root(target)
        common = next((name for name in up_source if name in up_target), None)
        return None if common is None else inverse(up_target[common]) @ up_source[common]

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
