# SPDX-License-Identifier: Apache-2.0
"""From a path through joint space to a smooth motion in time."""

from dataclasses import dataclass

import numpy as np

STEP = 0.02  # seconds between points; the robot contract asks for at most that
_WIDTH = 9  # points over which the motion is averaged, so that accelerations have no jumps; odd
_STRETCHES = 4


@dataclass(frozen=True)
class Limits:
    """Largest rates of each joint, (dof,)."""

    velocity: np.ndarray
    acceleration: np.ndarray

    def scaled(self, factor: float) -> "Limits":
        """Return slower limits (accelerations too, so that a slow motion is a gentle one)."""
        return Limits(self.velocity * factor, self.acceleration * factor)


@dataclass(frozen=True)
class Trajectory:
    """Points in time."""

    times: np.ndarray  # (n,)
    positions: np.ndarray  # (n, dof)
    velocities: np.ndarray  # (n, dof)

    @property
    def duration(self) -> float:
        """Seconds from start to end."""
        return float(self.times[-1])

    def at(self, seconds: float) -> np.ndarray:
        """Return where the joints are so long after its start, (dof,)."""
        return np.array([np.interp(seconds, self.times, column) for column in self.positions.T])

    def slowed(self, factor: float) -> "Trajectory":
        """Return the same motion at a share of its speed, in (0, 1]."""
        return Trajectory(self.times / factor, self.positions, self.velocities * factor)

    @property
    def accelerations(self) -> np.ndarray:
        """Change of each joint's rate at each point, from rest and to rest, (n, dof)."""
        rates = np.diff(self.positions, axis=0) / STEP
        return np.diff(rates, axis=0, prepend=0.0, append=0.0) / STEP


def standing(q: np.ndarray) -> Trajectory:
    """Return the trajectory of an arm that stays at some joints, (dof,)."""
    return Trajectory(np.array([STEP]), q[None].copy(), np.zeros((1, len(q))))


def densify(path: np.ndarray, spacing: float = 0.02) -> np.ndarray:
    """Put points between those of a polyline, (n, dof), so that no joint moves more than the spacing."""
    parts = [path[:1]]
    for a, b in zip(path[:-1], path[1:], strict=True):
        count = max(1, int(np.ceil(np.abs(b - a).max() / spacing)))
        parts.append(a + (b - a) * np.linspace(0, 1, count + 1)[1:, None])
    return np.concatenate(parts)


