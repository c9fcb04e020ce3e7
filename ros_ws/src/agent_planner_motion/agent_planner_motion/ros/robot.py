# SPDX-License-Identifier: Apache-2.0
"""A robot behind its topics."""

import threading
import time
from collections.abc import Callable

import numpy as np
from agent_planner_interfaces.msg import SceneGraph
from geometry_msgs.msg import Twist, TwistStamped
from nav_msgs.msg import OccupancyGrid, Odometry
from rclpy.callback_groups import ReentrantCallbackGroup
from rclpy.node import Node
from rclpy.qos import DurabilityPolicy, QoSProfile
from sensor_msgs.msg import JointState
from std_msgs.msg import Float64, String
from tf2_msgs.msg import TFMessage
from trajectory_msgs.msg import JointTrajectory

from agent_planner_motion.arm.description import RobotDescription, parse
from agent_planner_motion.arm.trajectory import STEP, Trajectory
from agent_planner_motion.base.grid import Grid
from agent_planner_motion.base.pose import Pose2
from agent_planner_motion.errors import MissingData, MotionError
from agent_planner_motion.ros.frames import Frames
from agent_planner_motion.ros.messages import grid_of, pose_matrix, seconds, trajectory_message, world_of
from agent_planner_motion.skills.job import Job
from agent_planner_motion.skills.robot import Base, Joints
from agent_planner_motion.world import World

_LATCHED = QoSProfile(depth=1, durability=DurabilityPolicy.TRANSIENT_LOCAL)
_STALE = 1.0  # seconds of ROS time after which a reading counts for nothing
_NUDGE = 0.1  # seconds of steady time after which a wait looks again although nothing came
_SLOWEST = 20.0  # a wait gives up when the clock runs that many times slower than the wall's


