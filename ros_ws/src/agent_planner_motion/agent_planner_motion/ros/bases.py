# SPDX-License-Identifier: Apache-2.0
"""Where the base is and how it is driven: a mobile one by odometry and velocities, a fixed one by tf alone."""

import time
from collections.abc import Callable
from typing import Protocol

import numpy as np
from geometry_msgs.msg import Twist, TwistStamped
from nav_msgs.msg import Odometry
from rclpy.callback_groups import ReentrantCallbackGroup
from rclpy.node import Node

from agent_planner.ros.names import BEST_EFFORT
from agent_planner_motion.base.pose import Pose2
from agent_planner_motion.errors import MissingData, MotionError
from agent_planner_motion.ros.frames import Frames
from agent_planner_motion.ros.messages import fresh, pose_matrix, seconds
from agent_planner_motion.skills.robot import Base

# Seconds of ROS time after which a map's place in the odometry's frame counts for nothing: who localizes has died.
LOST = 3.0
_UPRIGHT = 0.9998  # cosine of about a degree


class BaseChannel(Protocol):
    """Tells where the base is and takes its velocities."""

    @property
    def topics(self) -> tuple[str, ...]:
        """Names of those whose age tells whether the base is heard of."""
        ...

    def read(self, now: float) -> Base:
        """Return where it is; raises MissingData."""
        ...

    def stamp(self) -> float | None:
        """Return when the newest reading was taken, or None if none came."""
        ...

    def send(self, linear: float, angular: float) -> None:
        """Command it, m/s and rad/s."""
        ...


class MobileBase:
    """Subscribes to `odom`, publishes `cmd_vel_skills`.

    Args:
        node: the node.
        frames: lead from the map to the odometry's frame.
        names: of the map's and the base's frame.
        use_stamped: whether velocities are TwistStamped.
        tell: called when a reading has come.
    """

    topics = ("odom",)

    def __init__(self, node: Node, frames: Frames, names: tuple[str, str], use_stamped: bool, tell: Callable[[], None]):
        self._node, self._frames, self._tell = node, frames, tell
        self._map_frame, self._base_frame = names
        self._stamped = use_stamped
        self._started = time.monotonic()
        self._odometry: Odometry | None = None
        node.create_subscription(Odometry, "odom", self._take, BEST_EFFORT, callback_group=ReentrantCallbackGroup())
        self._publisher = node.create_publisher(TwistStamped if use_stamped else Twist, "cmd_vel_skills", 10)

    def read(self, now: float) -> Base:
        """Return where the base is.

        Raises:
            MissingData: no odometry came, or it is old or not a number, or tf does not lead from the map to it, or did
                so long ago.
        """
        message = self._odometry
        if message is None:
            raise self._missing("odom")
        stamp = fresh("odom", seconds(message.header.stamp), now)
        odom_frame = message.header.frame_id or "odom"
        placed = self._frames.lookup(self._map_frame, odom_frame)
        way = f"/tf (from '{self._map_frame}' to '{odom_frame}')"
        if placed is None:
            raise self._missing(way)
        if now - (localized := self._frames.oldest(self._map_frame, odom_frame)) > LOST:
            raise MissingData(way, now - localized)
        twist = message.twist.twist
        pose = Pose2.of(placed @ pose_matrix(message.pose.pose))
        if not np.isfinite([*pose, twist.linear.x, twist.angular.z]).all():
            told = f"'odom' or {way} holds numbers that are not finite"
            raise MissingData("odom", now - stamp, told)
        return Base(stamp, pose, twist.linear.x, twist.angular.z)

    def stamp(self) -> float | None:
        """See `BaseChannel`."""
        return None if self._odometry is None else seconds(self._odometry.header.stamp)

    def send(self, linear: float, angular: float) -> None:
        """See `BaseChannel`."""
        twist = Twist()
        twist.linear.x, twist.angular.z = float(linear), float(angular)
        if not self._stamped:
            self._publisher.publish(twist)
            return
        message = TwistStamped(twist=twist)
        message.header.frame_id = self._base_frame
        message.header.stamp = self._node.get_clock().now().to_msg()
        self._publisher.publish(message)

    def _missing(self, topic: str) -> MissingData:
        return MissingData(topic, time.monotonic() - self._started)

    def _take(self, message: Odometry) -> None:
        self._odometry = message
        self._tell()


class FixedBase:
    """Stands where tf has it, upright, at any height (on a table, say).

    Args:
        frames: lead from the map to the base.
        names: of the map's and the base's frame.
    """

    topics = ()

    def __init__(self, frames: Frames, names: tuple[str, str]):
        self._frames, self._names = frames, names
        self._started = time.monotonic()

    def read(self, now: float) -> Base:
        """Return where the base is.

        Raises:
            MissingData: tf does not lead from the map to it.
            MotionError: it does not stand upright.
        """
        map_frame, base_frame = self._names
        placed = self._frames.lookup(map_frame, base_frame)
        if placed is None:
            raise MissingData(f"/tf (from '{map_frame}' to '{base_frame}')", time.monotonic() - self._started)
        if placed[2, 2] < _UPRIGHT:
            raise MotionError(
                "UNKNOWN", f"z of '{base_frame}' does not point up in '{map_frame}'; name a base_frame whose z does"
            )
        return Base(now, Pose2.of(placed), 0.0, 0.0, height=float(placed[2, 3]))

    def stamp(self) -> float | None:
        """Nothing is taken again and again."""
        return None

    def send(self, linear: float, angular: float) -> None:
        """Raise MotionError: no server that drives is started."""
        raise MotionError("UNKNOWN", "the base is fixed (parameter 'base')")
