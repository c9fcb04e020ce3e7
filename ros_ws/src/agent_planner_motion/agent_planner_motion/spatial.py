# SPDX-License-Identifier: Apache-2.0
"""Rigid transforms as 4x4 matrices. Metres and radians; quaternions as (x, y, z, w), as ROS has them."""

import math
from collections.abc import Sequence

import numpy as np


def transform(rotation: np.ndarray | None = None, xyz: Sequence[float] | np.ndarray = (0.0, 0.0, 0.0)) -> np.ndarray:
    """Return a transform from a rotation matrix, (3, 3), and a translation, (3,)."""
    result = np.eye(4)
    if rotation is not None:
        result[:3, :3] = rotation
    result[:3, 3] = xyz
    return result


def inverse(t: np.ndarray) -> np.ndarray:
    """Return the inverse of rigid transforms, (..., 4, 4)."""
    rotation = np.swapaxes(t[..., :3, :3], -1, -2)
    result = np.zeros_like(t)
    result[..., :3, :3] = rotation
    result[..., :3, 3] = -np.einsum("...ij,...j->...i", rotation, t[..., :3, 3])
    result[..., 3, 3] = 1.0
    return result


def rotation_about(axis: Sequence[float] | np.ndarray, angle: float) -> np.ndarray:
    """Return the rotation about a unit axis, (3, 3)."""
    x, y, z = axis
    k = np.array([[0.0, -z, y], [z, 0.0, -x], [-y, x, 0.0]])
    return np.eye(3) + math.sin(angle) * k + (1.0 - math.cos(angle)) * (k @ k)


def rotation_z(angle: float) -> np.ndarray:
    """Return the rotation about z, (3, 3)."""
    c, s = math.cos(angle), math.sin(angle)
    return np.array([[c, -s, 0.0], [s, c, 0.0], [0.0, 0.0, 1.0]])


def rotation_rpy(roll: float, pitch: float, yaw: float) -> np.ndarray:
    """Return the rotation of URDF's roll, pitch, yaw (about fixed axes), (3, 3)."""
    return rotation_z(yaw) @ rotation_about((0, 1, 0), pitch) @ rotation_about((1, 0, 0), roll)


def rotation_quat(quat: Sequence[float]) -> np.ndarray:
    """Return the rotation of a quaternion (x, y, z, w); a zero quaternion counts as no rotation."""
    q = np.asarray(quat, dtype=float)
    norm = np.linalg.norm(q)
    if norm < 1e-9:
        return np.eye(3)
    x, y, z, w = q / norm
    return np.array(
        [
            [1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y)],
            [2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x)],
            [2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)],
        ]
    )


def quat_of(rotation: np.ndarray) -> tuple[float, float, float, float]:
    """Return the quaternion (x, y, z, w) of a rotation matrix, with w >= 0."""
    vector = rotation_vector(rotation)
    angle = float(np.linalg.norm(vector))
    if angle < 1e-12:
        return (0.0, 0.0, 0.0, 1.0)
    x, y, z = vector / angle * math.sin(angle / 2)
    return (float(x), float(y), float(z), math.cos(angle / 2))


def rotation_vector(rotation: np.ndarray) -> np.ndarray:
    """Return axis times angle of rotations, (..., 3), angles up to pi."""
    m = np.asarray(rotation)
    skew = np.stack([m[..., 2, 1] - m[..., 1, 2], m[..., 0, 2] - m[..., 2, 0], m[..., 1, 0] - m[..., 0, 1]], axis=-1)
    sine = np.linalg.norm(skew, axis=-1)  # twice the sine of the angle
    cosine = np.clip((np.trace(m, axis1=-2, axis2=-1) - 1) / 2, -1.0, 1.0)
    angle = np.arctan2(sine / 2, cosine)
    factor = np.where(sine > 1e-9, angle / np.maximum(sine, 1e-9), 0.5)
    vector = skew * factor[..., None]
    half_turn = (sine <= 1e-6) & (cosine < 0)
    if np.any(half_turn):
        vector = np.where(half_turn[..., None], _half_turn_axis(m) * np.pi, vector)
    return vector


def rotation_of(vector: np.ndarray) -> np.ndarray:
    """Return the rotations of vectors (axis times angle), (..., 3), as (..., 3, 3)."""
    angle = np.linalg.norm(vector, axis=-1)[..., None, None]
    x, y, z = np.moveaxis(vector / np.maximum(angle[..., 0], 1e-12), -1, 0)
    zero = np.zeros_like(x)
    k = np.stack([zero, -z, y, z, zero, -x, -y, x, zero], axis=-1).reshape(*x.shape, 3, 3)
    return np.eye(3) + np.sin(angle) * k + (1 - np.cos(angle)) * (k @ k)


def _half_turn_axis(m: np.ndarray) -> np.ndarray:
    # For a half turn m = 2 a a' - 1: the column of the largest diagonal element is along the axis.
    outer = (m + np.eye(3)) / 2
    column = np.argmax(np.diagonal(outer, axis1=-2, axis2=-1), axis=-1)
    axis = np.take_along_axis(outer, column[..., None, None], axis=-1)[..., 0]
    return axis / np.maximum(np.linalg.norm(axis, axis=-1, keepdims=True), 1e-9)


def yaw_of(rotation: np.ndarray) -> float:
    """Return the heading of a rotation: that of its x axis seen from above."""
    return math.atan2(rotation[1, 0], rotation[0, 0])


def wrapped(angle: float) -> float:
    """Return the same angle between -pi and pi."""
    return math.atan2(math.sin(angle), math.cos(angle))


def planar(x: float, y: float, yaw: float) -> np.ndarray:
    """Return the transform of a pose on the floor."""
    return transform(rotation_z(yaw), (x, y, 0.0))
