# SPDX-License-Identifier: Apache-2.0
"""Moves the arm to a posture or a pose, and the gripper to an opening."""

import numpy as np

from agent_planner_motion.errors import MotionError
from agent_planner_motion.skills.job import Job
from agent_planner_motion.skills.kit import ArmKit

_GRIPPER_OFF = 0.006  # metres


class MoveArm:
    """The skill.

    Args:
        kit: the arm.
    """

    def __init__(self, kit: ArmKit):
        self._kit = kit

    def to_posture(self, name: str, job: Job) -> None:
        """Go to a named posture.

        Raises:
            MotionError: UNKNOWN_POSTURE, JOINT_LIMITS, NOT_REACHED, TIMEOUT.
            CancelRequested: the arm is at rest.
        """
        goal = self._kit.posture(name)
        kinematics = self._kit.kinematics
        outside = (goal < kinematics.lower - 1e-6) | (goal > kinematics.upper + 1e-6)
        if outside.any():
            i = int(np.argmax(outside))
            raise MotionError(
                "JOINT_LIMITS",
                f"posture '{name}' wants {kinematics.names[i]} at {goal[i]:.2f}; "
                f"its limits are {kinematics.lower[i]:.2f} to {kinematics.upper[i]:.2f}",
            )
        self._kit.go_to([goal], job)

    def to_pose(self, pose: np.ndarray, job: Job) -> None:
        """Bring the end effector to a pose in the base frame, (4, 4).

        Raises:
            MotionError: NO_IK, NOT_REACHED, TIMEOUT.
            CancelRequested: the arm is at rest.
        """
        kit = self._kit
        planner = kit.planner(kit.robot.world(), kit.robot.base().matrix)
        goals = kit.ik.solve(pose, planner, 0.0, near=kit.robot.joints().q, flip=False)
        if not goals:
            x, y, z = pose[:3, 3]
            raise MotionError(
                "NO_IK",
                f"no free posture brings the end effector to ({x:.2f}, {y:.2f}, {z:.2f}) in {kit.settings.base_frame}",
            )
        kit.go_to(goals[:4], job)


class MoveGripper:
    """The skill.

    Args:
        kit: the arm.
    """

    def __init__(self, kit: ArmKit):
        self._kit = kit

    def run(self, opening: float, job: Job) -> float:
        """Open or close to a distance; return what was measured.

        Raises:
            MotionError: OUT_OF_RANGE, NOT_REACHED (something is between the fingers), TIMEOUT.
            CancelRequested: the fingers are at rest.
        """
        widest = self._kit.hand.max_opening
        if not 0.0 <= opening <= widest + 1e-6:
            raise MotionError("OUT_OF_RANGE", f"the gripper opens from 0 to {widest:.3f} m, not {opening:.3f} m")
        measured = self._kit.motion.grip(opening, job)
        if not abs(measured - opening) <= _GRIPPER_OFF:
            raise MotionError(
                "NOT_REACHED", f"the fingers stopped at {measured * 1000:.0f} mm of {opening * 1000:.0f} mm"
            )
        return measured
