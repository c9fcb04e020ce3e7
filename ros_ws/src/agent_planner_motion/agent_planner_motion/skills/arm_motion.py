# SPDX-License-Identifier: Apache-2.0
"""Moves arm and gripper and watches them: arrival, holding still, what the fingers feel."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from agent_planner_motion.arm.trajectory import Limits, Trajectory, time_path
from agent_planner_motion.errors import MissingData, MotionError
from agent_planner_motion.skills.job import CancelRequested, Job
from agent_planner_motion.skills.robot import Joints, Robot

_AT_REST = 0.03  # rad/s
_SETTLE = 2.5  # seconds of ROS time after the end of a trajectory
_STOP_WITHIN = 3.0
_FINGERS_STOP_WITHIN = 1.0
_TELL_EVERY = 0.1  # seconds between feedback

# A dense path of joints, (n, dof), that is to be timed, or a motion with times of its own.
Path = np.ndarray | Trajectory
Unwound = Callable[[np.ndarray, np.ndarray], np.ndarray]


@dataclass(frozen=True)
class Tolerance:
    """How far a joint may be off.

    Attributes:
        arrived: from its goal, to count as arrived.
        accepted: from its goal, to count as reached after all; from where its motion begins, to begin it.
        give: from its way, where what the hand holds bends the arm; 0: as its controller is told for any motion.
    """

    arrived: float = 0.012
    accepted: float = 0.05
    give: float = 0.0


class ArmMotion:
    """Executes motions on a robot.

    Args:
        robot: what to move.
        limits: rates of the arm's joints.
        unwound: see `Kinematics.unwound`. Some drivers count the angles of joints without end from -π to π.
    """

    def __init__(self, robot: Robot, limits: Limits, unwound: Unwound = lambda q, reference: q):
        self._robot = robot
        self.limits = limits
        self._unwound = unwound

    def follow_while_gripping(self, path: Path, job: Job, opening: float) -> None:
        """Run along a path while the fingers go to an opening; `grip` waits for them. Raises as `follow` does."""
        self._robot.send_gripper(opening)
        try:
            self.follow(path, job)
        except BaseException as end:
            rests = self._hold_fingers()
            if isinstance(end, CancelRequested):
                end.at_rest = end.at_rest and rests
            raise

    def follow(self, path: Path, job: Job, speed: float = 1.0, tolerance: Tolerance = Tolerance()) -> None:
        """Run along a path and wait for its end.

        Args:
            path: of the joints.
            job: the goal.
            speed: share of the limits, or of a motion's own speed.
            tolerance: how far joints may be off.

        Raises:
            MotionError: NOT_REACHED, with the joint's error at the end, or at the start, before anything has moved; or
                what the arm's controller says.
            CancelRequested: the arm is at rest.
        """
        trajectory = (
            path.slowed(speed)
            if isinstance(path, Trajectory)
            else time_path(self._from_here(path, tolerance), self.limits.scaled(speed))
        )
        goal = trajectory.positions[-1]
        job.check()
        self._robot.send_arm(trajectory, tolerance.give)

        told = -_TELL_EVERY

        def off() -> Joints:
            nonlocal told
            joints = self._robot.joints()
            if joints.stamp - told >= _TELL_EVERY:
                told = joints.stamp
                job.tell(value=float(self._error(joints.q, goal).max()))
            return joints

        def over() -> bool:
            off()
            return self._robot.arm_done()

        def arrived() -> bool:
            joints = off()
            near = self._error(joints.q, goal).max() <= tolerance.arrived
            return bool(near and np.abs(joints.speed).max() <= _AT_REST)

        try:
            # A controller may slow a motion down as it likes: the goal's own limits are what ends it.
            self._robot.wait(over, math.inf, job)
            reached = self._robot.wait(arrived, _SETTLE, job)
            error = self._error(self._robot.joints().q, goal)
            if not (reached or error.max() <= tolerance.accepted):
                raise MotionError(
                    "NOT_REACHED",
                    f"joint {int(error.argmax())} of the arm is {error.max():.3f} off {_SETTLE:.1f} s after its motion "
                    "should have ended; something is in the way",
                )
        except BaseException as end:  # whatever it is, the motion does not go on without us
            _tell_rest(end, self.hold())
            raise

    def _from_here(self, path: np.ndarray, tolerance: Tolerance) -> np.ndarray:
        """Return a path from where the arm is: the motion before may have ended a little beside where it begins."""
        q = self._robot.joints().q
        path = path + (self._unwound(path[0], q) - path[0])
        error = self._error(q, path[0])
        if not error.max() <= tolerance.accepted:
            raise MotionError(
                "NOT_REACHED",
                f"joint {int(error.argmax())} of the arm is {error.max():.3f} off where its motion begins; "
                f"{tolerance.accepted:.3f} are accepted",
            )
        return np.concatenate([q[None], path])

    def _error(self, q: np.ndarray, goal: np.ndarray) -> np.ndarray:
        return np.abs(self._unwound(q, goal) - goal)

    def hold(self) -> bool:
        """Stop the arm where it is; tell whether it was seen at rest, with nothing going on, within a few seconds."""
        self._robot.hold_arm()
        told = self._robot.now()

        def rests() -> bool:
            held = self._robot.arm_held()
            joints = self._seen()
            return held and joints is not None and joints.stamp >= told and np.abs(joints.speed).max() <= _AT_REST

        rested = self._robot.wait(rests, _STOP_WITHIN, None)
        # What is held is where it came to rest, not where braking began.
        self._robot.hold_arm()
        return rested

    def grip(self, opening: float, job: Job, seconds: float = 6.0) -> float:
        """Bring the fingers to an opening, or as near to it as what is between them allows; return the opening.

        Raises:
            MotionError: what the gripper's controller says, or NOT_REACHED where it says nothing in time.
            CancelRequested: the fingers are at rest.
        """
        self._robot.send_gripper(opening)
        started = self._robot.now()

        def done() -> bool:
            joints = self._robot.joints()
            if not self._robot.gripper_done():
                return False
            if abs(joints.opening - opening) <= 0.002 and abs(joints.opening_speed) < 0.01:
                return True
            return self._robot.now() - started > 0.5 and abs(joints.opening_speed) < 0.002

        try:
            if not self._robot.wait(done, seconds, job) and not self._robot.gripper_done():
                raise MotionError("NOT_REACHED", f"the fingers are still on their way after {seconds:.0f} s")
            return self._robot.joints().opening
        except BaseException as end:
            _tell_rest(end, self._hold_fingers())
            raise

    def _hold_fingers(self) -> bool:
        self._robot.hold_gripper()
        told = self._robot.now()

        def rests() -> bool:
            held = self._robot.gripper_held()
            joints = self._seen()
            return held and joints is not None and joints.stamp >= told and abs(joints.opening_speed) < 0.005

        return self._robot.wait(rests, _FINGERS_STOP_WITHIN, None)

    def _seen(self) -> Joints | None:
        try:
            return self._robot.joints()
        except MissingData:
            return None  # nothing is known of it


def _tell_rest(end: BaseException, rests: bool) -> None:
    if isinstance(end, CancelRequested):
        end.at_rest = rests
