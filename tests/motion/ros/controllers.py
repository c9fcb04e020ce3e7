# SPDX-License-Identifier: Apache-2.0
"""Stand-ins for the controllers of a real robot: action servers that move a few joints and can go wrong."""

import threading
import time
from contextlib import nullcontext, suppress

import numpy as np
from builtin_interfaces.msg import Duration
from rclpy.action import ActionServer, CancelResponse, GoalResponse
from rclpy.callback_groups import ReentrantCallbackGroup
from rclpy.executors import MultiThreadedExecutor
from rclpy.node import Node
from sensor_msgs.msg import JointState
from std_msgs.msg import Float64
from trajectory_msgs.msg import JointTrajectory, JointTrajectoryPoint

from agent_planner.ros.interface_types import load_interface
from agent_planner.ros.process import spinning
from agent_planner_motion.errors import MotionError

FollowJointTrajectory = load_interface("control_msgs/action/FollowJointTrajectory")
GripperCommand = load_interface("control_msgs/action/GripperCommand")
ParallelGripperCommand = load_interface("control_msgs/action/ParallelGripperCommand")
TICK = 0.01


def seconds(duration):
    return duration.sec + duration.nanosec * 1e-9


def is_heard(robot):
    """Whether a robot hears its joints and finds its controllers."""
    try:
        robot.controllers()
        return bool(robot.joints())
    except MotionError:
        return False


class Controller:
    """An action server on a node of its own. The newest goal counts; the one before is aborted.

    Attributes:
        goals: what came.
        ended: how each goal ended, by the number at which it came.
        accepts: whether goals are accepted.
        answers: cleared, goals get no answer until it is set.
        obeys: whether cancels are heeded.
        cancel_asked: when the last cancel came (time.monotonic).
    """

    def __init__(self, context, namespace, name, kind, action):
        self.kind = kind
        self.goals, self.ended = [], {}
        self.accepts = self.obeys = True
        self.answers = threading.Event()
        self.answers.set()
        self.cancel_asked = None
        self._gone = False
        self.node = Node(name, namespace=namespace, context=context)
        self.server = ActionServer(
            self.node,
            kind,
            action,
            self._execute,
            goal_callback=self._on_goal,
            cancel_callback=self._on_cancel,
            callback_group=ReentrantCallbackGroup(),
        )
        self._spinning = spinning(MultiThreadedExecutor(4, context=context), self.node)
        self._spinning.__enter__()

    def vanish(self):
        """Be gone from the network, as after a crash."""
        self._gone = True
        self.server.destroy()

    def close(self):
        self.answers.set()
        # rclpy looks for what it has just destroyed, where a goal was running.
        with suppress(ValueError) if self._gone else nullcontext():
            self._spinning.__exit__(None, None, None)
        if not self._gone:
            self.server.destroy()
        self.node.destroy_node()

    def _on_goal(self, goal):
        self.answers.wait(20.0)
        return GoalResponse.ACCEPT if self.accepts else GoalResponse.REJECT

    def _on_cancel(self, handle):
        self.cancel_asked = time.monotonic()
        return CancelResponse.ACCEPT if self.obeys else CancelResponse.REJECT

    def _execute(self, handle):
        number = len(self.goals)
        self.goals.append(handle.request)
        result = self.kind.Result()
        for _ in self._steps(handle.request, result):
            time.sleep(TICK)
            if handle.is_cancel_requested:
                self._halt()
                handle.canceled()
                self.ended[number] = "canceled"
                return result
            if len(self.goals) > number + 1 or self._gone:
                break
        else:
            if self._fine(result):
                handle.succeed()
                self.ended[number] = "succeeded"
                return result
        handle.abort()
        self.ended[number] = "aborted"
        return result

    def _halt(self):
        """Stop what moves, where it does not by itself."""


class Joints:
    """Joints that a controller moves, published as `joint_states`."""

    def __init__(self, node, names):
        self.names, self.q = list(names), np.zeros(len(names))
        self._told, self._told_at = self.q, time.monotonic()
        self._node = node
        self._publisher = node.create_publisher(JointState, "joint_states", 10)
        node.create_timer(2 * TICK, self._tell, callback_group=ReentrantCallbackGroup())

    def _tell(self):
        q, now = self.q.copy(), time.monotonic()
        rates = (q - self._told) / (now - self._told_at)
        self._told, self._told_at = q, now
        message = JointState(name=self.names, position=q.tolist(), velocity=rates.tolist())
        message.header.stamp = self._node.get_clock().now().to_msg()
        self._publisher.publish(message)


