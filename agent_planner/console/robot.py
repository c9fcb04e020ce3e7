# SPDX-License-Identifier: Apache-2.0
"""What the console needs of a robot; `agent_planner.ros.console_link` is one."""

from collections.abc import Sequence
from concurrent.futures import Future
from pathlib import Path
from typing import Protocol

from agent_planner.ros.console_values import Answer, Grid, Picture, Tell


class Robot(Protocol):
    """A running robot. Every method returns at once but `picture`; futures are set in any thread, or never."""

    @property
    def runs(self) -> Path | None:
        """Where its episodes are recorded; None where that is not on this machine."""
        ...

    def open(self, tell: Tell) -> None:
        """Begin: from now on ``tell`` hears all topics, and ``picture`` (a number) for each picture that is there.

        It is called in any thread and returns at once.
        """
        ...

    def close(self) -> None:
        """``tell`` is not called any more."""
        ...

    def instruct(self, instruction: str, autonomy: str) -> Future[Answer]:
        """Send an instruction; the answer comes once it is accepted or refused. ``autonomy`` may be empty."""
        ...

    def cancel(self) -> Future[Answer]:
        """End the instruction that runs, whosever it is."""
        ...

    def answer(self, question: str, answer: str) -> Future[Answer]:
        """Answer the open question with that id."""
        ...

    def set_autonomy(self, level: str) -> Future[Answer]:
        """Change the level of autonomy."""
        ...

    def take_over(self) -> Future[Answer]:
        """The person has the robot from now on."""
        ...

    def give_back(self) -> Future[Answer]:
        """They give it back."""
        ...

    def stop(self, reason: str) -> Answer:
        """Send a stop, whatever else is under way; whether there is somebody who hears it."""
        ...

    def reset(self) -> Future[Answer]:
        """Let it act again after a stop."""
        ...

    def drive(self, linear: float, angular: float) -> None:
        """Drive forward and turn left, each in -1 to 1 of what the robot may do."""
        ...

    def jog(self, linear: Sequence[float], angular: Sequence[float]) -> None:
        """Move the end effector in its own frame, each axis (x, y, z) in -1 to 1."""
        ...

    def gripper(self, opening: float) -> Answer:
        """Open the gripper that far, 0 (closed) to 1; whether that was asked of it."""
        ...

    def beat(self) -> None:
        """The person's link is alive."""
        ...

    def look(self, wanted: bool) -> None:
        """Whether somebody looks at the camera's pictures."""
        ...

    def picture(self) -> Picture | None:
        """The newest picture; blocks while it is encoded."""
        ...

    def grid(self) -> Grid | None:
        """The map, where there is one."""
        ...
