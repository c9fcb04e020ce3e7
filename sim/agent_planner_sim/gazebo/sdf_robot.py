# SPDX-License-Identifier: Apache-2.0
"""A robot description as a model of SDF 1.9, with the systems of gz-sim that make it one that obeys topics."""

import math
from xml.etree import ElementTree as ET

from agent_planner_sim.gazebo.sdf import (
    add,
    add_collision,
    add_inertial,
    add_plugin,
    add_pose,
    add_solids,
    joined,
)
from agent_planner_sim.gazebo.sdf_world import MAP
from agent_planner_sim.robots.description import CameraDescription, Joint, LidarDescription, Link, RobotDescription
from agent_planner_sim.scenes.description import Placement
from agent_planner_sim.shapes import Solid, Sphere
from agent_planner_sim.transforms import Vec3

GZ_SYSTEMS, ROS2_CONTROL = "gz_systems", "ros2_control"
CONTROLS = (GZ_SYSTEMS, ROS2_CONTROL)
# Gazebo's own names of topics.
VELOCITY_TOPIC, ODOMETRY_TOPIC, JOINTS_TOPIC = "robot/velocity", "robot/odometry", "robot/joints"
ARM_TOPIC, FINGERS_TOPIC = "robot/arm", "robot/fingers"
CAMERA_TOPIC, SCAN_TOPIC = "robot/head_camera", "robot/scan"
STATE_RATE = 50.0
_CAMERA_RATE, _SCAN_RATE = 5.0, 10.0
# In place of wheels: balls without friction on which the base glides; VelocityControl moves it.
_SKID_RADIUS, _SKID_DISTANCE = 0.03, 0.2
_OPTICAL_TO_CAMERA: Vec3 = (math.pi / 2, -math.pi / 2, 0.0)  # Gazebo's cameras look along x with z up


def robot_model(
    robot: RobotDescription,
    start: Placement,
    control: str = GZ_SYSTEMS,
    controllers_file: str = "",
    namespace: str = "",
) -> ET.Element:
    """Return the robot as a model that stands at its start.

    Joints begin at zero, as SDF has no other way; the controllers stow the arm and open the hand. A fixed base is
    fixed to the world.

    Args:
        robot: the robot.
        start: where its base stands.
        control: ``gz_systems``, or ``ros2_control`` for a controller manager inside Gazebo.
        controllers_file: parameters of ros2_control's controllers.
        namespace: of ros2_control's controller manager.
    """
    model = ET.Element("model", name=robot.name)
    add_pose(model, start[:3], (0.0, 0.0, start.yaw))
    mounts = {joint.child: joint for joint in robot.joints}
    for link in robot.links:
        if link.mass:
            model.append(_link(robot, link, mounts.get(link.name)))
        else:
            model.append(_frame(mounts[link.name]))
    if robot.base is None:
        model.append(_anchor(robot.links[0]))
    for joint in robot.joints:
        if joint.kind != "fixed":
            model.append(_joint(joint))
    _add_sensors(model, robot, mounts)
    if robot.base is not None:
        _add_base_systems(model, robot)
    if control == GZ_SYSTEMS:
        _add_joint_systems(model, robot)
    elif robot.arm:
        _add_ros2_control(model, controllers_file, namespace)
    return model


def _link(robot: RobotDescription, link: Link, mount: Joint | None) -> ET.Element:
    element = ET.Element("link", name=link.name)
    if mount is not None:
        add_pose(element, (0.0, 0.0, 0.0), relative_to=mount.name)
        # As in MuJoCo: the drives of real arms carry their own weight.
        add(element, "gravity", False)
    add_inertial(element, link.solids, link.mass)
    add_solids(element, link.solids, link.name)
    if mount is None and robot.base is not None:
        for number in range(4):
            turn = number * math.pi / 2
            place = (_SKID_DISTANCE * math.cos(turn), _SKID_DISTANCE * math.sin(turn), _SKID_RADIUS)
            add_collision(element, f"skid#{number}", Solid(Sphere(_SKID_RADIUS), place), slippery=True)
    return element


def _frame(mount: Joint) -> ET.Element:
    """A link without mass is a mere frame."""
    frame = ET.Element("frame", name=mount.child, attached_to=mount.parent)
    add_pose(frame, mount.xyz, mount.rpy)
    return frame


def _anchor(base: Link) -> ET.Element:
    joint = ET.Element("joint", name="anchor", type="fixed")
    add(joint, "parent", "world")
    add(joint, "child", base.name)
    return joint


def _joint(joint: Joint) -> ET.Element:
    element = ET.Element("joint", name=joint.name, type=joint.kind)
    add_pose(element, joint.xyz, joint.rpy, relative_to=joint.parent)
    add(element, "parent", joint.parent)
    add(element, "child", joint.child)
    axis = add(element, "axis")
    add(axis, "xyz", joint.axis)
    limit = add(axis, "limit")
    add(limit, "lower", joint.lower)
    add(limit, "upper", joint.upper)
    add(limit, "effort", _strength(joint))
    add(limit, "velocity", joint.velocity)
    # The drive's damping, here and not in its controller: the physics takes it implicitly, which stays stable for
    # wrists of tiny inertia. A controller's own damping shakes them (kd·dt must be below the inertia).
    add(add(axis, "dynamics"), "damping", joint.damping)
    return element


