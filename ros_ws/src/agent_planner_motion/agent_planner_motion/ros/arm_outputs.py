# SPDX-License-Identifier: Apache-2.0
"""Ways to send a trajectory to an arm."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from action_msgs.msg import GoalStatus
from rclpy.callback_groups import ReentrantCallbackGroup
from rclpy.duration import Duration
from rclpy.node import Node
from std_msgs.msg import String
from trajectory_msgs.msg import JointTrajectory

from agent_planner.ros.interface_types import load_interface
from agent_planner.ros.timers import steady_timer
from agent_planner_motion.arm.trajectory import STEP, Trajectory, standing
from agent_planner_motion.errors import ControllerFailed, MissingData
from agent_planner_motion.ros.controller import Controller
from agent_planner_motion.ros.messages import constant, trajectory_message
from agent_planner_motion.ros.moveit import check_execution

MOVE_GROUP = "move_group"
_SHORT_OF_IT = ("PATH_TOLERANCE_VIOLATED", "GOAL_TOLERANCE_VIOLATED")
_STOP_AGAIN = 0.2  # seconds of steady time between events
_NEARLY = 0.95  # of a trajectory's time, after which its end is looked for


@dataclass(frozen=True)
class ArmChannel:
    """How an arm is sent trajectories.

    Attributes:
        interface: a key of `ARM_OUTPUTS`.
        joints: names, in the order of the trajectory.
        action: name of the controller's action, for `follow_joint_trajectory`; so are the tolerances.
        path_tolerance: how far each joint may be off on its way, metres or radians; 0: as the controller has it.
        goal_tolerance: the same at its end.
        goal_time: seconds after a trajectory's end in which its goal may still be reached.
        patience: seconds of steady time for which a server may be gone, or may leave a goal without an answer.
    """

    interface: str
    joints: tuple[str, ...]
    action: str = "arm_controller/follow_joint_trajectory"
    path_tolerance: float = 0.1
    goal_tolerance: float = 0.05
    goal_time: float = 1.0
    patience: float = 3.0


class ArmOutput(Protocol):
    """Sends trajectories, one at a time. No method waits."""

    def check(self) -> None:
        """Raise NoServer where nobody takes trajectories."""
        ...

    def send(self, trajectory: Trajectory, give: float = 0.0) -> None:
        """Start one; it replaces the one before.

        Args:
            trajectory: the motion.
            give: how far joints may be off on it, where that is more than its channel has; for those who are told.

        Raises:
            NoServer: nobody would get it.
        """
        ...

    def done(self) -> bool:
        """Whether the newest should have ended by now, or is told to have.

        Raises:
            MotionError: it has ended before its goal, or nothing is heard of it.
        """
        ...

    def hold(self, measured: Callable[[], np.ndarray]) -> None:
        """Stop the arm where it is; it may ask for the measured joints, (dof,)."""
        ...

    def held(self) -> bool:
        """Whether nothing that was sent goes on, as far as is told."""
        ...

    def destroy(self) -> None:
        """Release what the node does not."""
        ...


class TopicArm:
    """Publishes on `arm_controller/joint_trajectory`, and hears nothing back."""

    def __init__(self, node: Node, channel: ArmChannel):
        self._node = node
        self._joints = channel.joints
        self._publisher = node.create_publisher(JointTrajectory, "arm_controller/joint_trajectory", 10)
        self._sent: tuple[float, Trajectory] | None = None  # when, ROS time in seconds

    def check(self) -> None:
        """Nobody can tell."""

    def send(self, trajectory: Trajectory, give: float = 0.0) -> None:
        """See `ArmOutput`."""
        self._sent = self._now(), trajectory
        self._publisher.publish(trajectory_message(self._joints, trajectory, STEP))

    def done(self) -> bool:
        """See `ArmOutput`."""
        return self._sent is None or self._now() - self._sent[0] >= _NEARLY * self._sent[1].duration

    def hold(self, measured: Callable[[], np.ndarray]) -> None:
        """Send the measured joints: controllers of ROS 2 discard an empty trajectory.

        Where nothing measures them any more, the arm is taken to be where it was sent: what was measured last is old.
        """
        try:
            joints = measured()
        except MissingData:
            if self._sent is None:
                return
            began, trajectory = self._sent
            joints = trajectory.at(self._now() - began)
        self.send(standing(joints))

    def held(self) -> bool:
        """See `ArmOutput`."""
        return True

    def destroy(self) -> None:
        """The node does it."""

    def _now(self) -> float:
        return self._node.get_clock().now().nanoseconds * 1e-9


class ActionArm(ABC):
    """Sends goals of an action.

    Args:
        node: the node.
        channel: what is sent.
        kind: name of the action's type.
        action: its name.
    """

    def __init__(self, node: Node, channel: ArmChannel, kind: str, action: str):
        self._channel = channel
        self._controller = Controller(node, kind, action, channel.patience)

    @abstractmethod
    def _goal(self, trajectory: Trajectory, give: float) -> Any:
        """Return the goal's message."""

    @abstractmethod
    def _check_end(self, response: Any) -> None:
        """Raise MotionError where status and result are not those of a success."""

    def check(self) -> None:
        """See `ArmOutput`."""
        self._controller.check()

    def send(self, trajectory: Trajectory, give: float = 0.0) -> None:
        """See `ArmOutput`."""
        self._controller.send(self._goal(trajectory, give))

    def done(self) -> bool:
        """See `ArmOutput`."""
        response = self._controller.outcome()
        if response is None:
            return False
        self._check_end(response)
        return True

    def hold(self, measured: Callable[[], np.ndarray]) -> None:
        """Cancel the goal: the controller then holds the arm where it is."""
        self._controller.cancel()

    def held(self) -> bool:
        """See `ArmOutput`."""
        return self._controller.at_rest

    def destroy(self) -> None:
        """See `ArmOutput`."""
        self._controller.destroy()