class ArmController(Controller):
    """Serves FollowJointTrajectory.

    Attributes:
        scaling: share of the speed that was asked for.
        stuck_after: seconds after which the arm does not move on.
        told: the error code that is told at the end, whatever happens.
    """

    def __init__(self, context, namespace, names, action="arm_controller/follow_joint_trajectory"):
        super().__init__(context, namespace, "arm_controller", FollowJointTrajectory, action)
        self.joints = Joints(self.node, names)
        self.scaling, self.stuck_after, self.told = 1.0, float("inf"), None

    def _steps(self, goal, result):
        times = np.array([seconds(p.time_from_start) for p in goal.trajectory.points])
        points = np.array([p.positions for p in goal.trajectory.points])
        tolerance = goal.path_tolerance[0].position
        began = time.monotonic()
        while True:
            passed = time.monotonic() - began
            wanted = np.array([np.interp(passed * self.scaling, times, column) for column in points.T])
            if passed < self.stuck_after:
                self.joints.q[: len(wanted)] = wanted
            off = float(np.abs(wanted - self.joints.q[: len(wanted)]).max())
            if tolerance and off > tolerance:
                result.error_code = result.PATH_TOLERANCE_VIOLATED
                result.error_string = f"a joint is {off:.2f} off"
                break
            if passed * self.scaling > times[-1]:
                break
            yield
        if self.told is not None:
            result.error_code, result.error_string = self.told, "as the test wants it"

    def _fine(self, result):
        return result.error_code == result.SUCCESSFUL


class GripperController(Controller):
    """Serves GripperCommand or ParallelGripperCommand for one joint.

    Attributes:
        speed: of the joint, a second.
        blocked_at: where something stops the joint on its way up.
        fails_stalled: whether a stall ends a goal as aborted.
        tells: whether the result says why it ended.
    """

    def __init__(self, context, namespace, name, kind=GripperCommand, action="gripper_controller/gripper_cmd"):
        super().__init__(context, namespace, "gripper_controller", kind, action)
        self.joints = Joints(self.node, [name])
        self.speed, self.blocked_at, self.fails_stalled, self.tells = 1.0, float("inf"), True, True

    def _steps(self, goal, result):
        command = goal.command
        target = command.position[0] if self.kind is ParallelGripperCommand else command.position
        q, moved = self.joints.q, time.monotonic()
        while abs(target - q[0]) > 1e-6 and not (target > q[0] >= self.blocked_at):
            most, moved = self.speed * (time.monotonic() - moved), time.monotonic()
            step = float(np.clip(target - q[0], -most, most))
            q[0] = min(q[0] + step, self.blocked_at) if step > 0 else q[0] + step
            yield
        if self.tells:
            result.reached_goal = bool(abs(target - q[0]) <= 1e-6)
            result.stalled = not result.reached_goal

    def _fine(self, result):
        return self.tells and not (result.stalled and self.fails_stalled)


class Heard:
    """The newest joint states of a robot."""

    def __init__(self, node):
        self.message = JointState()
        node.create_subscription(JointState, "joint_states", self._take, 1, callback_group=ReentrantCallbackGroup())

    def _take(self, message):
        self.message = message

    def of(self, names):
        """Positions and rates of some joints, and when they were measured."""
        message = self.message
        index = [message.name.index(name) for name in names]
        return np.array(message.position)[index], np.array(message.velocity)[index], seconds(message.header.stamp)


class BridgedArm(Controller):
    """Serves FollowJointTrajectory for an arm on a plain topic, such as the simulator's."""

    def __init__(self, context, namespace):
        super().__init__(
            context, namespace, "arm_bridge", FollowJointTrajectory, "arm_controller/follow_joint_trajectory"
        )
        self._heard = Heard(self.node)
        self._publisher = self.node.create_publisher(JointTrajectory, "arm_controller/joint_trajectory", 10)

    def _steps(self, goal, result):
        self._names = list(goal.trajectory.joint_names)
        self._publisher.publish(goal.trajectory)
        last = goal.trajectory.points[-1]
        _, _, began = self._heard.of(self._names)
        while True:
            q, _, now = self._heard.of(self._names)
            late = now - began - seconds(last.time_from_start)
            off = np.abs(q - last.positions).max()
            if late >= 0 and off <= goal.goal_tolerance[0].position:
                return
            if late > seconds(goal.goal_time_tolerance):
                result.error_code = result.GOAL_TOLERANCE_VIOLATED
                result.error_string = f"a joint is {off:.2f} off"
                return
            yield

    def _fine(self, result):
        return result.error_code == result.SUCCESSFUL

    def _halt(self):
        q, _, _ = self._heard.of(self._names)
        point = JointTrajectoryPoint(positions=q.tolist(), time_from_start=Duration(nanosec=20_000_000))
        self._publisher.publish(JointTrajectory(joint_names=self._names, points=[point]))


class BridgedGripper(Controller):
    """Serves GripperCommand for a gripper on a plain topic, with two joints that move alike."""

    def __init__(self, context, namespace, joints):
        super().__init__(context, namespace, "gripper_bridge", GripperCommand, "gripper_controller/gripper_cmd")
        self._names = joints
        self._heard = Heard(self.node)
        self._publisher = self.node.create_publisher(Float64, "gripper_controller/command", 10)

    def _steps(self, goal, result):
        self._publisher.publish(Float64(data=2 * goal.command.position))
        _, _, began = self._heard.of(self._names)
        while True:
            q, rates, now = self._heard.of(self._names)
            result.reached_goal = bool(np.abs(q - goal.command.position).max() < 0.001)
            result.stalled = bool(now - began > 0.5 and np.abs(rates).max() < 0.001)
            if result.reached_goal or result.stalled:
                return
            yield

    def _fine(self, result):
        return result.reached_goal
