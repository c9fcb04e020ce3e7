# SPDX-License-Identifier: Apache-2.0
"""Whether base and arm stand still, by what the robot measures."""

import math
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from agent_planner_interfaces.msg import RestState
from nav_msgs.msg import Odometry
from rclpy.callback_groups import MutuallyExclusiveCallbackGroup
from rclpy.node import Node
from rclpy.qos import QoSProfile, ReliabilityPolicy
from sensor_msgs.msg import JointState

from agent_planner.ros.names import BEST_EFFORT

_JOINTS = "joint_states"
# Deeper than one: two publishers, of an arm and its lift, may speak at the same moment.
_EACH = QoSProfile(depth=10, reliability=ReliabilityPolicy.BEST_EFFORT)


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
    """The speeds of one part or joint, as they are measured."""

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


class _Reading(NamedTuple):
    """Where a joint was: ``heard`` in steady time, ``stamp`` in that of the message."""

    heard: float
    stamp: float
    position: float


class RestWatch:
    """Subscribes ``odom``, unless the base is fixed, and ``joint_states``.

    Args:
        node: the node that it belongs to.
        joints: the arm's; each may be told of by a publisher of its own.
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
        self._limits = limits
        self._base = _Motion("odom", limits)
        self._joints = {name: _Motion(_JOINTS, limits) for name in joints}
        self._newest: dict[str, _Reading] = {}

    def configure(self) -> None:
        """Subscribe."""
        group = MutuallyExclusiveCallbackGroup()
        if not self._base_is_fixed:
            self._node.create_subscription(Odometry, "odom", self._on_odometry, BEST_EFFORT, callback_group=group)
        if self._joints:
            self._node.create_subscription(JointState, _JOINTS, self._on_joints, _EACH, callback_group=group)

    def base(self) -> RestState:
        """Whether the base stands still."""
        if self._base_is_fixed:
            return RestState(state=RestState.NONE, age_s=-1.0, detail="the base is fixed (parameter base)")
        return self._base.state()

    def arm(self) -> RestState:
        """Whether the arm stands still."""
        if self._joints:
            return _arm_state({name: motion.state() for name, motion in self._joints.items()})
        if self._arm_action:
            detail = f"the arm of '{self._arm_action}' is not measured: the parameter arm_joints is not set"
            return RestState(state=RestState.UNKNOWN, age_s=-1.0, detail=detail)
        return RestState(state=RestState.NONE, age_s=-1.0, detail="the parameter arm_joints is not set")

    def positions(self) -> tuple[float, ...] | None:
        """Where the arm's joints are, if that was measured a moment ago."""
        newest, since = self._newest, time.monotonic() - self._limits.fresh_s
        if not all(name in newest and newest[name].heard >= since for name in self._joints):
            return None
        return tuple(newest[name].position for name in self._joints)

    def _on_odometry(self, message: Odometry) -> None:
        twist = message.twist.twist
        linear, angular = math.hypot(twist.linear.x, twist.linear.y), abs(twist.angular.z)
        # Not a number is not at rest.
        still = linear <= self._limits.linear and angular <= self._limits.angular
        self._base.put(max(linear, angular), not still)

    def _on_joints(self, message: JointState) -> None:
        now, stamp = time.monotonic(), message.header.stamp.sec + message.header.stamp.nanosec * 1e-9
        velocities = message.velocity if len(message.velocity) == len(message.name) else [math.nan] * len(message.name)
        told = {}
        # Of a name without a position nothing is told.
        for name, position, velocity in zip(message.name, message.position, velocities, strict=False):
            if name in self._joints:
                told[name] = _Reading(now, stamp, position)
                # A joint whose velocity nobody measures has one that is not a number (joint_state_broadcaster).
                measured = abs(velocity) if math.isfinite(velocity) else self._speed(name, told[name])
                if measured is not None:
                    self._joints[name].put(measured, not measured <= self._limits.joint)
        self._newest = self._newest | told

    def _speed(self, name: str, reading: _Reading) -> float | None:
        before = self._newest.get(name)
        if before is None or reading.stamp <= before.stamp:
            return None
        # The short way round: a driver may count a continuous joint's angle from -pi to pi.
        way = (reading.position - before.position + math.pi) % math.tau - math.pi
        return abs(way) / (reading.stamp - before.stamp)


def _arm_state(joints: dict[str, RestState]) -> RestState:
    """The whole arm's state, by that of each joint: one that moves goes before one that is not known."""
    if moving := [state for state in joints.values() if state.state == RestState.MOVING]:
        return max(moving, key=lambda state: state.speed)
    age = max(state.age_s for state in joints.values())
    unknown = {name: state for name, state in joints.items() if state.state == RestState.UNKNOWN}
    if never := [name for name, state in unknown.items() if state.age_s < 0]:
        detail = f"no speed of {', '.join(never)} came on '{_JOINTS}'"
        return RestState(state=RestState.UNKNOWN, age_s=-1.0, detail=detail)
    if unknown:
        detail = f"the newest of {', '.join(unknown)} on '{_JOINTS}' is {age:.1f} s old"
        return RestState(state=RestState.UNKNOWN, age_s=age, detail=detail)
    return RestState(state=RestState.AT_REST, age_s=age, speed=max(state.speed for state in joints.values()))
