# SPDX-License-Identifier: Apache-2.0
"""Moves the base: stopping for sure, turning in place, short straight ways."""

import math
from collections.abc import Callable

from agent_planner_motion.base.pursuit import DriveLimits
from agent_planner_motion.errors import MissingData, MotionError
from agent_planner_motion.skills.job import CancelRequested, Job
from agent_planner_motion.skills.robot import Robot
from agent_planner_motion.spatial import wrapped

PERIOD = 0.05  # seconds of ROS time between velocity commands
HELD_UP = 0.2  # seconds between two steps beyond which it was the loop that stood still, not the base
_AT_REST = (0.01, 0.02)  # m/s, rad/s
_STALLED = 1.5  # seconds without progress


class BaseMotion:
    """Short motions of a differential base.

    Args:
        robot: what to move.
        limits: speeds and accelerations.
    """

    def __init__(self, robot: Robot, limits: DriveLimits):
        self._robot = robot
        self._limits = limits

    def stop(self) -> bool:
        """Command zero until the base is at rest; tell whether it was seen at rest within a second or so."""
        for _ in range(30):
            self._robot.send_velocity(0.0, 0.0)
            due = self._robot.now() + PERIOD
            self._robot.wait(lambda due=due: self.at_rest() and self._robot.now() >= due, PERIOD, None)
            if self.at_rest():
                self._robot.send_velocity(0.0, 0.0)
                return True
        return False

    def stop_for(self, end: BaseException) -> None:
        """Stop because of this error, which then says whether the base was seen at rest."""
        rests = self.stop()
        if isinstance(end, CancelRequested):
            end.at_rest = rests

    def at_rest(self) -> bool:
        """Whether the base is seen to stand still; without odometry it is not."""
        try:
            base = self._robot.base()
        except MissingData:
            return False
        return abs(base.linear) <= _AT_REST[0] and abs(base.angular) <= _AT_REST[1]

    def turn_to(self, yaw: float, job: Job, tolerance: float = 0.015) -> None:
        """Turn in place.

        Raises:
            MotionError: NOT_REACHED.
            CancelRequested: the base is at rest.
        """
        speed, still = 0.0, 0.0

        def step(elapsed: float) -> bool:
            nonlocal speed, still
            error = wrapped(yaw - self._robot.base().pose_at(self._robot.now()).yaw)
            if abs(error) <= tolerance:
                return True
            most = self._limits.angular_acceleration * elapsed
            speed += max(-most, min(most, self._limits.turn(error) - speed))
            self._robot.send_velocity(0.0, speed)
            still = still + min(elapsed, HELD_UP) if abs(self._robot.base().angular) < 0.01 else 0.0
            if still > _STALLED:
                raise MotionError("NOT_REACHED", f"the base does not turn; {math.degrees(error):.0f}° are missing")
            return False

        self._loop(step, job)

    def straight(self, distance: float, job: Job, speed: float = 0.10) -> float:
        """Drive straight on (or back, if negative) and keep the heading; return the metres that were driven.

        Something that no longer gives way ends the drive.

        Raises:
            CancelRequested: the base is at rest.
        """
        start = self._robot.base().pose
        sign = math.copysign(1.0, distance)
        best, still = 0.0, 0.0

        def driven() -> float:
            pose = self._robot.base().pose
            return sign * ((pose.x - start.x) * math.cos(start.yaw) + (pose.y - start.y) * math.sin(start.yaw))

        def step(elapsed: float) -> bool:
            nonlocal best, still
            done = driven()
            still = 0.0 if done > best + 0.002 else still + min(elapsed, HELD_UP)
            best = max(best, done)
            left = abs(distance) - done
            if left <= 0.003 or still > _STALLED:
                return True
            velocity = min(speed, math.sqrt(2 * self._limits.braking * left), 0.03 + 0.2 * (done + 0.05))
            turn = 1.5 * wrapped(start.yaw - self._robot.base().pose.yaw)
            self._robot.send_velocity(sign * velocity, max(-0.2, min(0.2, turn)))
            return False

        self._loop(step, job)
        return driven()

    def _loop(self, step: Callable[[float], bool], job: Job) -> None:
        """Call a step once a period, with the seconds since the last one, until it says that it is done."""
        stepped = self._robot.now() - PERIOD
        try:
            while True:
                elapsed, stepped = self._robot.now() - stepped, self._robot.now()
                if step(elapsed):
                    break
                due = self._robot.now() + PERIOD
                self._robot.wait(lambda due=due: self._robot.now() >= due, 1.0, job)
        except BaseException as end:  # whatever it is, the base does not drive on without us
            self.stop_for(end)
            raise
        self.stop()
