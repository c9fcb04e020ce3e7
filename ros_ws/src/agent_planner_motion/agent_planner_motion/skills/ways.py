# SPDX-License-Identifier: Apache-2.0
"""Ways of the arm through free space: found by our planner, or by one that has its own knowledge of the cell."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

import numpy as np

from agent_planner_motion.arm.planner import ArmPlanner
from agent_planner_motion.arm.trajectory import Trajectory, densify
from agent_planner_motion.errors import MotionError, NoWay
from agent_planner_motion.skills.arm_motion import Path
from agent_planner_motion.skills.job import CancelRequested, Job
from agent_planner_motion.skills.robot import Robot

_ASKED = 3  # goals that the cell's planner is asked for at a time: each may take it all of its time
_SAME = 1e-3  # radians or metres by which goals that count as one may differ
_CHECK = 0.05  # radians or metres between configurations that are checked
_STILL_BUSY = 30.0  # seconds in which a planner should have ended what was cancelled


@dataclass(frozen=True, eq=False)  # arrays have no one truth to compare by
class Held:
    """What is in the hand: a box, its pose (4, 4) in the hand's frame, its size (3,) along its own axes."""

    name: str
    pose: np.ndarray
    size: np.ndarray


class CellPlanner(Protocol):
    """A planner that knows what stands around by itself. No method waits."""

    def ready(self) -> bool:
        """Whether nothing that was asked for earlier is still being planned."""
        ...

    def ask(self, goal: np.ndarray) -> None:
        """Ask for a way from where the arm is to joints, (dof,).

        Raises:
            NoServer: nobody would hear it.
        """
        ...

    def answer(self) -> Trajectory | None:
        """Return the way that was asked for last, or None while it is being looked for.

        Raises:
            NoWay: there is none to that goal.
            MotionError: nothing will come of it, whatever the goal.
        """
        ...

    def cancel(self) -> None:
        """Give up what was asked for last."""
        ...

    def show(self, held: Held | None) -> None:
        """Let it know what is in the hand."""
        ...


class Way(NamedTuple):
    """A way from where the arm is.

    Attributes:
        goal: to which of the goals it leads, counted from 0.
        path: of the joints; it ends there.
    """

    goal: int
    path: Path


class Ways(Protocol):
    """Finds ways."""

    def find(self, planner: ArmPlanner, goals: Sequence[np.ndarray], job: Job, tries: int = 300) -> Way | None:
        """Return a way from where the arm is to one of some goals, or None.

        Args:
            planner: ours, for the scene as it is seen.
            goals: joints, (dof,) each, the best first.
            job: the goal that is carried out.
            tries: how thoroughly our planner looks.

        Raises:
            MotionError: whoever plans fails, whatever the goal.
            CancelRequested: nothing has moved.
        """
        ...

    def why(self, job: Job) -> str:
        """Return why a job got none, to be put at the end of a message, or nothing."""
        ...


class OwnWays:
    """Has our planner find them."""

    def __init__(self, robot: Robot):
        self._robot = robot

    def find(self, planner: ArmPlanner, goals: Sequence[np.ndarray], job: Job, tries: int = 300) -> Way | None:
        """See `Ways`."""
        path = planner.joint_path(self._robot.joints().q, goals, tries)
        if path is None:
            return None
        return Way(int(np.argmin([np.abs(goal - path[-1]).max() for goal in goals])), path)

    def why(self, job: Job) -> str:
        """See `Ways`: that none was found says it all."""
        return ""


class CellWays:
    """Has the cell's planner find them, one goal after the other.

    Our scene may show what the cell's planner does not know, such as objects to be grasped: a way that touches
    something there is not taken. What was refused once in a job is not asked for again.
    """

    def __init__(self, robot: Robot, cell: CellPlanner):
        self._robot = robot
        self._cell = cell
        self._job: Job | None = None
        self._refused: list[np.ndarray] = []
        self._why = ""

    def find(self, planner: ArmPlanner, goals: Sequence[np.ndarray], job: Job, tries: int = 300) -> Way | None:
        """See `Ways`."""
        if job is not self._job:
            self._job, self._refused, self._why = job, [], ""
        fresh = [i for i, goal in enumerate(goals) if not self._was_refused(goal)]
        for number in fresh[:_ASKED]:
            try:
                return Way(number, self._ask(planner, goals[number], job))
            except NoWay as refusal:
                self._refused.append(goals[number])
                self._why = f"; {refusal.message}"
        return None

    def why(self, job: Job) -> str:
        """See `Ways`."""
        return self._why if job is self._job else ""

    def _was_refused(self, goal: np.ndarray) -> bool:
        return any(np.abs(goal - refused).max() < _SAME for refused in self._refused)

    def _ask(self, planner: ArmPlanner, goal: np.ndarray, job: Job) -> Trajectory:
        cell, found = self._cell, []

        def answered() -> bool:
            motion = cell.answer()
            found.extend([] if motion is None else [motion])
            return bool(found)

        self._robot.wait(cell.ready, _STILL_BUSY, job)
        cell.ask(goal)
        try:
            self._robot.wait(answered, math.inf, job)
        except (CancelRequested, MotionError):
            cell.cancel()
            raise
        (motion,) = found
        if not planner.free(densify(motion.positions, _CHECK), 0.0):
            raise NoWay(
                "the way that was found touches what the scene shows; does the cell's planner know of all that?"
            )
        return motion
