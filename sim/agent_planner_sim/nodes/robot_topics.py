# SPDX-License-Identifier: Apache-2.0
"""What a robot offers, as topics: its state out, its commands in. Names are relative but for /tf and /tf_static.

A robot without an arm, a hand or wheels has none of their topics.
"""

import math
from collections.abc import Callable

from builtin_interfaces.msg import Time
from geometry_msgs.msg import Twist, TwistStamped
from nav_msgs.msg import OccupancyGrid, Odometry
from rclpy.node import Node
from sensor_msgs.msg import JointState
from std_msgs.msg import Float64, String
from trajectory_msgs.msg import JointTrajectory

from agent_planner.ros.names import NEWEST
from agent_planner_sim.mujoco.simulation import Simulation
from agent_planner_sim.nodes.frames import Frames
from agent_planner_sim.nodes.scene_map import scene_map
from agent_planner_sim.nodes.scene_message import quaternion, stamp
from agent_planner_sim.robots.description import RobotDescription
from agent_planner_sim.robots.urdf import to_urdf
from agent_planner_sim.scenes.occupancy import occupancy
from agent_planner_sim.transforms import quat_from_rpy, turn

Command = Callable[[Simulation], None]


class RobotTopics:
    """Publishers of the robot's state, and subscriptions whose commands are handed on.

    Args:
        node: the node they belong to.
        robot: the robot.
        submit: takes a command, to be carried out by whoever owns the simulation.
        use_stamped: whether `cmd_vel` is a TwistStamped.
    """

    def __init__(self, node: Node, robot: RobotDescription, submit: Callable[[Command], None], use_stamped: bool):
        self._robot = robot
        self._submit = submit
        self._logger = node.get_logger()
        self._joints = node.create_publisher(JointState, "joint_states", 10) if robot.arm or robot.fingers else None
        self._odom = node.create_publisher(Odometry, "odom", 10) if robot.base is not None else None
        self._frames = Frames(node, robot)
        self._map = node.create_publisher(OccupancyGrid, "map", NEWEST)
        self._scene_map = node.create_publisher(String, "scene_map", NEWEST)
        self._description = node.create_publisher(String, "robot_description", NEWEST)
        if robot.base is not None and use_stamped:
            node.create_subscription(TwistStamped, "cmd_vel", self._on_stamped_velocity, 10)
        elif robot.base is not None:
            node.create_subscription(Twist, "cmd_vel", self._on_velocity, 10)
        if robot.arm:
            node.create_subscription(JointTrajectory, "arm_controller/joint_trajectory", self._on_trajectory, 10)
        if robot.fingers:
            node.create_subscription(Float64, "gripper_controller/command", self._on_gripper, 10)
        self._start = (0.0, 0.0, 0.0)

    def publish_fixed(self, sim: Simulation, now: float) -> None:
        """Publish what changes with the scene only: maps, description, fixed frames."""
        start = sim.scene.start
        self._start = (start.x, start.y, start.yaw)
        self._description.publish(String(data=to_urdf(self._robot)))
        self._frames.publish_fixed(self._start, stamp(now))
        self._map.publish(_map_message(sim, now))
        self._scene_map.publish(String(data=scene_map(sim)))

    def publish_state(self, sim: Simulation, now: float) -> None:
        """Publish odometry, joint states and moving frames."""
        pose = self._in_odom(sim.base_pose())
        joints = sim.joints()
        time = stamp(now)
        if self._odom is not None:
            self._odom.publish(_odometry(pose, sim.base_velocity(), time))
        positions = joints.positions.tolist()
        if self._joints is not None:
            message = JointState(name=joints.names, position=positions, velocity=joints.velocities.tolist())
            message.header.stamp = time
            self._joints.publish(message)
        self._frames.publish(pose, dict(zip(joints.names, positions, strict=True)), time)

    def _in_odom(self, pose: tuple[float, float, float]) -> tuple[float, float, float]:
        # Odometry starts at zero where the robot was switched on.
        x, y = turn((pose[0] - self._start[0], pose[1] - self._start[1]), -self._start[2])
        return x, y, math.remainder(pose[2] - self._start[2], math.tau)

    def _on_stamped_velocity(self, message: TwistStamped) -> None:
        self._on_velocity(message.twist)

    def _on_velocity(self, message: Twist) -> None:
        linear, angular = message.linear.x, message.angular.z
        if not math.isfinite(linear) or not math.isfinite(angular):
            self._logger.error(f"cmd_vel refused: {linear} m/s, {angular} rad/s are not finite")
            return
        self._submit(lambda sim: sim.drive(linear, angular))

    def _on_trajectory(self, message: JointTrajectory) -> None:
        names = list(message.joint_names)
        times = [p.time_from_start.sec + p.time_from_start.nanosec * 1e-9 for p in message.points]
        points = [list(p.positions) for p in message.points]

        def follow(sim: Simulation) -> None:
            try:
                sim.follow(names, times, points)
            except ValueError as error:
                self._logger.error(f"joint trajectory refused: {error}")

        self._submit(follow)

    def _on_gripper(self, message: Float64) -> None:
        if not math.isfinite(message.data):
            self._logger.error(f"gripper command refused: {message.data} is not finite")
            return
        self._submit(lambda sim: sim.grip(message.data))


def _odometry(pose: tuple[float, float, float], velocity: tuple[float, float], now: Time) -> Odometry:
    message = Odometry(child_frame_id="base_link")
    message.header.frame_id = "odom"
    message.header.stamp = now
    place = message.pose.pose
    place.position.x, place.position.y = pose[0], pose[1]
    place.orientation = quaternion(quat_from_rpy((0.0, 0.0, pose[2])))
    message.twist.twist.linear.x, message.twist.twist.angular.z = velocity
    return message


def _map_message(sim: Simulation, now: float) -> OccupancyGrid:
    grid = occupancy(sim.scene)
    message = OccupancyGrid()
    message.header.frame_id = "map"
    message.header.stamp = message.info.map_load_time = stamp(now)
    message.info.resolution = grid.resolution
    message.info.height, message.info.width = grid.occupied.shape
    message.info.origin.position.x, message.info.origin.position.y = grid.origin
    message.data = (grid.occupied.astype("int8") * 100).ravel().tolist()
    return message
