# SPDX-License-Identifier: Apache-2.0
"""Timers of a node."""

from collections.abc import Callable

from rclpy.callback_groups import CallbackGroup
from rclpy.clock import Clock
from rclpy.clock_type import ClockType
from rclpy.node import Node
from rclpy.timer import Timer


def steady_timer(
    node: Node, period_s: float, callback: Callable[[], object], group: CallbackGroup | None = None
) -> Timer:
    """Create a timer that counts steady time.

    A node's own timers follow its clock, and where that is a simulator's, they stand still with it: what watches,
    tells or stops must not fall silent then.

    Args:
        node: the node that it belongs to.
        period_s: seconds between two calls.
        callback: is called.
        group: in which it is called; None: the node's own.
    """
    return node.create_timer(period_s, callback, callback_group=group, clock=Clock(clock_type=ClockType.STEADY_TIME))
