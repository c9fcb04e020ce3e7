# SPDX-License-Identifier: Apache-2.0
"""The planner's view of the stop: it acts only while it hears from the supervisor that nothing is stopped."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from agent_planner_interfaces.action import ExecuteInstruction
from agent_planner_interfaces.msg import StopReport
from rclpy.callback_groups import MutuallyExclusiveCallbackGroup
from rclpy.duration import Duration
from rclpy.node import Node
from std_msgs.msg import Bool, String

from agent_planner.ros.names import BEAT_S, NEWEST, RESET_STOP, STOP_ACTIVE, STOP_REPORT, STOP_REQUEST
from agent_planner.ros.timers import steady_timer
from agent_planner.ros.waiting import Changes, Deadline

_Result = ExecuteInstruction.Result
# Two processes need this long to find each other, at most, on a busy machine.
_DISCOVERY_S = 10.0
_FAREWELL_S = 0.5


@dataclass(frozen=True)
class Halt:
    """Why nothing may move: ``code`` is STOPPED or SUPERVISOR_LOST, a constant of ExecuteInstruction's result."""

    code: str
    message: str

    @property
    def error_code(self) -> int:
        """The constant's value."""
        return getattr(_Result, self.code)


class StopState:
    """Subscribes ``stop_active`` and ``stop_report``, publishes ``stop_request``. Silence counts as a stop.

    Args:
        node: the node that it belongs to.
        beats_as: the id of its heartbeat.
        timeout_s: silence of the supervisor after which it counts as lost (steady time).
        servers: names of what the planner's skills are sent to, which the supervisor must watch.
        on_halt: called, in a thread of the executor, whenever acting is no longer allowed.
    """

    def __init__(
        self,
        node: Node,
        beats_as: str,
        timeout_s: float,
        servers: frozenset[str],
        on_halt: Callable[[Halt], None],
    ):
        self._node = node
        self._beats_as = beats_as
        self._timeout_s = timeout_s
        self._servers = servers
        self._on_halt = on_halt
        self._changes = Changes()
        self._active = False
        self._heard: float | None = None
        self._reason = ""
        self._watched = ""
        self._watches: frozenset[str] = frozenset()
        self._told: Halt | None = None

    def configure(self) -> None:
        """Create the endpoints."""
        group = MutuallyExclusiveCallbackGroup()
        self._request = self._node.create_publisher(String, STOP_REQUEST, 10)
        self._subscriptions = (
            self._node.create_subscription(Bool, STOP_ACTIVE, self._on_active, NEWEST, callback_group=group),
            self._node.create_subscription(StopReport, STOP_REPORT, self._on_report, NEWEST, callback_group=group),
        )
        self._timer = steady_timer(self._node, BEAT_S, self._check, group)

    def release(self) -> None:
        """Destroy them; returns when the last request has arrived, or in half a second."""
        self._node.destroy_timer(self._timer)
        for subscription in self._subscriptions:
            self._node.destroy_subscription(subscription)
        # A publisher takes what is still on its way with it.
        self._request.wait_for_all_acked(Duration(seconds=_FAREWELL_S))
        self._node.destroy_publisher(self._request)

    def halt(self) -> Halt | None:
        """Why nothing may move now; None if it may."""
        with self._changes:
            heard, active, reason = self._heard, self._active, self._reason
        if heard is None:
            return Halt("SUPERVISOR_LOST", "nothing was heard of the supervisor yet; is it started?")
        age = time.monotonic() - heard
        if age > self._timeout_s:
            return Halt(
                "SUPERVISOR_LOST",
                f"nothing was heard of the supervisor for {age:.1f} s, which counts as a stop; start it again",
            )
        if active:
            why = f" ({reason})" if reason else ""
            return Halt(
                "STOPPED",
                f"the robot is stopped{why}; `agent-planner reset` or the service {RESET_STOP} lets it act again",
            )
        return None

    def settled(self, cancel: threading.Event) -> Halt | None:
        """As `halt`, but gives a supervisor that was never heard of its time to turn up; blocks."""
        self._changes.wait(lambda: self._heard is not None or cancel.is_set(), Deadline(self._timeout_s))
        return self.halt()

    def clearance(self, cancelled: Callable[[], bool]) -> Halt | None:
        """As `halt`, but first waits until the supervisor watches this planner; blocks.

        To be asked before anything is made to move: the death of a planner that is not watched would go unnoticed, and
        a stop does not end the goals of a server that is not.
        """
        deadline = Deadline(_DISCOVERY_S)
        unwatched = not self._changes.wait(lambda: self._watched == self._beats_as or cancelled(), deadline)
        if halt := self.halt():
            return halt
        if unwatched:
            return Halt("SUPERVISOR_LOST", "the supervisor does not hear this planner's heartbeat")
        with self._changes:
            missed = sorted(self._servers - self._watches)
        if missed:
            return Halt(
                "SUPERVISOR_LOST",
                f"the supervisor does not watch {', '.join(missed)}: a stop would not end what runs there; start it "
                "with this planner's skill library (parameter skills_file)",
            )
        return None

    def request(self, reason: str) -> None:
        """Ask the supervisor to stop everything."""
        self._request.publish(String(data=reason))

    # --- called by the executor

    def _on_active(self, message: Bool) -> None:
        with self._changes:
            self._active, self._heard = message.data, time.monotonic()
        self._check()

    def _on_report(self, message: StopReport) -> None:
        with self._changes:
            self._reason, self._watched = message.reason, message.planner
            self._watches = frozenset(server.name for server in message.servers)

    def _check(self) -> None:
        halt = self.halt() if self._heard is not None else None
        told, self._told = self._told, halt
        if halt is not None and (told is None or told.code != halt.code):
            self._on_halt(halt)
