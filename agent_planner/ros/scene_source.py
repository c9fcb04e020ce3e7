# SPDX-License-Identifier: Apache-2.0
"""Keeps the newest scene that a perception node publishes, and the map."""

import math
import threading
import time
from collections.abc import Callable

from agent_planner_interfaces.msg import SceneGraph as SceneGraphMsg
from nav_msgs.msg import OccupancyGrid
from rclpy.callback_groups import ReentrantCallbackGroup
from rclpy.node import Node

from agent_planner.errors import clock_ahead
from agent_planner.ros.free_floor import FreeFloor
from agent_planner.ros.messages import SceneMessageError, to_scene, to_seconds
from agent_planner.ros.names import BEST_EFFORT, NEWEST
from agent_planner.ros.waiting import Changes, Deadline
from agent_planner.scene import SceneGraph
from agent_planner.scene.geometry import Reach

_TOPIC = "scene_graph"
# A stamp farther in the future than this is of another clock: how old the scene is cannot be told.
_AHEAD_S = 0.5


class TopicSceneSource:
    """Subscribes ``scene_graph`` and ``map``. A scene is read only when somebody wants to see it.

    ``error`` says what is wrong with the newest message, if anything is.

    Args:
        node: the node.
        timeout_s: how long to wait for a scene.
        reach: for relations that the message does not give.
        base_radius_m: of the base, for where on the map it can stand.
        on_message: is called with every scene.
    """

    def __init__(
        self,
        node: Node,
        timeout_s: float,
        reach: Reach,
        base_radius_m: float,
        on_message: Callable[[SceneGraphMsg], None] | None = None,
    ):
        self._node = node
        self._timeout_s = timeout_s
        self._on_message = on_message
        self._changes = Changes()
        self._message: SceneGraphMsg | None = None
        self._received = 0.0
        self._arrived = math.inf
        self._reach, self._base_radius_m = reach, base_radius_m
        self._floor: FreeFloor | None = None
        self.topic = _TOPIC
        self.error = ""

    def configure(self) -> None:
        """Subscribe."""
        group = ReentrantCallbackGroup()
        self._subscription = self._node.create_subscription(
            SceneGraphMsg, self.topic, self._take, BEST_EFFORT, callback_group=group
        )
        self._map = self._node.create_subscription(OccupancyGrid, "map", self._take_map, NEWEST, callback_group=group)

    def release(self) -> None:
        """Unsubscribe and forget."""
        self._node.destroy_subscription(self._subscription)
        self._node.destroy_subscription(self._map)
        self._message = self._floor = None

    @property
    def age_s(self) -> float | None:
        """Seconds of steady time since the last message; None if there was none."""
        return time.monotonic() - self._received if self._message is not None else None

    def observe(self, cancel: threading.Event) -> SceneGraph | None:
        """Return a scene whose stamp is later than now, or None if none comes in time."""
        now = self._now()
        return self.observe_after(lambda: now, cancel)

    def current(self, cancel: threading.Event) -> SceneGraph | None:
        """Return a scene that is not older than the time-out, waiting for one (and for the clock) if need be."""
        return self.observe_after(lambda: now - self._timeout_s if (now := self._now()) > 0 else math.inf, cancel)

    def observe_after(self, stamp: Callable[[], float], cancel: threading.Event) -> SceneGraph | None:
        """Return the newest usable scene with a stamp later than this; waits in steady time."""
        found: list[SceneGraph] = []

        def usable() -> bool:
            message = self._message
            if message is None or to_seconds(message.header.stamp) <= stamp():
                return cancel.is_set()
            ahead = to_seconds(message.header.stamp) - min(self._arrived, self._now())
            if ahead > _AHEAD_S:
                self.error = clock_ahead(self.topic, ahead)
                return cancel.is_set()
            try:
                found.append(to_scene(message, self._reach, self._floor))
            except SceneMessageError as error:
                self._refuse(message, str(error))
                return cancel.is_set()
            self.error = ""
            return True

        self._changes.wait(usable, Deadline(self._timeout_s))
        return found[-1] if found else None

    @property
    def trouble(self) -> str:
        """Why there is no usable scene, for a person."""
        if self._now() == 0:
            return "ROS time stands at 0: use_sim_time is set and nobody publishes /clock"
        if self.error:
            return self.error
        if self._message is None:
            return f"nothing came in {self._timeout_s:g} s"
        stamp = to_seconds(self._message.header.stamp)
        return f"the newest is stamped {stamp:.2f}, and it is {self._now():.2f} now"

    def _now(self) -> float:
        return self._node.get_clock().now().nanoseconds * 1e-9

    def _refuse(self, message: SceneGraphMsg, error: str) -> None:
        if error != self.error:
            self._node.get_logger().error(f"a scene cannot be used: {error}")
        self.error = error
        if self._message is message:
            self._message = None

    def _take_map(self, message: OccupancyGrid) -> None:
        self._floor = FreeFloor.of(message, self._base_radius_m)

    def _take(self, message: SceneGraphMsg) -> None:
        # Simulated time is one clock for all, but may be told later than what is stamped by it.
        arrived = math.inf if self._node.get_parameter("use_sim_time").value else self._now()
        with self._changes:
            self._message = message
            self._received, self._arrived = time.monotonic(), arrived
        if self._on_message is not None:
            self._on_message(message)
