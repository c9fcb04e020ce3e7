# SPDX-License-Identifier: Apache-2.0
"""Moves arm and gripper and watches them: arrival, holding still, what the fingers feel."""

from dataclasses import dataclass

import numpy as np

from agent_planner_motion.arm.trajectory import STEP, Limits, Trajectory, time_path
from agent_planner_motion.errors import MotionError
from agent_planner_motion.skills.job import CancelRequested, Job
from agent_planner_motion.skills.robot import Joints, Robot

_AT_REST = 0.03  # rad/s
_SETTLE = 2.5  # seconds of ROS time after the end of a trajectory
_STOP_WITHIN = 3.0
_TELL_EVERY = 0.1  # seconds between feedback


@dataclass(frozen=True)
class Tolerance:
    """How far from its goal a joint may be: when it counts as arrived, and when as not reached after all."""

    arrived: float = 0.012
    accepted: float = 0.05


class ArmMotion:
    """Executes motions on a robot.

    Args:
        robot: what to move.
        limits: rates of the arm's joints.
    """

    def __init__(self, robot: Robot, limits: Limits):
        self._robot = robot
        self._limits = limits

    def follow(self, path: np.ndarray, job: Job, speed: float = 1.0, tolerance: Tolerance = Tolerance()) -> None:
        """Run along a dense path of joints, (n, dof), and wait for its end.

        Raises:
            MotionError: NOT_REACHED, with the joint's error.
            CancelRequested: the arm is at rest.
        """
        trajectory = time_path(path, self._limits.scaled(speed))
        goal = trajectory.positions[-1]
        job.check()
        self._robot.send_arm(trajectory)

        told = -_TELL_EVERY

        def off() -> Joints:
            nonlocal told
            joints = self._robot.joints()
            if joints.stamp - told >= _TELL_EVERY:
                told = joints.stamp
                job.tell(value=float(np.abs(joints.q - goal).max()))
            return joints

        def over() -> bool:
            off()
            return self._robot.now() >= ended

        def arrived() -> bool:
            joints = off()
            near = np.abs(joints.q - goal).max() <= tolerance.arrived
            return bool(near and np.abs(joints.speed).max() <= _AT_REST)

        ended = self._robot.now() + trajectory.duration * 0.95
        try:
            self._robot.wait(over, trajectory.duration + 1.0, job)
            reached = self._robot.wait(arrived, _SETTLE, job)
        except (CancelRequested, MotionError):
            self.hold()
            raise
        error = np.abs(self._robot.joints().q - goal)
        if not reached and error.max() > tolerance.accepted:
            self.hold()
            raise MotionError(
                "NOT_REACHED",
                f"joint {int(error.argmax())} of the arm is {error.max():.3f} off {_SETTLE:.1f} s after its motion "
                "should have ended; something is in the way",
            )

    def hold(self) -> None:
        """Stop the arm where it is and wait until it is at rest."""
        self._robot.send_arm(_standing(self._robot.joints().q))
        self._robot.wait(lambda: bool(np.abs(self._robot.joints().speed).max() <= _AT_REST), _STOP_WITHIN, None)
        # What is held is where it came to rest, not where braking began.
        self._robot.send_arm(_standing(self._robot.joints().q))

    def grip(self, opening: float, job: Job, seconds: float = 3.0) -> float:
        """Bring the fingers to an opening, or as near to it as what is between them allows; return the opening.

        Raises:
            CancelRequested: the fingers are at rest.
        """
        self._robot.send_gripper(opening)
        started = self._robot.now()

        def done() -> bool:
            joints = self._robot.joints()
            if abs(joints.opening - opening) <= 0.002 and abs(joints.opening_speed) < 0.01:
                return True
            return self._robot.now() - started > 0.5 and abs(joints.opening_speed) < 0.002

        try:
            self._robot.wait(done, seconds, job)
        except (CancelRequested, MotionError):
            self._robot.send_gripper(self._robot.joints().opening)
            self._robot.wait(lambda: abs(self._robot.joints().opening_speed) < 0.005, 1.0, None)
            raise
        return self._robot.joints().opening


def _standing(q: np.ndarray) -> Trajectory:
    return Trajectory(np.array([STEP]), q[None].copy(), np.zeros((1, len(q))))
