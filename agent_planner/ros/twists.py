# SPDX-License-Identifier: Apache-2.0
"""Velocities as messages, with and without a header."""

from geometry_msgs.msg import Twist, TwistStamped, Vector3
from rclpy.node import Node

from agent_planner.safety.velocity import Velocity


def velocity_message(velocity: Velocity, node: Node, frame: str | None) -> Twist | TwistStamped:
    """A velocity of the base, stamped with the frame where there is one."""
    x, y, yaw = map(float, velocity)
    twist = Twist(linear=Vector3(x=x, y=y), angular=Vector3(z=yaw))
    return twist if frame is None else stamped(twist, node, frame)


def stamped(twist: Twist, node: Node, frame: str) -> TwistStamped:
    """With the node's time."""
    message = TwistStamped(twist=twist)
    message.header.frame_id = frame
    message.header.stamp = node.get_clock().now().to_msg()
    return message
