# SPDX-License-Identifier: Apache-2.0
"""The velocity multiplexer on its topics; the supervisor's last word on what the base does."""

import time
from collections.abc import Callable
from typing import Any

from geometry_msgs.msg import Twist, TwistStamped
from rclpy.callback_groups import MutuallyExclusiveCallbackGroup
from rclpy.duration import Duration
from rclpy.node import Node

from agent_planner.ros.names import BEST_EFFORT
from agent_planner.ros.timers import steady_timer
from agent_planner.ros.twists import velocity_message
from agent_planner.safety.velocity import ZERO, Limits, Velocity, VelocityMultiplexer

TELEOP, SKILLS = "cmd_vel_teleop", "cmd_vel_skills"
INPUTS = (TELEOP, SKILLS)
OUTPUT = "cmd_vel"
_FAREWELL_S = 0.1


class VelocityOutput:
    """Passes on the highest input that is not silent, teleoperation before skills; zero while the robot is stopped.

    A command goes out at once when it comes in, and again at every tick of steady time; on silence it is zero. While a
    person has the robot, what the skills want does not pass, also where the person's own input is silent. While no
    person has it, a zero of theirs is no wish: a device that nobody holds may go on sending it, and would bar the
    skills for ever.

    Args:
        node: the node that it belongs to.
        limits: what no input can exceed.
        timeout_s: after this long an input is silent.
        rate: commands a second.
        frame: of stamped commands; None: Twist instead of TwistStamped.
        stopped: whether the output is zero whatever comes in.
        barred: whether the skills may not drive: nobody is there any more who asked for what they do, or a person has
            the robot.
        on_teleop: told of each command of the person, before it goes out: whether it moves anything; returns whether a
            person has the robot.
    """

    def __init__(
        self,
        node: Node,
        limits: Limits,
        timeout_s: float,
        rate: float,
        frame: str | None,
        stopped: Callable[[], bool],
        barred: Callable[[], bool],
        on_teleop: Callable[[bool], bool],
    ):
        self._node = node
        self._limits = limits
        self._core = VelocityMultiplexer(INPUTS, limits, timeout_s, time.monotonic)
        self._rate = rate
        self._frame = frame
        self._kind = TwistStamped if frame is not None else Twist
        self._stopped = stopped
        self._barred = barred
        self._on_teleop = on_teleop
        self._closed = False

    def configure(self) -> None:
        """Create the endpoints."""
        group = MutuallyExclusiveCallbackGroup()
        self._output = self._node.create_publisher(self._kind, OUTPUT, 1)
        for name in INPUTS:
            self._node.create_subscription(self._kind, name, self._taker(name), BEST_EFFORT, callback_group=group)
        steady_timer(self._node, 1.0 / self._rate, self.publish, group)

    def publish(self) -> None:
        """Say now what the base should do."""
        velocity, _ = self.current()
        self._send(velocity)
        if velocity != ZERO and self._stands:
            # The stop, or the end, came between the look at it and the command: zero has the last word.
            self._send(ZERO)

    def halt(self) -> None:
        """Command zero."""
        self._send(ZERO)

    def close(self) -> None:
        """Command zero for good; returns when that has arrived, or in a tenth of a second."""
        self._closed = True
        self._send(ZERO)
        # A publisher takes what is still on its way with it.
        self._output.wait_for_all_acked(Duration(seconds=_FAREWELL_S))

    def current(self) -> tuple[Velocity, str]:
        """What the base is told, and which input that comes from (``stop``, or empty where all are silent)."""
        if self._stands:
            return ZERO, "stop"
        velocity, source = self._core.output()
        return (ZERO, "") if source == SKILLS and self._barred() else (velocity, source)

    def senders(self, topic: str) -> list[str]:
        """The nodes of which each publisher of a topic is, our own of ``cmd_vel`` left out."""
        publishers = self._node.get_publishers_info_by_topic(topic)
        found = [f"{info.node_namespace.rstrip('/')}/{info.node_name}" for info in publishers]
        if topic == OUTPUT and (own := self._node.get_fully_qualified_name()) in found:
            # Once: one more of the same name is another supervisor.
            found.remove(own)
        return sorted(found)

    @property
    def _stands(self) -> bool:
        return self._closed or self._stopped()

    def _taker(self, name: str) -> Callable[[Any], None]:
        def take(message: Any) -> None:
            twist = message.twist if self._frame is not None else message
            wanted = Velocity(twist.linear.x, twist.linear.y, twist.angular.z)
            moves = self._limits.clamp(wanted) != ZERO
            if name == TELEOP and not self._on_teleop(moves) and not moves:
                self._core.withdraw(name)
            else:
                self._core.put(name, wanted)
            self.publish()

        return take

    def _send(self, velocity: Velocity) -> None:
        self._output.publish(velocity_message(velocity, self._node, self._frame))
