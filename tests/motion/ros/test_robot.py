# SPDX-License-Identifier: Apache-2.0
"""The robot behind its topics, with somebody who publishes them by hand."""

import math
import time
from dataclasses import replace
from functools import reduce

import numpy as np
import pytest
from agent_planner_interfaces.msg import SceneGraph
from geometry_msgs.msg import Quaternion, TransformStamped, Twist, TwistStamped
from nav_msgs.msg import OccupancyGrid, Odometry
from rclpy.duration import Duration
from rclpy.executors import SingleThreadedExecutor
from rclpy.qos import qos_profile_sensor_data
from sensor_msgs.msg import JointState
from std_msgs.msg import Float64, String
from tf2_msgs.msg import TFMessage
from trajectory_msgs.msg import JointTrajectory

from agent_planner.ros.names import NEWEST
from agent_planner_motion.arm.fingers import Fingers
from agent_planner_motion.arm.trajectory import Trajectory
from agent_planner_motion.errors import MissingData, MotionError
from agent_planner_motion.ros.arm_outputs import ArmChannel
from agent_planner_motion.ros.gripper_outputs import GripperChannel
from agent_planner_motion.ros.robot import Channels, Limb, RosRobot
from agent_planner_motion.skills.job import CancelRequested, Job
from agent_planner_sim.robots.mobile_manipulator import mobile_manipulator
from agent_planner_sim.robots.urdf import to_urdf

SECONDS = 20.0
NAMES = ("arm_1", "arm_2")
FINGERS = ("left", "right")
SENSED = {"joint_states": JointState, "odom": Odometry}
CHANNELS = Channels(Limb(ArmChannel("topic", NAMES), GripperChannel("topic", Fingers(FINGERS, 0.08, 0.04))))


class Publisher:
    """Publishes what a robot does, stamped now or a while ago."""

    def __init__(self, node, robot):
        self.node, self.robot = node, robot
        kinds = SENSED | {"scene_graph": SceneGraph, "/tf": TFMessage}
        self._publishers = {topic: node.create_publisher(kind, topic, 10) for topic, kind in kinds.items()}
        latched = {"map": OccupancyGrid, "robot_description": String}
        self._publishers |= {topic: node.create_publisher(kind, topic, NEWEST) for topic, kind in latched.items()}
        self.heard = []
        for kind, topic in ((Twist, "cmd_vel_skills"), (JointTrajectory, "arm_controller/joint_trajectory")):
            node.create_subscription(kind, topic, self.heard.append, 10)
        node.create_subscription(Float64, "gripper_controller/command", self.heard.append, 10)
        ends = [*self._publishers.values(), *(part._publisher for part in (robot._base, robot._arm, robot._gripper))]
        # What is published before both ends know each other is lost.
        assert robot.wait_steady(lambda: all(p.get_subscription_count() for p in ends), SECONDS, None)

    def send(self, topic, message, ago=0.0):
        if hasattr(message, "header"):
            message.header.stamp = (self.node.get_clock().now() - Duration(seconds=ago)).to_msg()
        self._publishers[topic].publish(message)

    def until(self, reading):
        """Return a reading as soon as it is there."""

        def there():
            try:
                reading()
            except MissingData:
                return False
            return True

        assert self.robot.wait_steady(there, SECONDS, None)
        return reading()

    def until_heard(self, kind):
        assert self.robot.wait_steady(lambda: any(isinstance(m, kind) for m in self.heard), SECONDS, None)
        return next(m for m in self.heard if isinstance(m, kind))


@pytest.fixture
def robot(node):
    return RosRobot(node, CHANNELS)


@pytest.fixture
def publisher(node, robot):
    return Publisher(node, robot)


@pytest.mark.parametrize("reading", ["joints", "base", "world", "grid", "description"])
def test_what_has_not_come_is_told_by_its_topic(robot, reading):
    topics = {"joints": "joint_states", "base": "odom", "world": "scene_graph", "grid": "map"}
    with pytest.raises(MissingData) as told:
        getattr(robot, reading)()
    assert told.value.topic == topics.get(reading, "robot_description")