def rounded(path: np.ndarray, width: int = 15) -> np.ndarray:
    """Average a dense path along itself, so that its corners become curves; the ends stay."""
    if len(path) < 4:
        return path
    width = min(width, (len(path) - 1) // 2)
    positions = np.arange(len(path))
    reach = np.minimum(width, np.minimum(positions, len(path) - 1 - positions))
    total = np.concatenate([np.zeros((1, path.shape[1])), np.cumsum(path, axis=0)])
    return (total[positions + reach + 1] - total[positions - reach]) / (2 * reach + 1)[:, None]


def time_path(path: np.ndarray, limits: Limits) -> Trajectory:
    """Run along a dense path, (n, dof), as fast as the limits allow, from rest to rest.

    The speed along the path is bounded by the joints' velocities and by its bends; a pass forwards and one backwards
    bound its changes. The result is averaged over a short time, so that accelerations have no jumps.
    """
    path = _without_repeats(path)
    if len(path) < 2:
        rest = np.zeros((2, path.shape[1]))
        return Trajectory(np.array([0.0, STEP]), np.repeat(path, 2, axis=0)[:2], rest)
    if len(path) == 2:
        path = np.array([path[0], (path[0] + path[1]) / 2, path[1]])
    lengths = np.linalg.norm(np.diff(path, axis=0), axis=1)
    s = np.concatenate([[0.0], np.cumsum(lengths)])
    speed = _speeds(path, s, limits)
    mean = (speed[1:] + speed[:-1]) / 2
    times = np.concatenate([[0.0], np.cumsum(lengths / np.maximum(mean, 1e-6))])
    trajectory = _sampled(times, s, speed, path)
    for _ in range(_STRETCHES):
        # Several sharp corners within the time of averaging add up; then the whole is a little slower.
        excess = float((np.abs(trajectory.accelerations) / limits.acceleration).max())
        if excess <= 1.0:
            break
        times, speed = times * excess, speed / excess
        trajectory = _sampled(times, s, speed, path)
    return trajectory


def _speeds(path: np.ndarray, s: np.ndarray, limits: Limits) -> np.ndarray:
    """Return the speed along the path at each of its points, (n,)."""
    along = np.diff(path, axis=0) / np.diff(s)[:, None]
    along = np.concatenate([along[:1], along, along[-1:]])
    steepest = np.maximum(np.maximum(np.abs(along[1:]), np.abs(along[:-1])), 1e-6)
    jump = np.maximum(np.abs(along[1:] - along[:-1]), 1e-6)
    curvature = np.maximum(np.abs(np.gradient(np.gradient(path, s, axis=0), s, axis=0)), 1e-6)
    half = limits.acceleration / 2  # one half for the change of speed, one for the bends
    speed = np.min(
        [
            (limits.velocity / steepest).min(axis=1),
            np.sqrt((half / curvature).min(axis=1)),
            # At a corner the joints' velocities jump; averaging spreads that over its time.
            (half * _WIDTH * STEP / jump).min(axis=1),
        ],
        axis=0,
    )
    change = (half / steepest).min(axis=1)
    speed[0] = speed[-1] = 0.0
    for i in range(1, len(s)):
        speed[i] = min(speed[i], np.sqrt(speed[i - 1] ** 2 + 2 * change[i - 1] * (s[i] - s[i - 1])))
    for i in range(len(s) - 2, -1, -1):
        speed[i] = min(speed[i], np.sqrt(speed[i + 1] ** 2 + 2 * change[i + 1] * (s[i + 1] - s[i])))
    return speed


def _without_repeats(path: np.ndarray) -> np.ndarray:
    moved = np.linalg.norm(np.diff(path, axis=0), axis=1) > 1e-7
    return path[np.concatenate([[True], moved])]


def _sampled(times: np.ndarray, s: np.ndarray, speed: np.ndarray, path: np.ndarray) -> Trajectory:
    count = int(np.ceil(times[-1] / STEP)) + 1
    clock = np.arange(count + _WIDTH - 1) * STEP - (_WIDTH // 2) * STEP
    along = _position(times, s, speed, np.clip(clock, 0.0, times[-1]))
    joints = np.stack([np.interp(along, s, column) for column in path.T], axis=1)
    ends = (np.repeat(path[:1], _WIDTH // 2, axis=0), np.repeat(path[-1:], _WIDTH // 2, axis=0))
    joints = np.concatenate([ends[0], joints, ends[1]])
    kernel = np.ones(_WIDTH) / _WIDTH
    positions = np.stack([np.convolve(column, kernel, mode="valid") for column in joints.T], axis=1)
    positions[0], positions[-1] = path[0], path[-1]
    velocities = np.gradient(positions, STEP, axis=0)
    velocities[0] = velocities[-1] = 0.0
    return Trajectory(np.arange(len(positions)) * STEP, positions, velocities)


def _position(times: np.ndarray, s: np.ndarray, speed: np.ndarray, clock: np.ndarray) -> np.ndarray:
    # Between two points of the path the speed changes evenly.
    i = np.clip(np.searchsorted(times, clock, side="right") - 1, 0, len(times) - 2)
    elapsed, span = clock - times[i], np.maximum(times[i + 1] - times[i], 1e-9)
    acceleration = (speed[i + 1] - speed[i]) / span
    return np.clip(s[i] + speed[i] * elapsed + acceleration * elapsed**2 / 2, s[i], s[i + 1])
