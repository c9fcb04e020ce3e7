# SPDX-License-Identifier: Apache-2.0
"""The planner's sign of life, for the supervisor."""

import uuid
from collections.abc import Callable

from rclpy.callback_groups import MutuallyExclusiveCallbackGroup
from rclpy.duration import Duration
from rclpy.node import Node
from std_msgs.msg import String

from agent_planner.ros.names import BEAT_S, HEARTBEAT, PLANNER_HEARTBEAT
from agent_planner.ros.timers import steady_timer

_FAREWELL_S = 0.5


class Heartbeat:
    """Publishes its ``id`` on ``planner_heartbeat``, ten times a second of steady time.

    An empty text at the end says that the planner goes in order, so that its silence is no alarm.

    Args:
        node: the node that it belongs to.
        ready: the first beat waits for this. Until loading has ended nothing can move the robot, and loading one may
            keep Python from doing anything else for seconds.
    """

    def __init__(self, node: Node, ready: Callable[[], bool]):
        self._node = node
        self._ready = ready
        self._beats = False
        self.id = uuid.uuid4().hex

    def configure(self) -> None:
        """Begin."""
        self._publisher = self._node.create_publisher(String, PLANNER_HEARTBEAT, HEARTBEAT)
        self._timer = steady_timer(self._node, BEAT_S, self._beat, MutuallyExclusiveCallbackGroup())

    def release(self) -> None:
        """Say farewell; call it when nothing runs any more."""
        self._node.destroy_timer(self._timer)
        self._publisher.publish(String())
        # A publisher takes what is still on its way with it.
        self._publisher.wait_for_all_acked(Duration(seconds=_FAREWELL_S))
        self._node.destroy_publisher(self._publisher)

    def _beat(self) -> None:
        self._beats = self._beats or self._ready()
        if self._beats:
            self._publisher.publish(String(data=self.id))
