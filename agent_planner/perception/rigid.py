# SPDX-License-Identifier: Apache-2.0
"""Rigid transforms as matrices, (4, 4). Metres; quaternions as (x, y, z, w), as ROS has them."""

import math
from collections.abc import Sequence

import numpy as np

from agent_planner.scene import Pose

Vec3 = tuple[float, float, float]


def transform(
    position: Sequence[float] | np.ndarray, quat: Sequence[float] | np.ndarray = (0.0, 0.0, 0.0, 1.0)
) -> np.ndarray:
    """Return the transform of a position and a quaternion, which is brought to unit length.

    Raises:
        ValueError: the quaternion is zero or not finite.
    """
    q = np.asarray(quat, dtype=float)
    norm = np.linalg.norm(q)
    if not norm > 1e-9 or not np.isfinite(norm):
        raise ValueError(f"({', '.join(f'{v:g}' for v in q)}) is no rotation; a quaternion has length 1")
    x, y, z, w = q / norm
    matrix = np.eye(4)
    matrix[:3, :3] = (
        (1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y)),
        (2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x)),
        (2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)),
    )
    matrix[:3, 3] = position
    return matrix


def quaternion(matrix: np.ndarray) -> tuple[float, float, float, float]:
    """Return the quaternion of a transform's rotation, with w >= 0."""
    m = matrix[:3, :3]
    # The outer product of the quaternion with itself, four times; its largest column is the least rounded.
    t = m.trace()
    outer = np.array(
        [
            [1 + 2 * m[0, 0] - t, m[1, 0] + m[0, 1], m[2, 0] + m[0, 2], m[2, 1] - m[1, 2]],
            [m[1, 0] + m[0, 1], 1 + 2 * m[1, 1] - t, m[2, 1] + m[1, 2], m[0, 2] - m[2, 0]],
            [m[2, 0] + m[0, 2], m[2, 1] + m[1, 2], 1 + 2 * m[2, 2] - t, m[1, 0] - m[0, 1]],
            [m[2, 1] - m[1, 2], m[0, 2] - m[2, 0], m[1, 0] - m[0, 1], 1 + t],
        ]
    )
    column = outer[:, int(np.argmax(outer.diagonal()))]
    x, y, z, w = column / np.linalg.norm(column) * (1.0 if column[3] >= 0 else -1.0)
    return float(x), float(y), float(z), float(w)


def inverse(matrix: np.ndarray) -> np.ndarray:
    """Return the inverse of a rigid transform."""
    back = np.eye(4)
    back[:3, :3] = matrix[:3, :3].T
    back[:3, 3] = -matrix[:3, :3].T @ matrix[:3, 3]
    return back


def apply(matrix: np.ndarray, points: np.ndarray) -> np.ndarray:
    """Return points, (..., 3), moved by a transform."""
    return points @ matrix[:3, :3].T.astype(points.dtype) + matrix[:3, 3].astype(points.dtype)


def blend(before: np.ndarray, after: np.ndarray, share: float) -> np.ndarray:
    """Return the transform that lies a share of the way from one to the other (0 to 1), turning evenly."""
    a, b = np.array(quaternion(before)), np.array(quaternion(after))
    b = b if a @ b >= 0 else -b
    angle = math.acos(min(1.0, float(a @ b)))
    shares = (math.sin((1 - share) * angle), math.sin(share * angle)) if angle > 1e-6 else (1.0, 0.0)
    turned = shares[0] * a + shares[1] * b
    return transform((1 - share) * before[:3, 3] + share * after[:3, 3], turned)


def yaw_of(matrix: np.ndarray) -> float:
    """Return the heading of a transform, radians: that of its x axis seen from above."""
    return math.atan2(matrix[1, 0], matrix[0, 0])


def upright(x: float, y: float, z: float, yaw: float) -> np.ndarray:
    """Return the transform of a thing that stands upright with a heading."""
    return transform((x, y, z), (0.0, 0.0, math.sin(yaw / 2), math.cos(yaw / 2)))


def pose_of(matrix: np.ndarray) -> Pose:
    """Return position and heading of a transform."""
    x, y, z = (float(v) for v in matrix[:3, 3])
    return Pose(x, y, z, yaw_of(matrix))