def test_joints_are_read_by_name_in_the_arms_order(publisher, robot):
    state = JointState(name=["right", "arm_2", "wheel", "arm_1", "left"], position=[0.01, 2.0, 9.0, 1.0, 0.02])
    state.velocity = [0.0, 0.2, 9.0, 0.1, -0.5]
    publisher.send("joint_states", state)
    joints = publisher.until(robot.joints)
    assert joints.q == pytest.approx([1.0, 2.0])
    assert joints.speed == pytest.approx([0.1, 0.2])
    assert (joints.opening, joints.opening_speed) == pytest.approx((0.03, -0.5))


def test_where_the_processor_is_slow_only_the_newest_readings_count(context, bare_node):
    busy = bare_node()
    robot = RosRobot(busy, CHANNELS)
    publisher = busy.create_publisher(JointState, "joint_states", 10)
    assert robot.wait_steady(publisher.get_subscription_count, SECONDS, None)
    for value in range(8):
        state = JointState(name=[*NAMES, *FINGERS], position=[float(value)] * 4)
        state.header.stamp = busy.get_clock().now().to_msg()
        publisher.publish(state)
    executor = SingleThreadedExecutor(context=context)
    executor.add_node(busy)
    end, seen = time.monotonic() + SECONDS, []
    while 7.0 not in seen:
        assert time.monotonic() < end
        executor.spin_once(timeout_sec=0.1)
        seen += [] if robot.age("joint_states") is None else [robot.joints().q[0]]
    executor.shutdown()
    assert set(seen) <= {6.0, 7.0}, "one of an arm's publisher, one of a gripper's"


def test_a_joint_that_is_not_published_is_told(publisher, robot):
    publisher.send("joint_states", JointState(name=["arm_1", *FINGERS], position=[1.0, 0.0, 0.0]))

    def told():
        with pytest.raises(MissingData) as error:
            robot.joints()
        return error.value.topic == "joint_states (without arm_2)"

    assert robot.wait_steady(told, SECONDS, None)
    assert robot.age("joint_states") is None


def test_a_publisher_that_does_its_best_only_is_heard(node, robot):
    best = {t: node.create_publisher(k, t, qos_profile_sensor_data) for t, k in SENSED.items()}
    assert robot.wait_steady(lambda: all(p.get_subscription_count() for p in best.values()), SECONDS, None)
    for topic, message in (
        ("joint_states", JointState(name=[*NAMES, *FINGERS], position=[1.0] * 4)),
        ("odom", Odometry()),
    ):

        def heard(topic=topic, message=message):
            message.header.stamp = node.get_clock().now().to_msg()
            best[topic].publish(message)
            return robot.age(topic) is not None

        assert robot.wait_steady(heard, SECONDS, None), topic


@pytest.mark.parametrize("topic", ["joint_states", "odom"])
def test_an_old_reading_counts_for_nothing(publisher, robot, topic):
    old = JointState(name=[*NAMES, *FINGERS], position=[0.0] * 4) if topic == "joint_states" else Odometry()
    publisher.send(topic, old, ago=5.0)
    assert robot.wait_steady(lambda: robot.age(topic) is not None, SECONDS, None)
    assert robot.age(topic) >= 5.0
    with pytest.raises(MissingData, match=rf"nothing came on '{topic}' for 5"):
        robot.joints() if topic == "joint_states" else robot.base()


def test_the_base_is_where_odometry_and_the_maps_correction_put_it(publisher, robot):
    odom = Odometry()
    odom.header.frame_id = "odom"
    odom.pose.pose.position.x, odom.twist.twist.linear.x, odom.twist.twist.angular.z = 2.0, 0.3, -0.1
    publisher.send("odom", odom)
    assert robot.wait_steady(lambda: robot.age("odom") is not None, SECONDS, None)
    with pytest.raises(MissingData, match=r"nothing came on '/tf \(from 'map' to 'odom'\)'"):
        robot.base()
    correction = TransformStamped(child_frame_id="odom")
    correction.header.frame_id = "map"
    correction.transform.translation.y = 1.0
    correction.transform.rotation = Quaternion(z=math.sqrt(0.5), w=math.sqrt(0.5))
    publisher.send("/tf", TFMessage(transforms=[correction]))
    assert robot.wait_steady(lambda: "map" in robot.frames.known(), SECONDS, None)
    with pytest.raises(MissingData, match="from 'map' to 'odom'"):
        robot.base()  # whoever sent it did so long ago
    correction.header.stamp = publisher.node.get_clock().now().to_msg()
    publisher.send("/tf", TFMessage(transforms=[correction]))
    base = publisher.until(robot.base)
    assert base.pose == pytest.approx((0.0, 3.0, math.pi / 2))
    assert (base.linear, base.angular) == (0.3, -0.1)


