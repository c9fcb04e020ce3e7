# SPDX-License-Identifier: Apache-2.0
"""Tells Nav2 how fast the base may drive, so that it plans for what the multiplexer lets through."""

from typing import Any

from rclpy.node import Node

from agent_planner.ros.interface_types import is_installed, load_interface

TYPE, TOPIC = "nav2_msgs/msg/SpeedLimit", "speed_limit"
_SLOWEST = 0.001  # m/s; 0 would say that there is no limit


class SpeedLimit:
    """The cap on Nav2's topic, where its message type is installed.

    Args:
        node: the node that it belongs to.
        linear: metres per second.
    """

    def __init__(self, node: Node, linear: float):
        self._node = node
        self._linear = linear
        self._publisher: Any = None

    def configure(self) -> None:
        """Create the publisher, if its type is there."""
        if is_installed(TYPE):
            self._publisher = self._node.create_publisher(load_interface(TYPE), TOPIC, 10)

    def tell(self) -> None:
        """Say it to who listens; to be called again and again, since Nav2's controllers come and go.

        Not where another publishes there, too: Nav2's speed filter says only once what holds in a zone.
        """
        if self._publisher is None or not self._publisher.get_subscription_count():
            return
        if self._node.count_publishers(self._publisher.topic_name) > 1:
            return
        message = self._publisher.msg_type(percentage=False, speed_limit=max(self._linear, _SLOWEST))
        message.header.stamp = self._node.get_clock().now().to_msg()
        self._publisher.publish(message)
