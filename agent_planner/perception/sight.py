# SPDX-License-Identifier: Apache-2.0
"""What a camera sees where a thing should be."""

from enum import Enum
from functools import cache
from typing import Protocol

import numpy as np

from agent_planner.perception.frame import Frame
from agent_planner.perception.rigid import Vec3, apply

_STEP = 5  # points along each side
_BEHIND_M = 0.02
_MOST = 0.6  # share of a thing's points that must be looked at, and of these the share that must be seen through


class Sight(Enum):
    """What is seen in the place of a thing."""

    THERE = "there"  # something is seen where its surface should be
    EMPTY = "empty"  # the camera sees what is behind it
    HIDDEN = "hidden"  # something is in front of it, or too little can be told
    OUTSIDE = "outside"  # the camera does not look there


class Boxed(Protocol):
    """Something with a pose, (4, 4), and a size."""

    pose: np.ndarray
    size: Vec3


def sight(thing: Boxed, frame: Frame) -> Sight:
    """Compare the depth with the one at which the faces of a thing that look at the camera should be seen."""
    local, normals = _faces()
    points = apply(thing.pose, local * np.array(thing.size) * 0.9)
    facing = ((frame.camera[:3, 3] - points) * (normals @ thing.pose[:3, :3].T)).sum(axis=1) > 0
    expected, seen = frame.measured(points[facing])
    known = np.isfinite(seen)
    if known.mean() < _MOST:
        return Sight.OUTSIDE
    gap = (seen - expected)[known]
    if (gap > _BEHIND_M).mean() >= _MOST:
        return Sight.EMPTY
    return Sight.THERE if (np.abs(gap) <= _BEHIND_M).mean() >= 0.5 else Sight.HIDDEN


@cache
def _faces() -> tuple[np.ndarray, np.ndarray]:
    """Points on the faces of a cube of side 1 and the directions that they look to, (n, 3) each."""
    along = (np.arange(_STEP) + 0.5) / _STEP - 0.5
    points, normals = [], []
    for axis in range(3):
        for side in (-0.5, 0.5):
            for a in along:
                for b in along:
                    point = np.empty(3)
                    point[axis], point[(axis + 1) % 3], point[(axis + 2) % 3] = side, a, b
                    points.append(point)
                    normals.append(np.eye(3)[axis] * np.sign(side))
    return np.array(points), np.array(normals)