@pytest.mark.parametrize("part", ["pose.pose.position.x", "twist.twist.angular.z"])
def test_odometry_that_is_no_number_counts_for_nothing(node, robot, part):
    odom, placed = Odometry(), TransformStamped(child_frame_id="odom")
    placed.header.frame_id = "map"
    placed.header.stamp = odom.header.stamp = node.get_clock().now().to_msg()
    robot.frames.take(TFMessage(transforms=[placed]))
    robot._base._take(odom)
    assert robot.base().pose == pytest.approx((0.0, 0.0, 0.0))
    *way, last = part.split(".")
    setattr(reduce(getattr, way, odom), last, math.nan)
    with pytest.raises(MissingData, match="'odom' or .* holds numbers that are not finite"):
        robot.base()


def test_a_wrong_description_is_told_to_whoever_needs_it_and_a_right_one_mends_it(publisher, robot):
    publisher.send("robot_description", String(data="<robot><joint/></robot>"))
    with pytest.raises(MotionError, match="robot_description"):
        publisher.until(robot.description)
    publisher.send("robot_description", String(data=to_urdf(mobile_manipulator())))

    def read():
        try:
            return "arm_joint_1" in robot.description().joints
        except MotionError:
            return False

    assert robot.wait_steady(read, SECONDS, None)


def test_map_and_scene_are_kept(publisher, robot):
    grid = OccupancyGrid(data=[0, 100])
    grid.info.width, grid.info.height, grid.info.resolution = 2, 1, 0.05
    publisher.send("map", grid)
    assert publisher.until(robot.grid).occupied.tolist() == [[False, True]]
    publisher.send("scene_graph", SceneGraph())
    assert publisher.until(robot.world).objects == ()


def test_commands_go_out_as_the_contract_says(publisher, robot):
    robot.send_velocity(0.2, -0.3)
    robot.send_gripper(0.05)
    robot.send_arm(Trajectory(np.array([0.0, 0.02]), np.zeros((2, 2)), np.zeros((2, 2))))
    twist = publisher.until_heard(Twist)
    assert (twist.linear.x, twist.angular.z) == (0.2, -0.3)
    assert publisher.until_heard(Float64).data == 0.05
    trajectory = publisher.until_heard(JointTrajectory)
    assert trajectory.joint_names == list(NAMES)
    assert [p.time_from_start.nanosec for p in trajectory.points] == [20_000_000, 40_000_000]


def test_stamped_velocities_are_stamped_in_the_frame_of_the_base(node):
    robot = RosRobot(node, replace(CHANNELS, use_stamped=True))
    heard = []
    node.create_subscription(TwistStamped, "cmd_vel_skills", heard.append, 10)
    assert robot.wait_steady(lambda: robot.send_velocity(0.1, 0.0) or bool(heard), SECONDS, None)
    assert heard[0].header.frame_id == "base_link"
    assert heard[0].header.stamp.sec > 0
    assert heard[0].twist.linear.x == 0.1


def test_a_wait_ends_when_news_makes_it_true(publisher, robot):
    publisher.send("scene_graph", SceneGraph())
    assert robot.wait(lambda: robot.age("scene_graph") is not None, SECONDS, None)


def test_a_wait_is_over_after_its_seconds_and_ends_with_its_goal(robot):
    assert not robot.wait(lambda: False, 0.2, None)
    job = Job(robot.now, robot.now, 100.0, 100.0, cancel_asked=lambda: True)
    with pytest.raises(CancelRequested):
        robot.wait(lambda: True, 1.0, job)