def _strength(joint: Joint) -> float:
    """Largest force or torque of a drive here.

    MuJoCo's drives damp the velocity's error only, so that at full speed all of their effort is left. Here the joint is
    damped against standing still: what that takes comes on top, else the shoulder reaches half its speed and the hand
    leaves its path.
    """
    return joint.effort + joint.damping * joint.velocity


def _add_sensors(model: ET.Element, robot: RobotDescription, mounts: dict[str, Joint]) -> None:
    links = {element.get("name"): element for element in model.iter("link")}
    mount = mounts[robot.camera.frame]
    links[mount.parent].append(_camera(robot.camera, mount))
    if robot.lidar is not None:
        mount = mounts[robot.lidar.frame]
        links[mount.parent].append(_lidar(robot.lidar, mount))


def _sensor(kind: str, mount: Joint, turn: Vec3, topic: str, rate: float) -> ET.Element:
    sensor = ET.Element("sensor", name=mount.child, type=kind)
    add_pose(sensor, mount.xyz, joined(mount.rpy, turn))
    add(sensor, "topic", topic)
    add(sensor, "gz_frame_id", mount.child)  # gz-sim's own element
    add(sensor, "update_rate", rate)
    add(sensor, "always_on", True)
    return sensor


def _camera(camera: CameraDescription, mount: Joint) -> ET.Element:
    sensor = _sensor("rgbd_camera", mount, _OPTICAL_TO_CAMERA, CAMERA_TOPIC, _CAMERA_RATE)
    element = add(sensor, "camera")
    wide = 2 * math.atan(math.tan(camera.vertical_fov / 2) * camera.width / camera.height)
    add(element, "horizontal_fov", wide)
    image = add(element, "image")
    add(image, "width", camera.width)
    add(image, "height", camera.height)
    add(image, "format", "R8G8B8")
    clip = add(element, "clip")
    add(clip, "near", 0.05)
    add(clip, "far", 20.0)
    add(element, "optical_frame_id", camera.frame)
    return sensor


def _lidar(lidar: LidarDescription, mount: Joint) -> ET.Element:
    sensor = _sensor("gpu_lidar", mount, (0.0, 0.0, 0.0), SCAN_TOPIC, _SCAN_RATE)
    ray = add(sensor, "lidar")
    horizontal = add(add(ray, "scan"), "horizontal")
    add(horizontal, "samples", lidar.rays)
    add(horizontal, "min_angle", -lidar.angle)
    add(horizontal, "max_angle", lidar.angle)
    reach = add(ray, "range")
    add(reach, "min", lidar.reach[0])
    add(reach, "max", lidar.reach[1])
    return sensor


def _add_base_systems(model: ET.Element, robot: RobotDescription) -> None:
    add_plugin(model, "velocity-control", "VelocityControl", topic=VELOCITY_TOPIC)
    add_plugin(
        model,
        "odometry-publisher",
        "OdometryPublisher",
        odom_topic=ODOMETRY_TOPIC,
        odom_frame=MAP,  # it tells where the robot is in the world, not how far it came
        robot_base_frame=robot.links[0].name,
        odom_publish_frequency=STATE_RATE,
        dimensions=2,
    )


def _add_joint_systems(model: ET.Element, robot: RobotDescription) -> None:
    """Every joint is held by a controller with the gains of its own drive."""
    arm = [robot.joint(name) for name in robot.arm]
    if arm:
        add_plugin(
            model,
            "joint-trajectory-controller",
            "JointTrajectoryController",
            topic=ARM_TOPIC,
            joint_name=list(robot.arm),
            initial_position=list(robot.postures["stow"]),
            position_p_gain=[joint.stiffness for joint in arm],
            position_cmd_min=[-_strength(joint) for joint in arm],
            position_cmd_max=[_strength(joint) for joint in arm],
        )
    for name in robot.fingers:
        add_plugin(
            model,
            "joint-position-controller",
            "JointPositionController",
            topic=FINGERS_TOPIC,
            joint_name=name,
            initial_position=robot.joint(name).upper,
            p_gain=robot.joint(name).stiffness,
            i_gain=0.0,
            d_gain=0.0,
            cmd_min=-robot.grip_force,
            cmd_max=robot.grip_force,
        )
    joints = [*robot.arm, *robot.fingers]
    if joints:
        add_plugin(model, "joint-state-publisher", "JointStatePublisher", topic=JOINTS_TOPIC, joint_name=joints)


def _add_ros2_control(model: ET.Element, controllers_file: str, namespace: str) -> None:
    plugin = ET.SubElement(
        model, "plugin", filename="gz_ros2_control-system", name="gz_ros2_control::GazeboSimROS2ControlPlugin"
    )
    add(plugin, "parameters", controllers_file)
    ros = add(plugin, "ros")
    if namespace:
        add(ros, "namespace", namespace)
    # `joint_states` is told by the node that tells it without ros2_control too.
    add(ros, "remapping", "joint_states:=gazebo/joints")
