# SPDX-License-Identifier: Apache-2.0
"""Rotations and rigid transforms, quaternions as (w, x, y, z)."""

import math

import numpy as np

Vec3 = tuple[float, float, float]
Quat = tuple[float, float, float, float]
IDENTITY: Quat = (1.0, 0.0, 0.0, 0.0)


def quat_from_rpy(rpy: Vec3) -> Quat:
    """Turn roll, pitch, yaw about fixed axes (URDF's convention, radians) into a quaternion."""
    cr, cp, cy = (math.cos(a / 2) for a in rpy)
    sr, sp, sy = (math.sin(a / 2) for a in rpy)
    return (
        cr * cp * cy + sr * sp * sy,
        sr * cp * cy - cr * sp * sy,
        cr * sp * cy + sr * cp * sy,
        cr * cp * sy - sr * sp * cy,
    )


def matrix_from_quat(quat: Quat) -> np.ndarray:
    """Return the rotation matrix, (3, 3)."""
    w, x, y, z = quat
    return np.array(
        [
            [1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y)],
            [2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x)],
            [2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)],
        ]
    )


def matrix_from_rpy(rpy: Vec3) -> np.ndarray:
    """Return the rotation matrix of roll, pitch, yaw, (3, 3)."""
    return matrix_from_quat(quat_from_rpy(rpy))


def quat_from_matrix(matrix: np.ndarray) -> Quat:
    """Return the quaternion of a rotation matrix, the one with w >= 0."""
    m = np.asarray(matrix, dtype=float)
    squares = 1 + np.array([m.trace(), *(2 * m.diagonal() - m.trace())])  # four times w², x², y², z²
    largest = int(np.argmax(squares))
    skew = (m[2, 1] - m[1, 2], m[0, 2] - m[2, 0], m[1, 0] - m[0, 1])
    row = {
        0: (squares[0], *skew),
        1: (skew[0], squares[1], m[0, 1] + m[1, 0], m[0, 2] + m[2, 0]),
        2: (skew[1], m[0, 1] + m[1, 0], squares[2], m[1, 2] + m[2, 1]),
        3: (skew[2], m[0, 2] + m[2, 0], m[1, 2] + m[2, 1], squares[3]),
    }[largest]
    quat = np.array(row) / np.linalg.norm(row)
    if quat[0] < 0:
        quat = -quat
    return (float(quat[0]), float(quat[1]), float(quat[2]), float(quat[3]))


def quat_multiply(a: Quat, b: Quat) -> Quat:
    """Return the rotation b followed by a."""
    aw, ax, ay, az = a
    bw, bx, by, bz = b
    return (
        aw * bw - ax * bx - ay * by - az * bz,
        aw * bx + ax * bw + ay * bz - az * by,
        aw * by - ax * bz + ay * bw + az * bx,
        aw * bz + ax * by - ay * bx + az * bw,
    )


def yaw_of(quat: Quat) -> float:
    """Return the heading of a rotation, radians."""
    w, x, y, z = quat
    return math.atan2(2 * (w * z + x * y), 1 - 2 * (y * y + z * z))


def turn(xy: tuple[float, float], yaw: float) -> tuple[float, float]:
    """Turn a planar vector by an angle."""
    c, s = math.cos(yaw), math.sin(yaw)
    return c * xy[0] - s * xy[1], s * xy[0] + c * xy[1]
