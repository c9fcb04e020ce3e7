# SPDX-License-Identifier: Apache-2.0
"""Ways to send an opening to a gripper."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Protocol

from action_msgs.msg import GoalStatus
from rclpy.node import Node
from sensor_msgs.msg import JointState
from std_msgs.msg import Float64

from agent_planner.ros.interface_types import load_interface
from agent_planner_motion.arm.fingers import Fingers
from agent_planner_motion.errors import ControllerFailed, MissingData
from agent_planner_motion.ros.controller import Controller


@dataclass(frozen=True)
class GripperChannel:
    """How a gripper is sent openings.

    Attributes:
        interface: a key of `GRIPPER_OUTPUTS`.
        fingers: turn openings into positions of joints; the first joint is the one that is commanded.
        action: name of the action, where the interface is one.
        effort: with which it may push, newtons or newton metres.
        patience: seconds of steady time for which a server may be gone, or may leave a goal without an answer.
    """

    interface: str
    fingers: Fingers
    action: str = "gripper_controller/gripper_cmd"
    effort: float = 20.0
    patience: float = 3.0


class GripperOutput(Protocol):
    """Sends openings, metres. No method waits."""

    def check(self) -> None:
        """Raise NoServer where nobody takes commands."""
        ...

    def send(self, opening: float) -> None:
        """Command a distance between the fingers; it replaces the one before.

        Raises:
            NoServer: nobody would get it.
        """
        ...

    def done(self) -> bool:
        """Whether the fingers are not told to be still on their way; what is between them may have stopped them.

        Raises:
            MotionError: the command was given up, or nothing is heard of it.
        """
        ...

    def hold(self, measured: Callable[[], float]) -> None:
        """Stop the fingers where they are; it may ask for the measured opening."""
        ...

    def held(self) -> bool:
        """Whether nothing that was sent goes on, as far as is told."""
        ...

    def destroy(self) -> None:
        """Release what the node does not."""
        ...


class TopicGripper:
    """Publishes openings on `gripper_controller/command`, and hears nothing back."""

    def __init__(self, node: Node, channel: GripperChannel):
        self._publisher = node.create_publisher(Float64, "gripper_controller/command", 10)

    def check(self) -> None:
        """Nobody can tell."""

    def send(self, opening: float) -> None:
        """See `GripperOutput`."""
        self._publisher.publish(Float64(data=float(opening)))

    def done(self) -> bool:
        """See `GripperOutput`."""
        return True

    def hold(self, measured: Callable[[], float]) -> None:
        """See `GripperOutput`; where nothing measures the fingers any more, they end where they were sent."""
        with suppress(MissingData):
            self.send(measured())

    def held(self) -> bool:
        """See `GripperOutput`."""
        return True

    def destroy(self) -> None:
        """The node does it."""


class ActionGripper:
    """Sends goals of an action whose result says whether the goal was reached or the fingers were stalled.

    Args:
        node: the node.
        channel: what is sent where.
        kind: name of the action's type.
        command: makes the goal's command for a position of the joint.
    """

    def __init__(self, node: Node, channel: GripperChannel, kind: str, command: Callable[[float], Any]):
        self._channel = channel
        self._command = command
        self._controller = Controller(node, kind, channel.action, channel.patience)
        self._commanded: float | None = None

    def check(self) -> None:
        """See `GripperOutput`."""
        self._controller.check()

    def send(self, opening: float) -> None:
        """See `GripperOutput`; the one that is under way already is not sent again."""
        if self._controller.busy and opening == self._commanded:
            return
        position = self._channel.fingers.position(opening)
        self._controller.send(self._controller.kind.Goal(command=self._command(position)))
        self._commanded = opening

    def done(self) -> bool:
        """See `GripperOutput`."""
        response = self._controller.outcome()
        if response is None:
            return False
        result = response.result
        # Some controllers abort a goal that an object has stopped, others let it succeed.
        if response.status == GoalStatus.STATUS_SUCCEEDED or result.reached_goal or result.stalled:
            return True
        raise ControllerFailed(
            self._channel.action, "NOT_REACHED", "neither reached_goal nor stalled", "the fingers stopped on their way"
        )

    def hold(self, measured: Callable[[], float]) -> None:
        """Cancel the goal: the controller then holds the fingers where they are."""
        self._controller.cancel()

    def held(self) -> bool:
        """See `GripperOutput`."""
        return self._controller.at_rest

    def destroy(self) -> None:
        """See `GripperOutput`."""
        self._controller.destroy()


def _gripper_command(node: Node, channel: GripperChannel) -> ActionGripper:
    message = load_interface("control_msgs/msg/GripperCommand")

    def command(position: float) -> Any:
        return message(position=position, max_effort=channel.effort)

    return ActionGripper(node, channel, "control_msgs/action/GripperCommand", command)


def _parallel_gripper_command(node: Node, channel: GripperChannel) -> ActionGripper:
    def command(position: float) -> JointState:
        # ros2_control's server takes exactly one joint.
        return JointState(name=[channel.fingers.joints[0]], position=[position], effort=[channel.effort])

    return ActionGripper(node, channel, "control_msgs/action/ParallelGripperCommand", command)


GRIPPER_OUTPUTS: Mapping[str, Callable[[Node, GripperChannel], GripperOutput]] = {
    "topic": TopicGripper,
    "gripper_command": _gripper_command,
    "parallel_gripper_command": _parallel_gripper_command,
}
