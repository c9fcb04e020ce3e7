# SPDX-License-Identifier: Apache-2.0
"""A person's takeover as the supervisor sees it: what begins and ends it, and who is told."""

import time

from diagnostic_msgs.msg import DiagnosticStatus
from nav_msgs.msg import Odometry
from rclpy.callback_groups import MutuallyExclusiveCallbackGroup, ReentrantCallbackGroup
from rclpy.node import Node
from std_srvs.srv import Trigger

from agent_planner.ros.names import BEAT_S, BEST_EFFORT, GIVE_BACK, NEWEST, TAKE_OVER, TELEOP_STATE
from agent_planner.ros.teleop_state import TeleopState
from agent_planner.ros.timers import steady_timer
from agent_planner.safety.teleop_hold import TeleopHold

# It is told again this often, seconds: how long and how far a person drives, and that somebody watches.
_AGAIN_S = 1.0


class TeleopWatch:
    """Publishes ``teleop_state`` on every change and once a second; subscribes ``odom``.

    Services: ``take_over``, ``give_back``.

    Args:
        node: the node that it belongs to.
        release_s: silence of the person's stick that gives the robot back; 0: only a person's word does.
        drives: whether there is a base whose way can be measured.
    """

    def __init__(self, node: Node, release_s: float, drives: bool):
        self._node = node
        self._drives = drives
        self._hold = TeleopHold(release_s, time.monotonic)
        self._since = 0.0
        self._told = 0.0

    @property
    def active(self) -> bool:
        """Whether a person has the robot."""
        return self._hold.active

    @property
    def state(self) -> TeleopState:
        """As it is told."""
        newest = self._hold.newest
        if newest is None:
            return TeleopState()
        until = newest.until if newest.until is not None else time.monotonic()
        return TeleopState(
            newest.active, newest.source, newest.number, self._since, until - newest.since, newest.distance_m
        )

    def configure(self) -> None:
        """Create the endpoints."""
        self._publisher = self._node.create_publisher(DiagnosticStatus, TELEOP_STATE, NEWEST)
        group = ReentrantCallbackGroup()
        self._node.create_service(Trigger, TAKE_OVER, self._on_take, callback_group=group)
        self._node.create_service(Trigger, GIVE_BACK, self._on_give_back, callback_group=group)
        if self._drives:
            own = MutuallyExclusiveCallbackGroup()
            self._node.create_subscription(Odometry, "odom", self._on_odometry, BEST_EFFORT, callback_group=own)
        steady_timer(self._node, BEAT_S, self._check, MutuallyExclusiveCallbackGroup())
        self._tell()

    def command(self, moves: bool) -> bool:
        """A command of the stick came in, which is zero or ``moves``; returns whether a person has the robot."""
        if self._hold.command(moves):
            self._begun()
        return self.active

    # --- called by the executor

    def _on_take(self, request: Trigger.Request, response: Trigger.Response) -> Trigger.Response:
        began = self._hold.take()
        if began:
            self._begun()
        else:
            self._tell()
        response.success = True
        response.message = "the person has the robot" if began else "a person had the robot already"
        return response

    def _on_give_back(self, request: Trigger.Request, response: Trigger.Response) -> Trigger.Response:
        response.success = True
        response.message = "the skills have the robot" if self._hold.give_back() else "nobody had taken over"
        self._returned()
        return response

    def _on_odometry(self, message: Odometry) -> None:
        place = message.pose.pose.position
        self._hold.moved_to(place.x, place.y)

    def _check(self) -> None:
        if self._hold.check():
            self._returned()
        elif time.monotonic() - self._told >= _AGAIN_S:
            self._tell()

    # --- parts

    def _begun(self) -> None:
        self._since = self._node.get_clock().now().nanoseconds * 1e-9
        self._tell()
        self._node.get_logger().warning(f"{self.state.text}; '{GIVE_BACK}' lets the skills go on")

    def _returned(self) -> None:
        self._tell()
        self._node.get_logger().info(self.state.text)

    def _tell(self) -> None:
        told = None
        while told != self.active:
            # Another thread may have taken or given back meanwhile and told it before us: the last word must be true.
            self._told, told = time.monotonic(), self.active
            self._publisher.publish(self.state.message(self._node.get_fully_qualified_name()))
