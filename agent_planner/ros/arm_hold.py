# SPDX-License-Identifier: Apache-2.0
"""Holds an arm that takes trajectories from a topic where it is."""

from collections.abc import Sequence

from builtin_interfaces.msg import Duration
from rclpy.node import Node
from trajectory_msgs.msg import JointTrajectory, JointTrajectoryPoint

from agent_planner.ros.rest_watch import RestWatch

_TOPIC = "arm_controller/joint_trajectory"
# A controller takes a point that lies in the past for a fault.
_SOON = Duration(nanosec=20_000_000)
# Farther off than this (radians or metres) somebody has moved the arm meanwhile: it is held where it is by then.
_CARRIED_OFF = 0.1


class ArmHold:
    """Publishes one point at the measured position: the only thing that a Jazzy controller takes for a halt.

    (It discards an empty trajectory.) Call `hold` again for as long as the arm moves: while it brakes the same point
    is repeated, so that it comes back to where the stop found it and does not creep on.
    """

    def __init__(self, node: Node, joints: Sequence[str], rest: RestWatch):
        self._node = node
        self._joints = list(joints)
        self._rest = rest
        self._number = 0
        self._point: tuple[float, ...] | None = None

    def configure(self) -> None:
        """Create the publisher."""
        if self._joints:
            self._publisher = self._node.create_publisher(JointTrajectory, _TOPIC, 1)

    def hold(self, number: int) -> bool:
        """Hold, as part of the stop of that number; False where there is no arm, or its position is not known."""
        measured = self._rest.positions()
        if not self._joints or measured is None:
            return False
        point = self._point
        if point is None or number != self._number or _distance(point, measured) > _CARRIED_OFF:
            self._number, self._point = number, measured
            point = measured
        wanted = JointTrajectoryPoint(positions=list(point), time_from_start=_SOON)
        self._publisher.publish(JointTrajectory(joint_names=self._joints, points=[wanted]))
        return True


def _distance(a: Sequence[float], b: Sequence[float]) -> float:
    return max(abs(x - y) for x, y in zip(a, b, strict=True))
