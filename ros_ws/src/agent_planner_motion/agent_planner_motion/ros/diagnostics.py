# SPDX-License-Identifier: Apache-2.0
"""What the motion servers tell on /diagnostics."""

from collections.abc import Sequence

from diagnostic_msgs.msg import DiagnosticArray, DiagnosticStatus, KeyValue
from rclpy.callback_groups import ReentrantCallbackGroup
from rclpy.node import Node

from agent_planner.ros.timers import steady_timer
from agent_planner_motion.ros.goal_server import Resource
from agent_planner_motion.ros.messages import STALE
from agent_planner_motion.ros.robot import RosRobot

_PERIOD = 1.0


class Diagnostics:
    """Tells once a second of steady time how old the robot's topics are and what is in use.

    Args:
        node: the node.
        robot: whose topics are watched.
        resources: what actions use.
    """

    def __init__(self, node: Node, robot: RosRobot, resources: Sequence[Resource]):
        self._node = node
        self._robot = robot
        self._resources = tuple(resources)
        self._publisher = node.create_publisher(DiagnosticArray, "/diagnostics", 10)
        steady_timer(node, _PERIOD, self._tell, ReentrantCallbackGroup())

    def _tell(self) -> None:
        ages = {topic: self._robot.age(topic) for topic in self._robot.topics}
        silent = [topic for topic, age in ages.items() if age is None or age > STALE]
        status = DiagnosticStatus(
            name=f"{self._node.get_name()}: motion",
            level=DiagnosticStatus.WARN if silent else DiagnosticStatus.OK,
            message=f"silent: {', '.join(silent)}" if silent else "ready",
        )
        status.values = [
            *(KeyValue(key=f"age of {t}", value="none came" if a is None else f"{a:.2f} s") for t, a in ages.items()),
            *(KeyValue(key=r.name, value=r.holder or "free") for r in self._resources),
        ]
        message = DiagnosticArray(status=[status])
        message.header.stamp = self._node.get_clock().now().to_msg()
        self._publisher.publish(message)
