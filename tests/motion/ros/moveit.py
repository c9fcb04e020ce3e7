# SPDX-License-Identifier: Apache-2.0
"""Stand-ins for MoveIt's move_group, which plans, executes and has a planning scene, and can go wrong."""

import threading
import time
from contextlib import suppress

import numpy as np
from builtin_interfaces.msg import Duration
from rclpy.callback_groups import ReentrantCallbackGroup
from std_msgs.msg import String
from trajectory_msgs.msg import JointTrajectory, JointTrajectoryPoint

from agent_planner.ros.interface_types import load_interface
from agent_planner_motion.arm.trajectory import Limits, time_path
from agent_planner_motion.ros.messages import constant, trajectory_message
from tests.motion.ros.controllers import TICK, Controller, Heard, Joints, seconds

MoveGroup = load_interface("moveit_msgs/action/MoveGroup")
ExecuteTrajectory = load_interface("moveit_msgs/action/ExecuteTrajectory")
Codes = load_interface("moveit_msgs/msg/MoveItErrorCodes")
PlanningScene = load_interface("moveit_msgs/msg/PlanningScene")
CollisionObject = load_interface("moveit_msgs/msg/CollisionObject")


def straight(start, goal):
    """A path of a few points, (n, dof)."""
    return start + (goal - start) * np.linspace(0.0, 1.0, 40)[:, None]


class Planning(Controller):
    """Serves MoveGroup for requests that only plan.

    As in move_group, what is cancelled is planned to its end, and what comes meanwhile is given up in its stead.

    Args:
        context: of ROS.
        namespace: of the node.
        names: joints of the group.
        where: tells where they are.

    Attributes:
        plan: makes a path of start and goal, or None.
        codes: what the next requests end with instead of a plan.
        takes: seconds for a plan.
        spoil: may change a plan's message.
    """

    group = "manipulator"

    def __init__(self, context, namespace, names, where):
        super().__init__(context, namespace, "planning", MoveGroup, "move_action")
        self._names, self._where = list(names), where
        self.plan, self.codes, self.takes, self.spoil = straight, [], 0.0, lambda message: None
        self._preempt = False

    def _on_cancel(self, handle):
        self._preempt = True
        return super()._on_cancel(handle)

    def _steps(self, goal, result):
        if self._preempt:
            code = Codes.PREEMPTED
        else:
            time.sleep(self.takes)
            code = self.codes.pop(0) if self.codes else self._planned(goal, result)
        self._preempt = False
        result.error_code.val = code
        if code != Codes.SUCCESS:
            result.error_code.message = "as the test wants it"
        return ()

    def _planned(self, goal, result):
        request = goal.request
        if request.group_name != self.group:
            return Codes.INVALID_GROUP_NAME
        # move_group drops what is attached where an empty state is not a difference to the present one.
        if not goal.planning_options.plan_only or not request.start_state.is_diff:
            return Codes.START_STATE_INVALID
        (wanted,) = request.goal_constraints
        at = {c.joint_name: c for c in wanted.joint_constraints}
        if at.keys() != set(self._names) or not all(0 < c.tolerance_above == c.tolerance_below for c in at.values()):
            return Codes.INVALID_GOAL_CONSTRAINTS
        path = self.plan(self._where(), np.array([at[name].position for name in self._names]))
        if path is None:
            return Codes.PLANNING_FAILED
        ones = np.ones(len(self._names))
        limits = Limits(
            ones * request.max_velocity_scaling_factor, ones * 5.0 * request.max_acceleration_scaling_factor
        )
        message = result.planned_trajectory.joint_trajectory = self._message(time_path(path, limits))
        self.spoil(message)
        return Codes.SUCCESS

    def _message(self, motion):
        """A plan; its joints are in an order of their own."""
        message = trajectory_message(self._names[::-1], motion, 0.0)
        for point in message.points:
            point.positions, point.velocities = point.positions[::-1], point.velocities[::-1]
        return message

    def _fine(self, result):
        return result.error_code.val == Codes.SUCCESS


