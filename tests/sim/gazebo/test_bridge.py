# SPDX-License-Identifier: Apache-2.0
"""The bridge's files, held against the SDF and the contract of a robot."""

from dataclasses import replace
from xml.etree import ElementTree

import pytest
import yaml

from agent_planner_sim.export import Gazebo, to_sdf
from agent_planner_sim.gazebo import bridge
from agent_planner_sim.gazebo.sdf_robot import ROS2_CONTROL
from agent_planner_sim.robots import ROBOTS
from agent_planner_sim.robots.urdf import to_urdf
from agent_planner_sim.scenes import generate

pytestmark = pytest.mark.sim
ROBOT = ROBOTS["mobile_manipulator"]()
KEYS = {"ros_topic_name", "gz_topic_name", "ros_type_name", "gz_type_name", "direction"}


def rows(control="gz_systems", robot=ROBOT):
    return yaml.safe_load(bridge.bridge_yaml(robot, control))


@pytest.mark.parametrize("robot", ROBOTS)
@pytest.mark.parametrize("control", ["gz_systems", "ros2_control"])
def test_every_topic_of_the_bridge_is_one_of_gazebos_and_goes_one_way(robot, control):
    robot = ROBOTS[robot]()
    root = ElementTree.fromstring(to_sdf(generate("tidy", 0), robot, Gazebo(control=control)).encode())
    there = {e.text for tag in ("topic", "odom_topic") for e in root.iter(tag)} | {"/clock"}
    used = set()
    for row in rows(control, robot):
        assert set(row) == KEYS
        assert row["direction"] in ("GZ_TO_ROS", "ROS_TO_GZ")
        topic = row["gz_topic_name"]
        base = topic if topic in there else topic.rpartition("/")[0]
        assert base in there, topic
        used.add(base)
    assert used == there


def test_relative_names_but_for_the_clock_so_that_namespaces_hold():
    assert [row["ros_topic_name"] for row in rows() if row["ros_topic_name"].startswith("/")] == ["/clock"]
    assert len({row["ros_topic_name"] for row in rows()}) == len(rows())


def test_camera_and_lidar_come_straight_from_gazebo():
    found = {row["ros_topic_name"]: row for row in rows()}
    assert found["head_camera/depth"]["gz_topic_name"].endswith("/depth_image")
    assert found["head_camera/image"]["ros_type_name"] == "sensor_msgs/msg/Image"
    assert found["scan"]["ros_type_name"] == "sensor_msgs/msg/LaserScan"
    assert "scan" not in {row["ros_topic_name"] for row in rows(robot=replace(ROBOT, lidar=None))}


def test_what_a_robot_does_not_have_is_not_bridged():
    joints, base = {bridge.JOINTS, bridge.ARM, bridge.FINGERS}, {bridge.VELOCITY, bridge.ODOMETRY}
    everything = {row["ros_topic_name"] for row in rows()}
    arm = {row["ros_topic_name"] for row in rows(robot=ROBOTS["fixed_arm"]())}
    carrier = {row["ros_topic_name"] for row in rows(robot=ROBOTS["delivery_base"]())}
    assert everything - arm == base | {"scan"}
    assert everything - carrier == joints


def test_with_ros2_control_the_joints_are_not_the_bridges():
    names = {row["ros_topic_name"] for row in rows(ROS2_CONTROL)}
    assert not names & {bridge.JOINTS, bridge.ARM, bridge.FINGERS}
    assert {bridge.VELOCITY, bridge.ODOMETRY, bridge.OBJECTS, bridge.PARTS} <= names


def test_services_are_those_of_the_world_and_get_relative_names():
    arguments, names = bridge.service_arguments(), bridge.service_remappings()
    assert [a.split("@")[0] for a in arguments] == [before for before, _ in names]
    assert "/world/agent_planner/control@ros_gz_interfaces/srv/ControlWorld" in arguments
    assert "/world/agent_planner/create/blocking@ros_gz_interfaces/srv/SpawnEntity" in arguments
    assert {after for _, after in names} == {f"gazebo/{n}" for n in ("control", "create", "remove", "set_pose")}


def test_ros2_control_commands_every_joint_that_moves():
    values = yaml.safe_load(bridge.controllers_yaml(ROBOT))
    manager = values["/**/controller_manager"]["ros__parameters"]
    assert set(bridge.CONTROLLERS) == {name for name in manager if name != "update_rate"}
    arm = values["/**/arm_controller"]["ros__parameters"]["joints"]
    assert values["/**/arm_controller"]["ros__parameters"]["allow_partial_joints_goal"] is True
    hand = values["/**/gripper_controller"]["ros__parameters"]["joints"]
    urdf = ElementTree.fromstring(to_urdf(ROBOT, ros2_control=True).encode())
    commanded = [joint.get("name") for joint in urdf.find("ros2_control").findall("joint")]
    assert commanded == arm + hand
    assert set(commanded) == {j.get("name") for j in urdf.findall("joint") if j.get("type") != "fixed"}
    assert ElementTree.fromstring(to_urdf(ROBOT).encode()).find("ros2_control") is None
