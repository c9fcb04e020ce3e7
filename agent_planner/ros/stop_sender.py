# SPDX-License-Identifier: Apache-2.0
"""Sends a person's stop, and again until it is known to have arrived."""

import time

from rclpy.node import Node
from std_msgs.msg import String

from agent_planner.ros.names import STOP_REQUEST
from agent_planner.ros.timers import steady_timer

# What goes out before the supervisor has found this node is lost without a word; that takes seconds on a busy machine.
_AGAIN_S, _TRY_S = 0.1, 10.0


class StopSender:
    """Publishes ``stop_request``; none of its methods waits.

    Args:
        node: the node that it belongs to; it spins.
    """

    def __init__(self, node: Node):
        self._publisher = node.create_publisher(String, STOP_REQUEST, 10)
        self._message = String()
        self._until = float("-inf")
        steady_timer(node, _AGAIN_S, self._again)

    @property
    def is_heard(self) -> bool:
        """Whether anybody is there to hear it, as far as the network tells."""
        return self._publisher.get_subscription_count() > 0

    def send(self, reason: str) -> None:
        """Ask for a stop, for ten seconds or until `arrived`."""
        self._message = String(data=reason)
        self._until = time.monotonic() + _TRY_S
        self._publisher.publish(self._message)

    def arrived(self) -> None:
        """The robot is stopped, as the supervisor says: it is not asked for any more, so that a person can reset."""
        self._until = float("-inf")

    def _again(self) -> None:
        if time.monotonic() < self._until:
            self._publisher.publish(self._message)
