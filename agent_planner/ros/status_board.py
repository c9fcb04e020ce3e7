# SPDX-License-Identifier: Apache-2.0
"""What the planner is doing, for whoever looks: ``plan_status`` on every change, ``/diagnostics`` once a second."""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from agent_planner_interfaces.msg import PlanStatus
from diagnostic_msgs.msg import DiagnosticArray, DiagnosticStatus, KeyValue
from rclpy.callback_groups import ReentrantCallbackGroup
from rclpy.node import Node

from agent_planner.agent.events import Event, EventKind
from agent_planner.ros.names import NEWEST
from agent_planner.ros.timers import steady_timer

IDLE, LOADING_MODEL = "IDLE", "LOADING_MODEL"
# Events after which the state is what it was before.
_PASSING = frozenset({EventKind.GOAL, EventKind.REFUSED, EventKind.RESULT})
_PERIOD_S = 1.0


@dataclass(frozen=True)
class Health:
    """One line of the diagnostics."""

    name: str
    level: bytes
    message: str
    values: Mapping[str, object]


class StatusBoard:
    """Publishes; ``health`` is asked once a second for the lines of the diagnostics."""

    def __init__(self, node: Node, model: str, health: Callable[[], list[Health]]):
        self._node = node
        self._health = health
        self._lock = threading.Lock()
        self._status = PlanStatus(state=IDLE, model=model)

    def configure(self) -> None:
        """Create publishers and the timer."""
        self._status_publisher = self._node.create_publisher(PlanStatus, "plan_status", NEWEST)
        self._diagnostics_publisher = self._node.create_publisher(DiagnosticArray, "/diagnostics", 10)
        self._timer = steady_timer(self._node, _PERIOD_S, self._tick, ReentrantCallbackGroup())

    def release(self) -> None:
        """Destroy them."""
        self._node.destroy_timer(self._timer)
        self._node.destroy_publisher(self._status_publisher)
        self._node.destroy_publisher(self._diagnostics_publisher)

    def begin(self, episode_id: str, instruction: str) -> None:
        """A new instruction."""
        self._update(episode_id=episode_id, instruction=instruction, goal="", step=0, thought="", call="", outcome="")

    def state(self, state: str) -> None:
        """The planner's own states, between and before events."""
        self._update(state=state)

    def event(self, event: Event) -> None:
        """Take over what an event says."""
        changed: dict[str, object] = {"step": event.step}
        if event.kind not in _PASSING and event.kind is not EventKind.ENDED:
            changed["state"] = event.kind.value
        if event.kind is EventKind.GOAL:
            changed["goal"] = event.text
        if event.kind is EventKind.CALL:
            changed["thought"] = event.thought
        if event.call:
            changed["call"] = event.call
        self._update(**changed)

    def end(self, outcome: str) -> None:
        """Nothing runs any more."""
        self._update(state=IDLE, outcome=outcome)

    def model_ready(self, ready: bool) -> None:
        """Whether the model can answer."""
        if self._status.model_ready != ready:
            self._update(model_ready=ready)

    def _update(self, **changed: object) -> None:
        with self._lock:
            for name, value in changed.items():
                setattr(self._status, name, value)
            self._status.header.stamp = self._node.get_clock().now().to_msg()
            self._status_publisher.publish(self._status)

    def _tick(self) -> None:
        self._update()
        message = DiagnosticArray()
        message.header.stamp = self._node.get_clock().now().to_msg()
        message.status = [self._line(health) for health in self._health()]
        self._diagnostics_publisher.publish(message)

    def _line(self, health: Health) -> DiagnosticStatus:
        return DiagnosticStatus(
            name=f"{self._node.get_fully_qualified_name().lstrip('/')}: {health.name}",
            hardware_id="agent_planner",
            level=health.level,
            message=health.message,
            values=[KeyValue(key=key, value=str(value)) for key, value in health.values.items()],
        )
