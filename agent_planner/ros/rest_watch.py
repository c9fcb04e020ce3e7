# SPDX-License-Identifier: Apache-2.0
"""Whether base and arm stand still, by what the robot measures."""

import math
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass

from agent_planner_interfaces.msg import RestState
from nav_msgs.msg import Odometry
from rclpy.callback_groups import MutuallyExclusiveCallbackGroup
from rclpy.node import Node
from rclpy.qos import QoSProfile, ReliabilityPolicy
from sensor_msgs.msg import JointState

# Best effort on this side goes together with publishers of either kind.
_NEWEST = QoSProfile(depth=1, reliability=ReliabilityPolicy.BEST_EFFORT)


@dataclass(frozen=True)
class RestLimits:
    """When something counts as standing still.

    Attributes:
        linear: of the base, metres per second.
        angular: of the base, radians per second.
        joint: of the arm's joints, radians (or metres) per second.
        settled_s: for how long it must have been so.
        fresh_s: a measurement older than this says nothing (steady time).
    """

    linear: float = 0.01
    angular: float = 0.02
    joint: float = 0.03
    settled_s: float = 0.2
    fresh_s: float = 0.5


class _Motion:
    """The speeds of one part, as they are measured."""

    def __init__(self, source: str, limits: RestLimits):
        self._source = source
        self._limits = limits
        self._lock = threading.Lock()
        self._heard: float | None = None
        self._still_since: float | None = None
        self._speed = 0.0

    def put(self, speed: float, moving: bool) -> None:
        now = time.monotonic()
        with self._lock:
            # A gap in the measurements proves nothing about the time in between.
            gap = self._heard is None or now - self._heard > self._limits.fresh_s
            if moving:
                self._still_since = None
            elif self._still_since is None or gap:
                self._still_since = now
            self._heard, self._speed = now, speed

    def state(self) -> RestState:
        now = time.monotonic()
        with self._lock:
            heard, since, speed = self._heard, self._still_since, self._speed
        if heard is None:
            return RestState(state=RestState.UNKNOWN, age_s=-1.0, detail=f"nothing came on '{self._source}'")
        age = now - heard
        if age > self._limits.fresh_s:
            detail = f"the newest on '{self._source}' is {age:.1f} s old"
            return RestState(state=RestState.UNKNOWN, age_s=age, speed=speed, detail=detail)
        still = since is not None and heard - since >= self._limits.settled_s
        return RestState(state=RestState.AT_REST if still else RestState.MOVING, age_s=age, speed=speed)


class RestWatch:
    """Subscribes ``odom``, unless the base is fixed, and ``joint_states``.

    Args:
        node: the node that it belongs to.
        joints: the arm's.
        limits: see there.
        base_is_fixed: whether nothing drives.
        arm_action: that of an arm; without it and without joints there is no arm.
    """

    def __init__(
        self,
        node: Node,
        joints: Sequence[str],
        limits: RestLimits,
        base_is_fixed: bool = False,
        arm_action: str = "",
    ):
        self._node = node
        self._arm_action = arm_action
        self._base_is_fixed = base_is_fixed
        self._joints = tuple(joints)
        self._limits = limits
        self._base = _Motion("odom", limits)
        self._arm = _Motion("joint_states", limits)
        self._before: tuple[float, tuple[float, ...]] | None = None
        self._measured: tuple[float, tuple[float, ...]] | None = None

    def configure(self) -> None:
        """Subscribe."""
        group = MutuallyExclusiveCallbackGroup()
        if not self._base_is_fixed:
            self._node.create_subscription(Odometry, "odom", self._on_odometry, _NEWEST, callback_group=group)
        if self._joints:
            self._node.create_subscription(JointState, "joint_states", self._on_joints, _NEWEST, callback_group=group)

    def base(self) -> RestState:
        """Whether the base stands still."""
        if self._base_is_fixed:
            return RestState(state=RestState.NONE, age_s=-1.0, detail="the base is fixed (parameter base)")
        return self._base.state()

    def arm(self) -> RestState:
        """Whether the arm stands still."""
        if self._joints:
            return self._arm.state()
        if self._arm_action:
            detail = f"the arm of '{self._arm_action}' is not measured: the parameter arm_joints is not set"
            return RestState(state=RestState.UNKNOWN, age_s=-1.0, detail=detail)
        return RestState(state=RestState.NONE, age_s=-1.0, detail="the parameter arm_joints is not set")

    def positions(self) -> tuple[float, ...] | None:
        """Where the arm's joints are, if that was measured a moment ago."""
        measured = self._measured
        if measured is None or time.monotonic() - measured[0] > self._limits.fresh_s:
            return None
        return measured[1]

    def _on_odometry(self, message: Odometry) -> None:
        twist = message.twist.twist
        linear, angular = math.hypot(twist.linear.x, twist.linear.y), abs(twist.angular.z)
        # Not a number is not at rest.
        still = linear <= self._limits.linear and angular <= self._limits.angular
        self._base.put(max(linear, angular), not still)

    def _on_joints(self, message: JointState) -> None:
        index = {name: i for i, name in enumerate(message.name)}
        wanted = [index[name] for name in self._joints if name in index]
        if len(wanted) < len(self._joints) or max(wanted) >= len(message.position):
            return  # another publisher's joints
        positions = tuple(message.position[i] for i in wanted)
        stamp = message.header.stamp.sec + message.header.stamp.nanosec * 1e-9
        self._measured = time.monotonic(), positions
        velocities = [message.velocity[i] for i in wanted] if len(message.velocity) == len(message.name) else []
        # A joint whose velocity nobody measures has none, or one that is not a number (joint_state_broadcaster).
        if velocities and all(map(math.isfinite, velocities)):
            speeds = [abs(velocity) for velocity in velocities]
        elif self._before is not None and stamp > self._before[0]:
            span = stamp - self._before[0]
            # The short way round: a driver may count a continuous joint's angle from -pi to pi.
            ways = [(b - a + math.pi) % math.tau - math.pi for a, b in zip(self._before[1], positions, strict=True)]
            speeds = [abs(way) / span for way in ways]
        else:
            speeds = []
        self._before = stamp, positions
        if speeds:
            self._arm.put(max(speeds), not all(speed <= self._limits.joint for speed in speeds))
