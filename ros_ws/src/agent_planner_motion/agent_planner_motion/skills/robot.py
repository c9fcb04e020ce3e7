# SPDX-License-Identifier: Apache-2.0
"""What skills ask of a robot. The ROS edge offers it; tests offer a kinematic one."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from agent_planner_motion.arm.trajectory import Trajectory
from agent_planner_motion.base.grid import Grid
from agent_planner_motion.base.pose import Pose2
from agent_planner_motion.skills.job import Job
from agent_planner_motion.spatial import transform, wrapped
from agent_planner_motion.world import World

_FORESIGHT = 0.5  # seconds


@dataclass(frozen=True)
class Joints:
    """Measured joints of arm and gripper.

    Attributes:
        stamp: seconds of ROS time, of the joint that was measured longest ago.
        q: positions of the arm's joints, (dof,).
        speed: their rates, (dof,); nan, which is not at rest: not known yet.
        opening: distance between the fingers, metres.
        opening_speed: its rate, nan as well.
    """

    stamp: float
    q: np.ndarray
    speed: np.ndarray
    opening: float
    opening_speed: float


@dataclass(frozen=True)
class Base:
    """Where the base was at a moment and how fast (frame map, ROS time).

    Attributes:
        height: of its frame above the floor, metres.
    """

    stamp: float
    pose: Pose2
    linear: float
    angular: float
    height: float = 0.0

    @property
    def matrix(self) -> np.ndarray:
        """Its pose as a transform, (4, 4)."""
        return transform(xyz=(0.0, 0.0, self.height)) @ self.pose.matrix

    def pose_at(self, time: float) -> Pose2:
        """Return where the base is at a later time if it went on like that, for half a second at most.

        What is measured comes late, on a busy machine by more than a loop that turns the base can bear.
        """
        seconds = min(max(time - self.stamp, 0.0), _FORESIGHT)
        middle = self.pose.yaw + self.angular * seconds / 2
        way = self.linear * seconds
        return Pose2(
            self.pose.x + way * math.cos(middle),
            self.pose.y + way * math.sin(middle),
            wrapped(self.pose.yaw + self.angular * seconds),
        )


class Robot(Protocol):
    """A mobile manipulator. Readings raise MissingData where nothing has come."""

    def now(self) -> float:
        """Return ROS time in seconds."""
        ...

    def joints(self) -> Joints:
        """Return the latest joints."""
        ...

    def base(self) -> Base:
        """Return where the base is."""
        ...

    def world(self) -> World:
        """Return the latest scene."""
        ...

    def grid(self) -> Grid:
        """Return the map."""
        ...

    def send_arm(self, trajectory: Trajectory, give: float = 0.0) -> None:
        """Start a trajectory of the arm; it replaces the one before.

        Args:
            trajectory: the motion.
            give: how far joints may be off on it, where that is more than is told for any motion.
        """
        ...

    def arm_done(self) -> bool:
        """Whether the trajectory should have ended by now, or is told to have.

        Raises:
            MotionError: it has ended before its goal, or nothing is heard of it.
        """
        ...

    def hold_arm(self) -> None:
        """Stop the arm where it is, without waiting."""
        ...

    def arm_held(self) -> bool:
        """Whether no trajectory goes on after `hold_arm`, as far as is told; rest is seen by the joints."""
        ...

    def send_gripper(self, opening: float) -> None:
        """Command a distance between the fingers."""
        ...

    def gripper_done(self) -> bool:
        """Whether the fingers are not told to be still on their way; raises as `arm_done` does."""
        ...

    def hold_gripper(self) -> None:
        """Stop the fingers where they are, without waiting."""
        ...

    def gripper_held(self) -> bool:
        """Do for the fingers what `arm_held` does."""
        ...

    def send_velocity(self, linear: float, angular: float) -> None:
        """Command the base."""
        ...

    def wait(self, until: Callable[[], bool], seconds: float, job: Job | None) -> bool:
        """Wait until something holds, looked at whenever data come; False after so many seconds of ROS time.

        Raises:
            CancelRequested, MotionError: what the job's own check raises.
        """
        ...
