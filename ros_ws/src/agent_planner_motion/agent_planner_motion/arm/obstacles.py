# SPDX-License-Identifier: Apache-2.0
"""What an arm can bump into, as boxes and upright or lying cylinders."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np

from agent_planner_motion.arm.description import Solid
from agent_planner_motion.spatial import inverse


class Obstacle(NamedTuple):
    """A box in the base frame, with the name of the entity it belongs to."""

    name: str
    pose: np.ndarray  # (4, 4)
    half: np.ndarray  # (3,)


class Obstacles:
    """A set of boxes and cylinders whose distance from many points is computed at once."""

    def __init__(self, boxes: Sequence[Obstacle] = (), solids: Iterable[Solid] = ()):
        boxes = list(boxes)
        round_ones = []
        for solid in solids:
            if solid.kind == "cylinder":
                round_ones.append(solid)
            else:
                boxes.append(Obstacle("robot", solid.pose, solid.half))
        self.boxes = tuple(boxes)
        self._inverse = inverse(np.array([b.pose for b in boxes]).reshape(-1, 4, 4))
        self._half = np.array([b.half for b in boxes]).reshape(-1, 3)
        self._round_inverse = inverse(np.array([s.pose for s in round_ones]).reshape(-1, 4, 4))
        self._round_half = np.array([s.half for s in round_ones]).reshape(-1, 3)

    def distance(self, points: np.ndarray) -> np.ndarray:
        """Return signed distances of points, (..., 3), from the nearest obstacle, (...); negative inside."""
        found = np.full(points.shape[:-1], np.inf)
        if len(self._half):
            local = np.abs(_local(self._inverse, points)) - self._half
            found = np.minimum(found, _signed(local).min(axis=-1))
        if len(self._round_half):
            local = _local(self._round_inverse, points)
            radial = np.hypot(local[..., 0], local[..., 1]) - self._round_half[:, 0]
            axial = np.abs(local[..., 2]) - self._round_half[:, 2]
            found = np.minimum(found, _signed(np.stack([radial, axial], axis=-1)).min(axis=-1))
        return found


def _local(inverses: np.ndarray, points: np.ndarray) -> np.ndarray:
    # (..., 3) and (m, 4, 4) to (..., m, 3), as one product
    turned = points.reshape(-1, 3) @ inverses[:, :3, :3].reshape(-1, 3).T
    return turned.reshape(*points.shape[:-1], len(inverses), 3) + inverses[:, :3, 3]


def _signed(excess: np.ndarray) -> np.ndarray:
    positive = np.maximum(excess, 0.0)
    outside = np.sqrt(np.einsum("...i,...i->...", positive, positive))
    return outside + np.minimum(excess.max(axis=-1), 0.0)
