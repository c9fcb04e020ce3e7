# SPDX-License-Identifier: Apache-2.0
"""What Gazebo's systems do not do themselves: ramps and time-outs of velocities, and points between points."""

from collections.abc import Sequence

import numpy as np

from agent_planner_sim.mujoco.drives import COMMAND_TIMEOUT
from agent_planner_sim.robots.description import BaseLimits, RobotDescription

POINT_STEP = 0.02  # seconds between points of a trajectory; the controller's progress is time alone


def _clip(value: float, limit: float) -> float:
    return max(-limit, min(limit, value))


class VelocityRamp:
    """The base's velocity: limited in size and change, zero when no command came for half a second.

    VelocityControl takes what it is told at once, and holds it for ever.
    """

    def __init__(self, limits: BaseLimits):
        self._limits = limits
        self._wanted = (0.0, 0.0)
        self._since = 0.0
        self.velocity = (0.0, 0.0)

    def drive(self, linear: float, angular: float, now: float) -> None:
        """Take a command, m/s and rad/s, at a simulated time in seconds."""
        self._wanted = (_clip(linear, self._limits.linear), _clip(angular, self._limits.angular))
        self._since = now

    def step(self, now: float, dt: float) -> tuple[float, float]:
        """Return the velocity of this moment, ``dt`` seconds after the last one."""
        wanted = self._wanted if now - self._since <= COMMAND_TIMEOUT else (0.0, 0.0)
        linear, angular = self.velocity
        slower = abs(wanted[0]) < abs(linear)
        change = self._limits.linear_braking if slower else self._limits.linear_acceleration
        linear += _clip(wanted[0] - linear, change * dt)
        angular += _clip(wanted[1] - angular, self._limits.angular_acceleration * dt)
        self.velocity = (linear, angular)
        return self.velocity


def dense(
    robot: RobotDescription,
    measured: Sequence[float] | np.ndarray,
    names: Sequence[str],
    times: Sequence[float],
    points: Sequence[Sequence[float]],
) -> tuple[np.ndarray, np.ndarray]:
    """Return a trajectory of the whole arm with points at most 20 ms apart, from the measured state on.

    Args:
        robot: whose arm it is.
        measured: where the arm's joints are; those that are not named stay there.
        names: joints that the points are for.
        times: seconds from now, rising, (n,).
        points: positions, (n, joints).

    Returns:
        Times, (m,), and positions within the limits, (m, joints of the arm).

    Raises:
        ValueError: a joint is not the arm's, or the shapes, times or numbers are wrong.
    """
    unknown = sorted(set(names) - set(robot.arm))
    if unknown:
        raise ValueError(f"not joints of the arm: {', '.join(unknown)}; known: {', '.join(robot.arm)}")
    given, when = np.asarray(points, dtype=float), np.asarray(times, dtype=float)
    if given.shape != (len(when), len(names)) or len(when) == 0 or np.any(np.diff(when) < 0):
        raise ValueError(f"{len(when)} rising times and points of shape {given.shape} for {len(names)} joints")
    if not (np.isfinite(given).all() and np.isfinite(when).all()):
        raise ValueError("numbers that are not finite")
    path = np.tile(np.asarray(measured, dtype=float), (len(when) + 1, 1))
    path[1:, [robot.arm.index(name) for name in names]] = given
    low, high = (np.array([getattr(robot.joint(name), side) for name in robot.arm]) for side in ("lower", "upper"))
    path = np.clip(path, low, high)
    knots = np.concatenate([[0.0], np.maximum(when, 0.0)])
    count = max(1, int(np.ceil(knots[-1] / POINT_STEP - 1e-9)))
    out = np.linspace(knots[-1] / count, knots[-1], count)
    # Of points at the same time the last one holds, as it does where times are interpolated.
    return out, np.column_stack([np.interp(out, knots, column) for column in path.T])
