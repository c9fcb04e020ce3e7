# SPDX-License-Identifier: Apache-2.0
"""What Gazebo tells, read when it is wanted: its joint states come once a physics step, 500 times a second."""

import math
from typing import Any

from nav_msgs.msg import Odometry
from rclpy.context import Context
from rclpy.node import Node
from rclpy.qos import QoSProfile, ReliabilityPolicy
from sensor_msgs.msg import JointState

from agent_planner_sim.gazebo import bridge
from agent_planner_sim.gazebo.mirror import Seen
from agent_planner_sim.transforms import yaw_of

# How many messages are kept: one an object, and of the furniture's, which share a topic, some of each.
_KEPT = {bridge.ODOMETRY: 1, bridge.JOINTS: 1, bridge.OBJECTS: 64, bridge.PARTS: 32}


class Inbox:
    """Subscriptions that no executor serves: `read` takes what they hold.

    Args:
        namespace: of the topics.
        context: the context of the process.
    """

    def __init__(self, namespace: str, context: Context):
        self._node = Node("gazebo_inbox", namespace=namespace, context=context, use_global_arguments=False)
        self._subscriptions = {
            topic: self._node.create_subscription(
                JointState if topic in (bridge.JOINTS, bridge.PARTS) else Odometry,
                topic,
                lambda _: None,
                QoSProfile(depth=depth, reliability=ReliabilityPolicy.BEST_EFFORT),
            )
            for topic, depth in _KEPT.items()
        }

    def close(self) -> None:
        """Release the subscriptions."""
        self._node.destroy_node()

    def read(self) -> Seen:
        """Return what came since the last time."""
        seen = Seen()
        for message in (*self._take(bridge.JOINTS), *self._take(bridge.PARTS)):
            seen.time = max(seen.time, _seconds(message))
            speeds = message.velocity or [0.0] * len(message.name)
            seen.joints.update((n, (p, v)) for n, p, v in zip(message.name, message.position, speeds, strict=True))
        for message in self._take(bridge.ODOMETRY):
            seen.time = max(seen.time, _seconds(message))
            place, twist = message.pose.pose, message.twist.twist
            seen.base = (place.position.x, place.position.y, yaw_of(_quat(place)))
            seen.velocity = (twist.linear.x, twist.angular.z)
        for message in self._take(bridge.OBJECTS):
            place = message.pose.pose
            at = place.position
            seen.objects[message.child_frame_id] = ((at.x, at.y, at.z), _quat(place))
        return seen

    def _take(self, topic: str) -> list[Any]:
        subscription = self._subscriptions[topic]
        found = []
        with subscription.handle:
            for _ in range(_KEPT[topic]):
                taken = subscription.handle.take_message(subscription.msg_type, False)
                if taken is None:
                    break
                found.append(taken[0])
        return found


def _quat(pose: Any) -> tuple[float, float, float, float]:
    q = pose.orientation
    size = math.sqrt(q.w**2 + q.x**2 + q.y**2 + q.z**2) or 1.0
    return (q.w / size, q.x / size, q.y / size, q.z / size)


def _seconds(message: Any) -> float:
    return message.header.stamp.sec + message.header.stamp.nanosec * 1e-9