class RosRobot:
    """Implements `skills.robot.Robot` on a node.

    Subscribes to `joint_states`, `odom`, `map`, `robot_description`, `scene_graph`, `/tf`, `/tf_static`; publishes
    `cmd_vel_nav`, `arm_controller/joint_trajectory`, `gripper_controller/command`.

    Args:
        node: the node.
        joints: names of the arm's joints, in the order of its vectors.
        fingers: the two finger joints.
        frames: names of the map's and the base's frame.
        use_stamped: whether velocities are TwistStamped.
    """

    def __init__(
        self, node: Node, joints: tuple[str, ...], fingers: tuple[str, str], frames: tuple[str, str], use_stamped: bool
    ):
        self._node = node
        self._arm, self._fingers = joints, fingers
        self._map_frame, self._base_frame = frames
        self._stamped = use_stamped
        self._changed = threading.Condition()
        self._generation = 0
        self._started = time.monotonic()
        self.frames = Frames()
        self._joint_state: JointState | None = None
        self._odometry: Odometry | None = None
        self._scene: World | None = None
        self._grid: Grid | None = None
        self._description: RobotDescription | MotionError | None = None
        group = ReentrantCallbackGroup()

        def listen(kind: type, topic: str, callback: Callable, qos: QoSProfile | int = 1) -> None:
            # Only the newest counts: where the processor is slow, a queue would be a delay as long as it is deep.
            node.create_subscription(kind, topic, callback, qos, callback_group=group)

        listen(JointState, "joint_states", self._on_joints)
        listen(Odometry, "odom", self._on_odometry)
        listen(OccupancyGrid, "map", self._on_map, _LATCHED)
        listen(String, "robot_description", self._on_description, _LATCHED)
        listen(SceneGraph, "scene_graph", self._on_scene)
        listen(TFMessage, "/tf", self.frames.take, 10)  # several nodes publish here, each its own frames
        listen(
            TFMessage, "/tf_static", self.frames.take, QoSProfile(depth=10, durability=DurabilityPolicy.TRANSIENT_LOCAL)
        )
        self._velocity = node.create_publisher(TwistStamped if use_stamped else Twist, "cmd_vel_nav", 10)
        self._trajectory = node.create_publisher(JointTrajectory, "arm_controller/joint_trajectory", 10)
        self._gripper = node.create_publisher(Float64, "gripper_controller/command", 10)

    def now(self) -> float:
        """Return ROS time in seconds."""
        return self._node.get_clock().now().nanoseconds * 1e-9

    def joints(self) -> Joints:
        """Return the latest joints.

        Raises:
            MissingData: none came, or they are old, or a joint is not among them.
        """
        message = self._joint_state
        if message is None:
            raise self._missing("joint_states")
        stamp = self._fresh("joint_states", seconds(message.header.stamp))
        index = {name: i for i, name in enumerate(message.name)}
        absent = [name for name in (*self._arm, *self._fingers) if name not in index]
        if absent:
            raise MissingData(f"joint_states (without {', '.join(absent)})", time.monotonic() - self._started)
        positions = np.array(message.position)
        rates = np.array(message.velocity) if len(message.velocity) == len(positions) else np.zeros(len(positions))
        arm, fingers = [index[n] for n in self._arm], [index[n] for n in self._fingers]
        return Joints(stamp, positions[arm], rates[arm], float(positions[fingers].sum()), float(rates[fingers].sum()))

    def base(self) -> Base:
        """Return where the base is.

        Raises:
            MissingData: no odometry came, or it is old, or tf does not lead from the map to it.
        """
        message = self._odometry
        if message is None:
            raise self._missing("odom")
        stamp = self._fresh("odom", seconds(message.header.stamp))
        placed = self.frames.lookup(self._map_frame, message.header.frame_id or "odom")
        if placed is None:
            raise self._missing("/tf")
        twist = message.twist.twist
        pose = Pose2.of(placed @ pose_matrix(message.pose.pose))
        return Base(stamp, pose, twist.linear.x, twist.angular.z)

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
        if self._description is None:
            raise self._missing("robot_description")
        if isinstance(self._description, MotionError):
            raise self._description
        return self._description

    def send_arm(self, trajectory: Trajectory) -> None:
        """Start a trajectory of the arm."""
        self._trajectory.publish(trajectory_message(self._arm, trajectory, STEP))

    def send_gripper(self, opening: float) -> None:
        """Command a distance between the fingers."""
        self._gripper.publish(Float64(data=float(opening)))

    def send_velocity(self, linear: float, angular: float) -> None:
        """Command the base."""
        twist = Twist()
        twist.linear.x, twist.angular.z = float(linear), float(angular)
        if not self._stamped:
            self._velocity.publish(twist)
            return
        message = TwistStamped(twist=twist)
        message.header.frame_id = self._base_frame
        message.header.stamp = self._node.get_clock().now().to_msg()
        self._velocity.publish(message)

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
        """Return the seconds since the stamp of the newest message on a topic, or None if none came."""
        stamps = {
            "joint_states": None if self._joint_state is None else seconds(self._joint_state.header.stamp),
            "odom": None if self._odometry is None else seconds(self._odometry.header.stamp),
            "scene_graph": None if self._scene is None else self._scene.stamp,
        }
        stamp = stamps[topic]
        return None if stamp is None else self.now() - stamp

    def _missing(self, topic: str) -> MissingData:
        return MissingData(topic, time.monotonic() - self._started)

    def _fresh(self, topic: str, stamp: float) -> float:
        age = self.now() - stamp
        if age > _STALE:
            raise MissingData(topic, age)
        return stamp

    def _tell(self) -> None:
        with self._changed:
            self._generation += 1
            self._changed.notify_all()

    def _on_joints(self, message: JointState) -> None:
        self._joint_state = message
        self._tell()

    def _on_odometry(self, message: Odometry) -> None:
        self._odometry = message
        self._tell()

    def _on_map(self, message: OccupancyGrid) -> None:
        self._grid = grid_of(message)
        self._tell()

    def _on_description(self, message: String) -> None:
        try:
            self._description = parse(message.data)
        except MotionError as error:
            # Told to whoever asks for it: here nobody would hear it.
            self._description = error
        self._tell()

    def _on_scene(self, message: SceneGraph) -> None:
        self._scene = world_of(message)
        self._tell()