class FollowJointTrajectoryArm(ActionArm):
    """Sends goals of FollowJointTrajectory, as ros2_control's trajectory controllers serve it."""

    def __init__(self, node: Node, channel: ArmChannel):
        super().__init__(node, channel, "control_msgs/action/FollowJointTrajectory", channel.action)
        self._tolerance = load_interface("control_msgs/msg/JointTolerance")

    def _goal(self, trajectory: Trajectory, give: float) -> Any:
        channel = self._channel
        goal = self._controller.kind.Goal(trajectory=trajectory_message(channel.joints, trajectory, STEP))
        goal.path_tolerance = self._tolerances(channel.path_tolerance, give)
        goal.goal_tolerance = self._tolerances(channel.goal_tolerance, give)
        goal.goal_time_tolerance = Duration(seconds=channel.goal_time).to_msg()
        return goal

    def _check_end(self, response: Any) -> None:
        result = response.result
        fine = result.error_code == result.SUCCESSFUL
        if fine and response.status == GoalStatus.STATUS_SUCCEEDED:
            return
        # A goal may be aborted with the code for success, too.
        reason = "ABORTED" if fine else constant(result, result.error_code)
        code = "NOT_REACHED" if reason in _SHORT_OF_IT else reason
        raise ControllerFailed(self._controller.action, code, reason, result.error_string)

    def _tolerances(self, usual: float, give: float) -> list[Any]:
        position = max(usual, give) if usual else 0.0  # what the controller has may be none at all
        return [self._tolerance(name=joint, position=position) for joint in self._channel.joints]


class MoveItArm(ActionArm):
    """Sends goals of ExecuteTrajectory, as MoveIt's move_group serves it.

    move_group accepts a cancel and moves on all the same: what stops it is an event on `trajectory_execution_event`.
    So that is sent, too, and again for as long as a goal that is to end goes on: it may have begun after the event.
    """

    def __init__(self, node: Node, channel: ArmChannel):
        super().__init__(node, channel, "moveit_msgs/action/ExecuteTrajectory", "execute_trajectory")
        self._trajectory = load_interface("moveit_msgs/msg/RobotTrajectory")
        self._events = node.create_publisher(String, "trajectory_execution_event", 1)
        self._timer = steady_timer(node, _STOP_AGAIN, self._stop_again, ReentrantCallbackGroup())

    def _goal(self, trajectory: Trajectory, give: float) -> Any:
        message = trajectory_message(self._channel.joints, trajectory, STEP)
        return self._controller.kind.Goal(trajectory=self._trajectory(joint_trajectory=message))

    def _check_end(self, response: Any) -> None:
        check_execution(self._controller.action, response)

    def hold(self, measured: Callable[[], np.ndarray]) -> None:
        """See `ArmOutput`."""
        self._events.publish(String(data="stop"))
        super().hold(measured)

    def destroy(self) -> None:
        """See `ArmOutput`."""
        self._timer.cancel()
        super().destroy()

    def _stop_again(self) -> None:
        if self._controller.ending:
            self._events.publish(String(data="stop"))


ARM_OUTPUTS: Mapping[str, Callable[[Node, ArmChannel], ArmOutput]] = {
    "topic": TopicArm,
    "follow_joint_trajectory": FollowJointTrajectoryArm,
    MOVE_GROUP: MoveItArm,
}
