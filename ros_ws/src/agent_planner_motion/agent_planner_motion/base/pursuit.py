# SPDX-License-Identifier: Apache-2.0
"""Follows a path with a differential base: pure pursuit, turning in place at sharp corners and at the end."""

import math
from dataclasses import dataclass

import numpy as np

from agent_planner_motion.base.pose import Pose2
from agent_planner_motion.spatial import wrapped

_TURN_GAIN = 2.0  # rad/s a radian
_LONGEST_STEP = 4  # periods; a loop that was held up longer is no leave for a jump
_PROMPT = 0.25  # seconds from a reading to the next command up to which full speed is safe
_FORGETTING = 0.95  # a step; how fast a delay that is over is forgotten


@dataclass(frozen=True)
class DriveLimits:
    """What the base is asked for at most; brakes are gentler than it could, so that it ends where it should."""

    linear: float = 0.45  # m/s
    angular: float = 1.0  # rad/s
    acceleration: float = 0.6  # m/s²
    braking: float = 0.35
    angular_acceleration: float = 2.0  # rad/s²
    angular_braking: float = 1.0

    def turn(self, error: float) -> float:
        """Return the turning velocity for a heading that is off by so many radians.

        Far off it brakes evenly; near the end it is proportional to the error, since what is measured and what is
        commanded come late: a steeper law would swing to and fro for ever.
        """
        size = min(self.angular, math.sqrt(2 * self.angular_braking * abs(error)), _TURN_GAIN * abs(error))
        return math.copysign(size, error)


@dataclass(frozen=True)
class Arrival:
    """When a pose counts as reached, metres and radians."""

    position: float = 0.02
    heading: float = 0.03


class Pursuit:
    """One drive along one path. Call `step` once a period until it is `done`, or until the end was `missed`.

    Args:
        path: points, (n, 2).
        final_yaw: heading at the end; None: any.
        limits: speeds and accelerations.
        period: seconds between steps.
    """

    _LOOK_AHEAD = 0.28
    _TURN_FIRST = 0.55  # radians between heading and path beyond which it turns in place

    def __init__(
        self,
        path: np.ndarray,
        final_yaw: float | None,
        limits: DriveLimits,
        period: float,
        arrival: Arrival = Arrival(),
    ):
        self.path = path
        self._final_yaw = final_yaw
        self._limits = limits
        self._period = period
        self._arrival = arrival
        self._nearest = 0
        self._turning = True
        self._at_end = False
        self._command = (0.0, 0.0)
        self._delay = 0.0
        self.done = False
        self.missed = False  # the end was passed at a distance; it takes another path to get there

    @property
    def command(self) -> tuple[float, float]:
        """The last command."""
        return self._command

    def remaining(self, pose: Pose2) -> float:
        """Return the metres that are left to drive."""
        ahead = self.path[self._nearest :]
        if len(ahead) < 2:
            return max(0.0, _local(pose, ahead[0])[0])  # what lies beside is not driven to
        return float(np.linalg.norm(np.diff(ahead, axis=0), axis=1).sum()) + pose.distance(*ahead[0])

    def step(self, pose: Pose2, elapsed: float | None = None, age: float = 0.0) -> tuple[float, float]:
        """Return forward and turning velocity for the next period.

        Where readings are old or steps are rare, as on a machine that has too much to do, everything goes slower: the
        base is steered by what was, and would swing to and fro or leave its path.

        Args:
            pose: where the base is.
            elapsed: seconds since the last step; None: a period.
            age: seconds by which what is known of the base is old.
        """
        elapsed = self._period if elapsed is None else elapsed
        self._delay = max(elapsed + max(age, 0.0), self._delay * _FORGETTING)
        self._advance(pose)
        goal = self.path[-1]
        to_goal = pose.distance(*goal)
        if not self._at_end:
            passed = len(self.path) - 1 - self._nearest <= 1 and _local(pose, goal)[0] < 0.004
            near = to_goal <= 4 * self._arrival.position
            self._at_end = to_goal <= self._arrival.position * 0.5 or (passed and near)
            self.missed = passed and not near and not self._turning
            if self.missed:
                self._command = (0.0, 0.0)
                return self._command
        wish = self._finish(pose) if self._at_end else self._pursue(pose)
        pace = min(1.0, _PROMPT / self._delay)
        self._command = self._limited((wish[0] * pace, wish[1] * pace), elapsed)
        return self._command

    def _advance(self, pose: Pose2) -> None:
        window = self.path[self._nearest : self._nearest + 12]
        self._nearest += int(np.argmin(np.linalg.norm(window - np.array(pose[:2]), axis=1)))

    def _pursue(self, pose: Pose2) -> tuple[float, float]:
        target = self._target(pose)
        x, y = _local(pose, target)
        bearing = math.atan2(y, x)
        remaining = self.remaining(pose)
        if abs(bearing) > self._TURN_FIRST and math.hypot(x, y) > 0.02:
            self._turning = True
        elif abs(bearing) < 0.08:
            self._turning = False
        if self._turning:
            return 0.0, self._limits.turn(bearing)
        curvature = 2 * y / max(x * x + y * y, 1e-4)
        speed = min(self._limits.linear, math.sqrt(2 * self._limits.braking * max(remaining - 0.005, 0.0)) + 0.01)
        speed = min(speed, self._limits.angular * 0.8 / max(abs(curvature), 1e-6))
        return speed, max(-self._limits.angular, min(self._limits.angular, speed * curvature))

    def _target(self, pose: Pose2) -> np.ndarray:
        ahead = self.path[self._nearest :]
        far = np.linalg.norm(ahead - np.array(pose[:2]), axis=1) >= self._LOOK_AHEAD
        if far.any():
            return ahead[int(np.argmax(far))]
        if len(self.path) < 2:
            return self.path[-1]
        # Near the end the point chased lies beyond it, on the last stretch: else the heading would turn wild.
        last = self.path[-1] - self.path[max(0, len(self.path) - 4)]
        size = float(np.linalg.norm(last))
        missing = self._LOOK_AHEAD - pose.distance(*self.path[-1])
        return self.path[-1] + last / size * max(missing, 0.0) if size > 1e-6 else self.path[-1]

    def _finish(self, pose: Pose2) -> tuple[float, float]:
        error = 0.0 if self._final_yaw is None else wrapped(self._final_yaw - pose.yaw)
        if abs(error) <= self._arrival.heading:
            self.done = self._command == (0.0, 0.0)
            return 0.0, 0.0
        return 0.0, self._limits.turn(error)

    def _limited(self, wish: tuple[float, float], elapsed: float) -> tuple[float, float]:
        seconds = min(elapsed, _LONGEST_STEP * self._period)
        most = (self._limits.acceleration * seconds * 1.5, self._limits.angular_acceleration * seconds)
        new = [old + max(-m, min(m, w - old)) for old, w, m in zip(self._command, wish, most, strict=True)]
        return (new[0], new[1])


def _local(pose: Pose2, point: np.ndarray) -> tuple[float, float]:
    dx, dy = point[0] - pose.x, point[1] - pose.y
    c, s = math.cos(pose.yaw), math.sin(pose.yaw)
    return c * dx + s * dy, -s * dx + c * dy