class Execution(Controller):
    """Serves ExecuteTrajectory as move_group does: a cancel is accepted and not heeded, only an event stops it.

    Attributes:
        stopped_at: when the last event came (time.monotonic).
        told: the code that is told at the end, whatever happens.
        ended: by the name of the code.
    """

    def __init__(self, context, namespace):
        super().__init__(context, namespace, "execution", ExecuteTrajectory, "execute_trajectory")
        self.stopped_at, self.told = None, None
        self._stop = threading.Event()
        group = ReentrantCallbackGroup()
        self.node.create_subscription(String, "trajectory_execution_event", self._on_event, 10, callback_group=group)

    def _on_event(self, message):
        assert message.data == "stop"
        self.stopped_at = time.monotonic()
        self._stop.set()

    def _execute(self, handle):
        number = len(self.goals)
        self.goals.append(handle.request)
        self._stop.clear()
        code = Codes.SUCCESS
        for _ in self._steps(handle.request.trajectory.joint_trajectory):
            time.sleep(TICK)
            if self._stop.is_set():
                self._halt()
                code = Codes.PREEMPTED
                break
        result = self.kind.Result()
        result.error_code.val = code = code if self.told is None else self.told
        handle.succeed() if code == Codes.SUCCESS else handle.abort()
        self.ended[number] = constant(result.error_code, code)
        return result


class MovingExecution(Execution):
    """Moves joints of its own.

    Attributes:
        scaling: share of the speed that was asked for.
    """

    def __init__(self, context, namespace, names):
        super().__init__(context, namespace)
        self.joints, self.scaling = Joints(self.node, names), 1.0

    def _steps(self, trajectory):
        times = np.array([seconds(p.time_from_start) for p in trajectory.points])
        points = np.array([p.positions for p in trajectory.points])
        index = [self.joints.names.index(name) for name in trajectory.joint_names]
        began = time.monotonic()
        passed = 0.0
        while passed <= times[-1]:
            passed = (time.monotonic() - began) * self.scaling
            self.joints.q[index] = [np.interp(passed, times, column) for column in points.T]
            yield


class BridgedExecution(Execution):
    """Moves an arm on a plain topic, such as the simulator's."""

    def __init__(self, context, namespace):
        super().__init__(context, namespace)
        self.heard = Heard(self.node)
        self._names = []
        self._publisher = self.node.create_publisher(JointTrajectory, "arm_controller/joint_trajectory", 10)

    def _steps(self, trajectory):
        self._names = list(trajectory.joint_names)
        self._publisher.publish(trajectory)
        last = trajectory.points[-1]
        _, _, began = self.heard.of(self._names)
        late = -1.0
        while late < 1.0:
            q, _, now = self.heard.of(self._names)
            late = now - began - seconds(last.time_from_start)
            if late >= 0 and np.abs(q - last.positions).max() <= 0.01:
                return
            yield
        self.told = Codes.CONTROL_FAILED

    def _halt(self):
        q, _, _ = self.heard.of(self._names)
        point = JointTrajectoryPoint(positions=q.tolist(), time_from_start=Duration(nanosec=20_000_000))
        self._publisher.publish(JointTrajectory(joint_names=self._names, points=[point]))


class Scene:
    """A planning scene that hears its changes.

    Attributes:
        attached: what is attached, by its name.
        world: names of what stands around.
        history: names of what was attached after each change.
    """

    def __init__(self, node):
        self.attached, self.world, self.history = {}, set(), []
        group = ReentrantCallbackGroup()
        self.heard = node.create_subscription(PlanningScene, "planning_scene", self._take, 10, callback_group=group)

    def _take(self, message):
        assert message.is_diff
        assert message.robot_state.is_diff
        for attached in message.robot_state.attached_collision_objects:
            name = attached.object.id
            if attached.object.operation == CollisionObject.ADD:
                self.attached[name] = attached
                self.world.discard(name)
            elif self.attached.pop(name, None) is not None:
                self.world.add(name)  # where the hand left it
        for thing in message.world.collision_objects:
            assert thing.operation == CollisionObject.REMOVE
            with suppress(KeyError):
                self.world.remove(thing.id)
        self.history.append(set(self.attached))
