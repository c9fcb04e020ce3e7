# SPDX-License-Identifier: Apache-2.0
"""The robot's frames on /tf and /tf_static."""

import math
from collections.abc import Mapping

from builtin_interfaces.msg import Time
from geometry_msgs.msg import TransformStamped
from rclpy.node import Node
from tf2_msgs.msg import TFMessage

from agent_planner.ros.names import NEWEST
from agent_planner_sim.robots.description import Joint, RobotDescription
from agent_planner_sim.transforms import Quat, Vec3, quat_from_rpy, quat_multiply

PlanarPose = tuple[float, float, float]


class Frames:
    """Publishes map → odom → base_link → … from joint positions; of a fixed base map → base_link, which is static.

    The messages are made once and changed in place: building them anew took longer than the physics.
    """

    def __init__(self, node: Node, robot: RobotDescription):
        self._tf = node.create_publisher(TFMessage, "/tf", 100)
        self._tf_static = node.create_publisher(TFMessage, "/tf_static", NEWEST)
        self._fixed = [joint for joint in robot.joints if joint.kind == "fixed"]
        self._moving = [joint for joint in robot.joints if joint.kind != "fixed"]
        base = robot.links[0].name
        self._is_fixed = robot.base is None
        self._root = _transform("map", base if self._is_fixed else "odom")
        self._base = _transform("odom", base)
        self._links = [_transform(joint.parent, joint.child) for joint in self._moving]
        self._message = TFMessage(transforms=[*(() if self._is_fixed else (self._root, self._base)), *self._links])

    def publish_fixed(self, start: PlanarPose, now: Time) -> None:
        """Publish the frames that never move, and take where odometry starts in the map."""
        transforms = [_transform(joint.parent, joint.child) for joint in self._fixed]
        for transform, joint in zip(transforms, self._fixed, strict=True):
            _set(transform, joint.xyz, quat_from_rpy(joint.rpy))
            transform.header.stamp = now
        _set(self._root, (start[0], start[1], 0.0), quat_from_rpy((0.0, 0.0, start[2])))
        if self._is_fixed:
            self._root.header.stamp = now
            transforms.append(self._root)
        self._tf_static.publish(TFMessage(transforms=transforms))

    def publish(self, odometry: PlanarPose, positions: Mapping[str, float], now: Time) -> None:
        """Publish the moving frames."""
        _set(self._base, (odometry[0], odometry[1], 0.0), quat_from_rpy((0.0, 0.0, odometry[2])))
        for transform, joint in zip(self._links, self._moving, strict=True):
            _set(transform, *_joint_pose(joint, positions[joint.name]))
        for transform in self._message.transforms:
            transform.header.stamp = now
        self._tf.publish(self._message)


def _transform(parent: str, child: str) -> TransformStamped:
    message = TransformStamped(child_frame_id=child)
    message.header.frame_id = parent
    return message


def _set(message: TransformStamped, xyz: Vec3, quat: Quat) -> None:
    place, turn = message.transform.translation, message.transform.rotation
    place.x, place.y, place.z = xyz
    turn.w, turn.x, turn.y, turn.z = quat


def _joint_pose(joint: Joint, position: float) -> tuple[Vec3, Quat]:
    """Return where a joint brings its child; moving joints of our robots have unturned origins."""
    x, y, z = joint.axis
    if joint.kind == "revolute":
        s = math.sin(position / 2)
        turn = (math.cos(position / 2), s * x, s * y, s * z)
        return joint.xyz, turn if joint.rpy == (0.0, 0.0, 0.0) else quat_multiply(quat_from_rpy(joint.rpy), turn)
    ox, oy, oz = joint.xyz
    return (ox + x * position, oy + y * position, oz + z * position), quat_from_rpy(joint.rpy)
