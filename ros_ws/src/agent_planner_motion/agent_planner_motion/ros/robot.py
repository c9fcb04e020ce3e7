# SPDX-License-Identifier: Apache-2.0
"""A robot behind its topics."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from agent_planner_interfaces.msg import SceneGraph
from nav_msgs.msg import OccupancyGrid
from rclpy.callback_groups import CallbackGroup, MutuallyExclusiveCallbackGroup, ReentrantCallbackGroup
from rclpy.node import Node
from rclpy.qos import DurabilityPolicy, QoSProfile, ReliabilityPolicy
from sensor_msgs.msg import JointState
from std_msgs.msg import String
from tf2_msgs.msg import TFMessage

from agent_planner.ros.names import NEWEST
from agent_planner_motion.arm.description import RobotDescription, parse
from agent_planner_motion.arm.trajectory import Trajectory
from agent_planner_motion.base.grid import Grid
from agent_planner_motion.errors import MissingData, MotionError
from agent_planner_motion.ros.arm_outputs import ARM_OUTPUTS, ArmChannel, ArmOutput
from agent_planner_motion.ros.bases import BaseChannel, FixedBase, MobileBase
from agent_planner_motion.ros.frames import Frames
from agent_planner_motion.ros.gripper_outputs import GRIPPER_OUTPUTS, GripperChannel, GripperOutput
from agent_planner_motion.ros.joint_readings import JointReadings
from agent_planner_motion.ros.messages import grid_of, world_of
from agent_planner_motion.ros.move_group import MoveGroup, MoveGroupChannel
from agent_planner_motion.skills.job import Job
from agent_planner_motion.skills.robot import Base, Joints
from agent_planner_motion.world import World

# The newest of an arm's publisher and of a gripper's. Best effort on this side goes together with either kind.
_JOINTS = QoSProfile(depth=2, reliability=ReliabilityPolicy.BEST_EFFORT)
_NUDGE = 0.1  # seconds of steady time after which a wait looks again although nothing came
_SLOWEST = 20.0  # a wait gives up when the clock runs that many times slower than the wall's


class Limb(NamedTuple):
    """An arm and its hand, and who plans for it, where that is not us."""

    arm: ArmChannel
    gripper: GripperChannel
    planner: MoveGroupChannel | None = None


@dataclass(frozen=True)
class Channels:
    """How the parts of a robot are heard and commanded.

    Attributes:
        limb: where trajectories and openings go; None: there is no arm.
        frames: names of the map's and the base's frame.
        fixed: whether the base stands where tf has it and does not drive.
        use_stamped: whether velocities are TwistStamped.
    """

    limb: Limb | None
    frames: tuple[str, str] = ("map", "base_link")
    fixed: bool = False
    use_stamped: bool = False


class RosRobot:
    """Implements `skills.robot.Robot` on a node.

    Subscribes to `joint_states` (of one publisher or several, with velocities or without: see `joint_readings`), `map`,
    `robot_description`, `scene_graph`, `/tf`, `/tf_static`. What it sends, and where the base is: see `arm_outputs`,
    `gripper_outputs`, `bases`; who plans where that is not us: `move_group`.

    Args:
        node: the node.
        channels: how its parts are heard and commanded.

    Attributes:
        cell: MoveIt, where it plans.

    Raises:
        InterfaceMissing: a channel needs a type that is not installed.
    """

    def __init__(self, node: Node, channels: Channels):
        self._node = node
        self._limb = channels.limb
        self.cell: MoveGroup | None = None
        self._changed = threading.Condition()
        self._generation = 0
        self._started = time.monotonic()
        self.frames = Frames()
        limb = channels.limb
        self._joints = JointReadings((*limb.arm.joints, *limb.gripper.fingers.joints) if limb else ())
        self._scene: World | None = None
        self._grid: Grid | None = None
        self._description: tuple[str, RobotDescription | None] | None = None  # as text, and once it has been read
        self._reading = threading.Lock()
        any_time = ReentrantCallbackGroup()

        def listen(
            kind: type,
            topic: str,
            callback: Callable,
            qos: QoSProfile | int = 1,
            group: CallbackGroup = any_time,
        ) -> None:
            # Only the newest counts: where the processor is slow, a queue would be a delay as long as it is deep.
            node.create_subscription(kind, topic, callback, qos, callback_group=group)

        listen(JointState, "joint_states", self._on_joints, _JOINTS, MutuallyExclusiveCallbackGroup())
        listen(OccupancyGrid, "map", self._on_map, NEWEST)
        listen(String, "robot_description", self._on_description, NEWEST)
        listen(SceneGraph, "scene_graph", self._on_scene)
        listen(TFMessage, "/tf", self.frames.take, 10)  # several nodes publish here, each its own frames
        listen(
            TFMessage,
            "/tf_static",
            self.frames.take_static,
            QoSProfile(depth=10, durability=DurabilityPolicy.TRANSIENT_LOCAL),
        )
        if self._limb is not None:
            self._arm_output = ARM_OUTPUTS[self._limb.arm.interface](node, self._limb.arm)
            self._gripper_output = GRIPPER_OUTPUTS[self._limb.gripper.interface](node, self._limb.gripper)
            if self._limb.planner is not None:
                self.cell = MoveGroup(node, self._limb.planner)
        self._base: BaseChannel = (
            FixedBase(self.frames, channels.frames)
            if channels.fixed
            else MobileBase(node, self.frames, channels.frames, channels.use_stamped, self._tell)
        )
        self.topics = (*(("joint_states",) if self._limb else ()), *self._base.topics, "scene_graph")

    def destroy(self) -> None:
        """Release what the node does not."""
        if self._limb is not None:
            self._arm_output.destroy()
            self._gripper_output.destroy()
        if self.cell is not None:
            self.cell.destroy()

    @property
    def _arm(self) -> ArmOutput:
        self._arm_and_hand()
        return self._arm_output

    @property
    def _gripper(self) -> GripperOutput:
        self._arm_and_hand()
        return self._gripper_output

    def _arm_and_hand(self) -> Limb:
        if self._limb is None:
            raise MotionError("UNKNOWN", "the robot has no arm (parameter 'arm_interface')")
        return self._limb

    def now(self) -> float:
        """Return ROS time in seconds."""
        return self._node.get_clock().now().nanoseconds * 1e-9

    def joints(self) -> Joints:
        """Return the latest joints.

        Raises:
            MissingData: a joint did not come, or what came of it is old, or not a number.
        """
        limb = self._arm_and_hand()
        stamp, positions, rates = self._joints.read(self.now())
        dof, fingers = len(limb.arm.joints), limb.gripper.fingers
        return Joints(
            stamp,
            positions[:dof],
            rates[:dof],
            fingers.opening(positions[dof:]),
            fingers.opening_speed(rates[dof:]),
        )

    def base(self) -> Base:
        """Return where the base is; raises MissingData."""
        return self._base.read(self.now())

    def controllers(self) -> None:
        """Raise NoServer where nobody commands the arm or the gripper, or plans for it."""
        self._arm.check()
        self._gripper.check()
        if self.cell is not None:
            self.cell.check()

    def world(self) -> World:
        """Return the latest scene; raises MissingData."""
        if self._scene is None:
            raise self._missing("scene_graph")
        return self._scene

    def grid(self) -> Grid:
        """Return the map; raises MissingData."""
        if self._grid is None:
            raise self._missing("map")
        return self._grid

    def description(self) -> RobotDescription:
        """Return the robot's description, read.

        Raises:
            MissingData: none came.
            MotionError: what came is not a URDF.
        """
        with self._reading:
            if self._description is None:
                raise self._missing("robot_description")
            text, read = self._description
            if read is None:
                # Here, not where it comes: meshes take a second, for which nothing else would be heard.
                read = parse(text)
                self._description = (text, read) if self._description[0] == text else self._description
            return read

    def send_arm(self, trajectory: Trajectory, give: float = 0.0) -> None:
        """Start a trajectory of the arm (see `skills.robot.Robot`); raises NoServer."""
        self._arm.send(trajectory, give)

    def arm_done(self) -> bool:
        """Whether it should have ended (see `skills.robot.Robot`)."""
        return self._arm.done()

    def hold_arm(self) -> None:
        """Stop the arm where it is, without waiting."""
        self._arm.hold(lambda: self.joints().q)

    def arm_held(self) -> bool:
        """Whether no trajectory goes on, as far as is told."""
        return self._arm.held()

    def send_gripper(self, opening: float) -> None:
        """Command a distance between the fingers; raises NoServer."""
        self._gripper.send(opening)

    def gripper_done(self) -> bool:
        """Whether the fingers should have stopped (see `skills.robot.Robot`)."""
        return self._gripper.done()

    def hold_gripper(self) -> None:
        """Stop the fingers where they are, without waiting."""
        self._gripper.hold(lambda: self.joints().opening)

    def gripper_held(self) -> bool:
        """Whether no command goes on, as far as is told."""
        return self._gripper.held()

    def send_velocity(self, linear: float, angular: float) -> None:
        """Command the base."""
        self._base.send(linear, angular)

    def wait(self, until: Callable[[], bool], seconds: float, job: Job | None) -> bool:
        """Wait until something holds (see `skills.robot.Robot`)."""
        start, steady = self.now(), time.monotonic()

        def over() -> bool:
            return self.now() - start >= seconds or time.monotonic() - steady >= 2.0 + _SLOWEST * seconds

        return self._wait(until, over, job)

    def wait_steady(self, until: Callable[[], bool], seconds: float, job: Job | None) -> bool:
        """Do what `wait` does, for seconds of steady time (ROS time may not have begun)."""
        steady = time.monotonic()
        return self._wait(until, lambda: time.monotonic() - steady >= seconds, job)

    def _wait(self, until: Callable[[], bool], over: Callable[[], bool], job: Job | None) -> bool:
        while True:
            generation = self._generation
            if job is not None:
                job.check()
            if until():
                return True
            if over():
                return False
            with self._changed:
                self._changed.wait_for(lambda g=generation: self._generation != g, _NUDGE)

    def age(self, topic: str) -> float | None:
        """Return the seconds since the stamp of the newest on a topic (of each joint), or None if none came."""
        stamps = {
            "joint_states": self._joints.stamp,
            "odom": self._base.stamp(),
            "scene_graph": None if self._scene is None else self._scene.stamp,
        }
        stamp = stamps[topic]
        return None if stamp is None else self.now() - stamp

    def _missing(self, topic: str) -> MissingData:
        return MissingData(topic, time.monotonic() - self._started)

    def _tell(self) -> None:
        with self._changed:
            self._generation += 1
            self._changed.notify_all()

    def _on_joints(self, message: JointState) -> None:
        self._joints.take(message)
        self._tell()

    def _on_map(self, message: OccupancyGrid) -> None:
        self._grid = grid_of(message)
        self._tell()

    def _on_description(self, message: String) -> None:
        self._description = (message.data, None)
        self._tell()

    def _on_scene(self, message: SceneGraph) -> None:
        self._scene = world_of(message)
        self._tell()
