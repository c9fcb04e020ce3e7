# SPDX-License-Identifier: Apache-2.0
"""What the server needs of a robot; `agent_planner.ros.outside_robot` is one."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Protocol

from agent_planner.safety.policy import Policy
from agent_planner.scene import SceneGraph
from agent_planner.skills import SkillLibrary

if TYPE_CHECKING:
    # For its types alone: the module itself needs ROS.
    from agent_planner.ros.client import Feedback, InstructionResult
    from agent_planner.ros.outside_robot import StopEnd

OnFeedback = Callable[["Feedback"], None]


class Sent(Protocol):
    """An instruction or a call on its way; `agent_planner.ros.client.SentInstruction` is one. Both methods block."""

    def result(self, seconds: float) -> "InstructionResult":
        """Wait for the end; raises InfrastructureError."""
        ...

    def cancel(self, seconds: float) -> None:
        """End it; the robot is at rest when this returns. Raises InfrastructureError where that is not known."""
        ...


class Robot(Protocol):
    """A running robot, seen from outside. What blocks may be called from any thread."""

    @property
    def library(self) -> SkillLibrary:
        """The planner's skills."""
        ...

    @property
    def policy(self) -> Policy | None:
        """The planner's safety policy; None where it has none."""
        ...

    def instruct(self, instruction: str, autonomy: str, on_feedback: OnFeedback) -> Sent:
        """Send an instruction; returns at once."""
        ...

    def call(self, call: str, on_feedback: OnFeedback) -> Sent:
        """Send one call, as text, to the planner's checks and gate; returns at once."""
        ...

    def scene(self) -> tuple[SceneGraph, float]:
        """The newest scene and its age in seconds; blocks. Raises InfrastructureError where there is none."""
        ...

    def stop(self, reason: str) -> "StopEnd":
        """Stop the robot and wait, bounded, until it is at rest; blocks. Raises InfrastructureError: no answer."""
        ...

    def reset(self) -> tuple[bool, str]:
        """Let it act again after a stop that came from here; whether it may, and why. Blocks; raises as `stop`."""
        ...

    def newest_episode(self) -> Mapping[str, Any] | None:
        """The record of the newest episode that has ended; None where there is none, or none is kept here."""
        ...
