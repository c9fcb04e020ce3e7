# SPDX-License-Identifier: Apache-2.0
"""Poses on the floor."""

import math
from typing import NamedTuple

import numpy as np

from agent_planner_motion.spatial import planar, yaw_of


class Pose2(NamedTuple):
    """Position in metres and heading in radians."""

    x: float
    y: float
    yaw: float

    @property
    def matrix(self) -> np.ndarray:
        """As a transform, (4, 4)."""
        return planar(*self)

    def distance(self, x: float, y: float) -> float:
        """Metres to a point."""
        return math.hypot(self.x - x, self.y - y)

    @classmethod
    def of(cls, matrix: np.ndarray) -> "Pose2":
        """Return the pose of a transform, (4, 4), seen from above."""
        return cls(float(matrix[0, 3]), float(matrix[1, 3]), yaw_of(matrix[:3, :3]))
