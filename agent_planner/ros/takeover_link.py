# SPDX-License-Identifier: Apache-2.0
"""A takeover on the planner's topics: told by the supervisor, and asked of it where a person told the planner."""

import threading
from collections.abc import Callable

from diagnostic_msgs.msg import DiagnosticStatus
from rclpy.callback_groups import MutuallyExclusiveCallbackGroup
from rclpy.node import Node
from std_srvs.srv import Trigger

from agent_planner.agent.takeover import Takeovers
from agent_planner.ros.names import GIVE_BACK, NEWEST, TAKE_OVER, TELEOP_STATE
from agent_planner.ros.teleop_state import teleop_state_of


class TakeoverLink:
    """Subscribes ``teleop_state``; client of ``take_over`` and ``give_back``.

    ``takeovers`` begins as soon as either side knows of a takeover, and ends when the supervisor says so: only then
    does it pass on what skills want. A takeover that began here is asked of the supervisor until it confirms it; so is
    one that is in force while another supervisor takes its place, which does not know of it.

    Args:
        node: the node that it belongs to.
        takeovers: is told.
        on_end: called, in a thread of the executor, after the robot was given back.
    """

    def __init__(self, node: Node, takeovers: Takeovers, on_end: Callable[[], None]):
        self._node = node
        self._takeovers = takeovers
        self._on_end = on_end
        self._lock = threading.Lock()
        # Whether there is a takeover that the supervisor has not confirmed, whether the person has given it back, the
        # newest that it has told of (None: it was not heard of yet), and the one that it had told of when ours began.
        self._wanted = False
        self._returned = False
        self._number: int | None = None
        self._known: int | None = None

    def configure(self) -> None:
        """Create the endpoints."""
        group = MutuallyExclusiveCallbackGroup()
        self._take = self._node.create_client(Trigger, TAKE_OVER, callback_group=group)
        self._give_back = self._node.create_client(Trigger, GIVE_BACK, callback_group=group)
        self._subscription = self._node.create_subscription(
            DiagnosticStatus, TELEOP_STATE, self._on_state, NEWEST, callback_group=group
        )

    def release(self) -> None:
        """Destroy them."""
        self._node.destroy_subscription(self._subscription)
        self._node.destroy_client(self._take)
        self._node.destroy_client(self._give_back)

    def take(self, source: str) -> None:
        """A person has the robot from now on; returns at once."""
        with self._lock:
            self._wanted, self._returned, self._known = True, False, self._number
        self._takeovers.begin(source)
        self._request()

    def give_back(self) -> None:
        """They give it back; returns at once. Where no supervisor is there, nothing moves before one is."""
        with self._lock:
            unconfirmed, self._wanted, self._returned = self._wanted, False, True
        self._give_back.call_async(Trigger.Request())
        if unconfirmed:
            self._end(0.0)

    def _request(self) -> None:
        if self._take.service_is_ready():
            self._take.call_async(Trigger.Request())

    # --- called by the executor

    def _on_state(self, message: DiagnosticStatus) -> None:
        try:
            state = teleop_state_of(message)
        except ValueError as error:
            self._node.get_logger().error(f"'{TELEOP_STATE}' cannot be read: {error}")
            return
        with self._lock:
            before, self._number = self._number, state.number
            # A short one may be over before it is told of: only the newest state comes through.
            missed = before is not None and state.number > before
            self._returned = self._returned and not missed
            if self._known is None:
                self._known = state.number  # what it tells of first may be long ago
            if before is not None and state.number < before:
                # Another supervisor, which began to count anew. What the person has is theirs until they give it back.
                self._known = state.number
                self._wanted = self._wanted or (self._takeovers.active and not self._returned)
            # None that is newer than ours: the supervisor has not heard of ours yet, or it is another supervisor.
            unheard = self._wanted and not state.active and state.number <= self._known
            self._wanted = unheard
        if (state.active or missed) and not self._takeovers.active:
            self._takeovers.begin(state.source)
        if unheard:
            self._request()
        elif not state.active:
            self._end(state.distance_m)

    def _end(self, distance_m: float) -> None:
        if self._takeovers.end(distance_m):
            self._on_end()
