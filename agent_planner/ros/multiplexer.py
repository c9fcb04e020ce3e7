# SPDX-License-Identifier: Apache-2.0
"""The velocity multiplexer as a process of its own; executable ``velocity_multiplexer``."""

import time
from collections.abc import Callable
from typing import Any

from diagnostic_msgs.msg import DiagnosticArray, DiagnosticStatus, KeyValue
from geometry_msgs.msg import Twist, TwistStamped
from rclpy.callback_groups import MutuallyExclusiveCallbackGroup
from rclpy.clock import Clock
from rclpy.clock_type import ClockType
from rclpy.node import Node

from agent_planner.errors import UserError
from agent_planner.ros.node_parameters import Declared, declare
from agent_planner.ros.process import run_node
from agent_planner.safety.velocity import ZERO, Limits, Velocity, VelocityMultiplexer

INPUTS = ("cmd_vel_stop", "cmd_vel_teleop", "cmd_vel_nav")
_OUTPUT = "cmd_vel"
_DECLARED = (
    Declared("use_stamped", False, "TwistStamped instead of Twist, on every topic."),
    Declared("base_frame", "base_link", "Frame of stamped commands."),
    Declared("max_linear", 0.5, "Metres per second.", low=0.0, high=10.0),
    Declared("max_angular", 1.2, "Radians per second.", low=0.0, high=20.0),
    Declared(
        "timeout_s", 0.5, "After this long without a command an input is silent (steady time).", low=0.05, high=5.0
    ),
    Declared("rate", 30.0, "Commands per second to the base, also while it stands.", low=20.0, high=500.0),
)
_DIAGNOSTICS_S = 1.0


class MultiplexerNode(Node):
    """Passes on the highest input that is not silent: stop > teleop > skills.

    Topics subscribed: ``cmd_vel_stop``, ``cmd_vel_teleop``, ``cmd_vel_nav``; published: ``cmd_vel``, ``/diagnostics``.
    A command goes out at once when it comes in, and again at every tick of steady time; on silence it is zero.
    """

    def __init__(self, **node_options: Any):
        super().__init__("velocity_multiplexer", **node_options)
        try:
            values = declare(self, _DECLARED)
        except UserError:
            self.destroy_node()
            raise
        limits = Limits(values["max_linear"], values["max_angular"])
        self._core = VelocityMultiplexer(INPUTS, limits, values["timeout_s"], time.monotonic)
        self._stamped = values["use_stamped"]
        self._frame = values["base_frame"]
        self._rate = values["rate"]
        self._kind = TwistStamped if self._stamped else Twist

    def start(self) -> None:
        """Create the endpoints."""
        group = MutuallyExclusiveCallbackGroup()
        steady = Clock(clock_type=ClockType.STEADY_TIME)
        self._output = self.create_publisher(self._kind, _OUTPUT, 1)
        for name in INPUTS:
            self.create_subscription(self._kind, name, self._taker(name), 1, callback_group=group)
        self.create_timer(1.0 / self._rate, self._publish, callback_group=group, clock=steady)
        self._diagnostics = self.create_publisher(DiagnosticArray, "/diagnostics", 10)
        self.create_timer(_DIAGNOSTICS_S, self._report, callback_group=group, clock=steady)

    def stop(self) -> None:
        """The last word is zero."""
        self._output.publish(self._message(ZERO))

    def _taker(self, name: str) -> Callable[[Any], None]:
        def take(message: Any) -> None:
            twist = message.twist if self._stamped else message
            self._core.put(name, Velocity(twist.linear.x, twist.linear.y, twist.angular.z))
            self._publish()

        return take

    def _publish(self) -> None:
        self._output.publish(self._message(self._core.output()[0]))

    def _message(self, velocity: Velocity) -> Twist | TwistStamped:
        twist = Twist()
        twist.linear.x, twist.linear.y, twist.angular.z = map(float, velocity)
        if not self._stamped:
            return twist
        message = TwistStamped(twist=twist)
        message.header.frame_id = self._frame
        message.header.stamp = self.get_clock().now().to_msg()
        return message

    def _report(self) -> None:
        velocity, source = self._core.output()
        others = [name for name in INPUTS if self.count_publishers(name)]
        status = DiagnosticStatus(
            name=f"{self.get_fully_qualified_name().lstrip('/')}: input",
            hardware_id="agent_planner",
            level=DiagnosticStatus.OK,
            message=source or "silent",
            values=[
                KeyValue(key="velocity", value=f"{velocity.x:.3f} {velocity.y:.3f} {velocity.yaw:.3f}"),
                KeyValue(key="inputs with publishers", value=", ".join(others) or "none"),
            ],
        )
        message = DiagnosticArray(status=[status])
        message.header.stamp = self.get_clock().now().to_msg()
        self._diagnostics.publish(message)


def main(args: list[str] | None = None) -> int:
    """Run the node until it is told to end; returns the exit code."""
    return run_node(MultiplexerNode, args, threads=2)
