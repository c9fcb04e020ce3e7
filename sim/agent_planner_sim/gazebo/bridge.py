# SPDX-License-Identifier: Apache-2.0
"""What ros_gz_bridge carries between Gazebo and ROS, and ros2_control's controllers, from the robot's description."""

from typing import NamedTuple

import yaml

from agent_planner_sim.gazebo.sdf_robot import (
    ARM_TOPIC,
    CAMERA_TOPIC,
    FINGERS_TOPIC,
    GZ_SYSTEMS,
    JOINTS_TOPIC,
    ODOMETRY_TOPIC,
    SCAN_TOPIC,
    VELOCITY_TOPIC,
)
from agent_planner_sim.gazebo.sdf_world import OBJECTS_TOPIC, PARTS_TOPIC, WORLD
from agent_planner_sim.robots.description import RobotDescription

# ROS names of what the node `gazebo_world` exchanges with Gazebo; the others are those that every robot offers.
VELOCITY, ODOMETRY, JOINTS = "gazebo/velocity", "gazebo/odometry", "gazebo/joints"
ARM, FINGERS = "gazebo/arm", "gazebo/fingers"
OBJECTS, PARTS = "gazebo/objects", "gazebo/parts"
CONTROLLERS = ("joint_state_broadcaster", "arm_controller", "gripper_controller")
_TO_ROS, _TO_GAZEBO = "GZ_TO_ROS", "ROS_TO_GZ"
# ROS's message type for each of Gazebo's.
_TYPES = {
    "gz.msgs.Clock": "rosgraph_msgs/msg/Clock",
    "gz.msgs.Model": "sensor_msgs/msg/JointState",
    "gz.msgs.Odometry": "nav_msgs/msg/Odometry",
    "gz.msgs.Twist": "geometry_msgs/msg/Twist",
    "gz.msgs.JointTrajectory": "trajectory_msgs/msg/JointTrajectory",
    "gz.msgs.Double": "std_msgs/msg/Float64",
    "gz.msgs.Image": "sensor_msgs/msg/Image",
    "gz.msgs.CameraInfo": "sensor_msgs/msg/CameraInfo",
    "gz.msgs.LaserScan": "sensor_msgs/msg/LaserScan",
}
# Gazebo's name of each of the world's services, and ROS's type. Those that block answer when it is done.
_SERVICES = {
    "control": ("control", "ControlWorld"),
    "create": ("create/blocking", "SpawnEntity"),
    "remove": ("remove/blocking", "DeleteEntity"),
    "set_pose": ("set_pose/blocking", "SetEntityPose"),
}


class Row(NamedTuple):
    """One topic, in one direction."""

    ros: str
    gazebo: str
    kind: str
    direction: str = _TO_ROS

    def as_dict(self) -> dict[str, str]:
        """As ros_gz_bridge reads it."""
        return {
            "ros_topic_name": self.ros,
            "gz_topic_name": self.gazebo,
            "ros_type_name": _TYPES[self.kind],
            "gz_type_name": self.kind,
            "direction": self.direction,
        }


def rows(robot: RobotDescription, control: str = GZ_SYSTEMS) -> list[Row]:
    """All topics. With ros2_control the joints are not Gazebo's: its controllers are on ROS themselves."""
    found = [
        Row("/clock", "/clock", "gz.msgs.Clock"),
        Row(OBJECTS, OBJECTS_TOPIC, "gz.msgs.Odometry"),
        Row(PARTS, PARTS_TOPIC, "gz.msgs.Model"),
        Row("head_camera/image", f"{CAMERA_TOPIC}/image", "gz.msgs.Image"),
        Row("head_camera/depth", f"{CAMERA_TOPIC}/depth_image", "gz.msgs.Image"),
        Row("head_camera/camera_info", f"{CAMERA_TOPIC}/camera_info", "gz.msgs.CameraInfo"),
    ]
    if robot.base is not None:
        found += [
            Row(ODOMETRY, ODOMETRY_TOPIC, "gz.msgs.Odometry"),
            Row(VELOCITY, VELOCITY_TOPIC, "gz.msgs.Twist", _TO_GAZEBO),
        ]
    if robot.lidar is not None:
        found.append(Row("scan", SCAN_TOPIC, "gz.msgs.LaserScan"))
    if control == GZ_SYSTEMS and robot.arm:
        found += [
            Row(JOINTS, JOINTS_TOPIC, "gz.msgs.Model"),
            Row(ARM, ARM_TOPIC, "gz.msgs.JointTrajectory", _TO_GAZEBO),
            Row(FINGERS, FINGERS_TOPIC, "gz.msgs.Double", _TO_GAZEBO),
        ]
    return found


def bridge_yaml(robot: RobotDescription, control: str = GZ_SYSTEMS) -> str:
    """Return the bridge's configuration file; relative names follow the bridge's namespace."""
    return yaml.safe_dump([row.as_dict() for row in rows(robot, control)], sort_keys=False)


def service_arguments() -> list[str]:
    """Return the bridge's arguments for services, which its file cannot name."""
    return [f"/world/{WORLD}/{name}@{service_type(kind)}" for name, kind in _SERVICES.values()]


def service_remappings() -> list[tuple[str, str]]:
    """Return remappings that make the services' names relative: ``gazebo/control`` and so on."""
    return [(f"/world/{WORLD}/{name}", f"gazebo/{ours}") for ours, (name, _) in _SERVICES.items()]


def service_types() -> dict[str, str]:
    """Return the type of each service by our name for it."""
    return {ours: service_type(kind) for ours, (_, kind) in _SERVICES.items()}


def service_type(kind: str) -> str:
    """Return the full name of one of the bridge's types of services."""
    return f"ros_gz_interfaces/srv/{kind}"


def controllers_yaml(robot: RobotDescription) -> str:
    """Return the parameters of ros2_control's controller manager and controllers."""
    types = (
        "joint_state_broadcaster/JointStateBroadcaster",
        "joint_trajectory_controller/JointTrajectoryController",
        "forward_command_controller/ForwardCommandController",
    )
    manager = {name: {"type": kind} for name, kind in zip(CONTROLLERS, types, strict=True)}
    arm = {
        "joints": list(robot.arm),
        "command_interfaces": ["position"],
        "state_interfaces": ["position", "velocity"],
        # Joints that a trajectory does not name stay where they are, as they do without ros2_control.
        "allow_partial_joints_goal": True,
    }
    values = {
        "controller_manager": {"update_rate": 100, **manager},
        "arm_controller": arm,
        "gripper_controller": {"joints": list(robot.fingers), "interface_name": "position"},
    }
    return yaml.safe_dump({f"/**/{k}": {"ros__parameters": v} for k, v in values.items()}, sort_keys=False)
