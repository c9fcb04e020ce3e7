# SPDX-License-Identifier: Apache-2.0
"""MoveIt's move_group as a planner for free space."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from rclpy.node import Node

from agent_planner.ros.interface_types import load_interface
from agent_planner_motion.arm.trajectory import Trajectory
from agent_planner_motion.errors import MotionError
from agent_planner_motion.ros.controller import Controller
from agent_planner_motion.ros.messages import seconds
from agent_planner_motion.ros.moveit import check_planning
from agent_planner_motion.ros.planning_scene import HeldObject
from agent_planner_motion.skills.ways import Held

ACTION = "move_action"


@dataclass(frozen=True)
class MoveGroupChannel:
    """How MoveIt is asked for plans.

    Attributes:
        joints: names, in the order of our trajectories.
        group: name of MoveIt's group of these joints.
        end_effector: link to which what is held is attached.
        touching: other links that may touch it.
        speed: share of the limits of velocity and acceleration that MoveIt knows.
        tolerance: how far a plan's end may be off, a joint, radians or metres.
        planning_time: seconds for each goal.
        attempts: how often MoveIt plans for each goal; it keeps the best.
        patience: seconds of steady time for which move_group may be gone, or may leave a request without an answer.
    """

    joints: tuple[str, ...]
    group: str
    end_effector: str
    touching: tuple[str, ...] = ()
    speed: float = 0.9
    tolerance: float = 0.001
    planning_time: float = 2.0
    attempts: int = 4
    patience: float = 3.0


class MoveGroup:
    """Implements `skills.ways.CellPlanner` by the action `move_action`.

    It is asked for plans only. So a request that is given up, or answered late, moves nothing, and it is known which
    of several goals can be reached before anything has moved.

    Raises:
        InterfaceMissing: moveit_msgs is not installed.
    """

    def __init__(self, node: Node, channel: MoveGroupChannel):
        self._channel = channel
        self._server = Controller(node, "moveit_msgs/action/MoveGroup", ACTION, channel.patience)
        self._constraints = load_interface("moveit_msgs/msg/Constraints")
        self._joint_constraint = load_interface("moveit_msgs/msg/JointConstraint")
        self._held = HeldObject(node, channel.end_effector, channel.touching)

    def check(self) -> None:
        """Raise NoServer where nobody plans."""
        self._server.check()

    def ready(self) -> bool:
        """See `CellPlanner`: move_group takes a cancel at once, plans on, and cancels what comes meanwhile."""
        return not self._server.ending

    def ask(self, goal: np.ndarray) -> None:
        """See `CellPlanner`."""
        channel = self._channel
        asked = self._server.kind.Goal()
        asked.planning_options.plan_only = True
        # What is published may come later than this request.
        asked.planning_options.planning_scene_diff = self._held.scene()
        request = asked.request
        request.group_name = channel.group
        request.start_state.is_diff = True  # from where the arm is, with what is attached to it
        request.goal_constraints = [self._constraints(joint_constraints=self._at(goal))]
        request.allowed_planning_time = channel.planning_time
        request.num_planning_attempts = channel.attempts
        request.max_velocity_scaling_factor = request.max_acceleration_scaling_factor = channel.speed
        self._server.send(asked)

    def _at(self, goal: np.ndarray) -> list[Any]:
        off = self._channel.tolerance
        return [
            self._joint_constraint(
                joint_name=name, position=float(q), tolerance_above=off, tolerance_below=off, weight=1.0
            )
            for name, q in zip(self._channel.joints, goal, strict=True)
        ]

    def answer(self) -> Trajectory | None:
        """See `CellPlanner`."""
        response = self._server.outcome()
        if response is None:
            return None
        check_planning(ACTION, response)
        return _trajectory(response.result.planned_trajectory.joint_trajectory, self._channel)

    def cancel(self) -> None:
        """See `CellPlanner`."""
        self._server.cancel()

    def show(self, held: Held | None) -> None:
        """See `CellPlanner`."""
        self._held.show(held)

    def destroy(self) -> None:
        """Release the client."""
        self._server.destroy()


def _trajectory(message: Any, channel: MoveGroupChannel) -> Trajectory:
    """Read a plan.

    Raises:
        MotionError: it is for other joints, or has no times.
    """
    if set(message.joint_names) != set(channel.joints):
        raise MotionError(
            "INVALID_GROUP_NAME",
            f"'{ACTION}' plans for {', '.join(message.joint_names) or 'no joint'}, arm_joints are "
            f"{', '.join(channel.joints)}; does move_group_name ('{channel.group}') name their group?",
        )
    order = [list(message.joint_names).index(name) for name in channel.joints]
    times = np.array([seconds(point.time_from_start) for point in message.points])
    if not (np.diff(times) > 0.0).all() or not all(len(p.velocities) == len(order) for p in message.points):
        raise MotionError(
            "INVALID_MOTION_PLAN",
            f"the plan of '{ACTION}' is not timed; has its pipeline AddTimeOptimalParameterization?",
        )
    return Trajectory(
        times, _columns(message.points, "positions", order), _columns(message.points, "velocities", order)
    )


def _columns(points: Sequence[Any], field: str, order: list[int]) -> np.ndarray:
    return np.array([getattr(point, field) for point in points])[:, order]
