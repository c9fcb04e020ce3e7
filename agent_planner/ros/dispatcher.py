# SPDX-License-Identifier: Apache-2.0
"""Carries out checked calls on whatever action or service their skills are bound to."""

import threading
import time
from collections.abc import Callable
from dataclasses import replace

from rclpy.callback_groups import ReentrantCallbackGroup
from rclpy.client import Client
from rclpy.node import Node

from agent_planner.agent.takeover import TAKEOVER
from agent_planner.errors import UserError
from agent_planner.ros.action_client import SafeActionClient
from agent_planner.ros.action_run import NOT_CONFIRMED, ActionRun
from agent_planner.ros.binding import request_of
from agent_planner.ros.feedback_text import feedback_text
from agent_planner.ros.interface_types import load_interface
from agent_planner.ros.service_run import ServiceRun
from agent_planner.ros.stop_state import StopState
from agent_planner.ros.waiting import Limits
from agent_planner.scene import SceneGraph
from agent_planner.skills import Skill, SkillLibrary
from agent_planner.types import Call, ResultStatus, SkillResult

_TRIGGER = "std_srvs/srv/Trigger"
OnFeedback = Callable[[str], None]


class SkillDispatcher:
    """Executes one call at a time. `configure` makes the clients, `release` destroys them.

    Skills that name the same server share its client. `execute` blocks and belongs in a worker; `cancel` may be
    called from any thread and returns at once, and so may `interrupt`. While the robot is stopped, or a person has it,
    nothing is executed; where a server does not confirm a cancel, the supervisor is asked to stop everything.

    Args:
        node: the node that it belongs to.
        library: the skills that there are.
        limits: of what a server may take.
        stops: says whether anything may move.
        taken: whether a person has the robot, or had it and the episode has yet to be told of it.
    """

    def __init__(
        self,
        node: Node,
        library: SkillLibrary,
        limits: Limits,
        stops: StopState,
        taken: Callable[[], bool] = lambda: False,
    ):
        self._node = node
        self._library = library
        self._limits = limits
        self._stops = stops
        self._taken = taken
        self._group = ReentrantCallbackGroup()
        self._actions: dict[tuple[str, str], SafeActionClient] = {}
        self._services: dict[tuple[str, str], Client] = {}
        self._lock = threading.Lock()
        self._running: ActionRun | ServiceRun | None = None
        self._cancelled = False

    def configure(self) -> None:
        """Make a client for every server that the library names, or none.

        Raises:
            UserError: a type is not installed.
        """
        try:
            for skill in self._library:
                self._add(skill)
        except Exception:
            self.release()
            raise

    def release(self) -> None:
        """Destroy all clients."""
        for client in self._actions.values():
            client.destroy()
        for client in self._services.values():
            self._node.destroy_client(client)
        self._actions.clear()
        self._services.clear()

    def presence(self) -> dict[str, bool]:
        """Whether each server is there, by name."""
        found = {name: client.server_is_ready() for (name, _), client in self._actions.items()}
        return found | {name: client.service_is_ready() for (name, _), client in self._services.items()}

    def begin(self) -> None:
        """A new instruction begins: a cancel of the last one does not count any more."""
        with self._lock:
            self._cancelled = False

    def cancel(self) -> None:
        """End what runs, and refuse what would come after it until `begin`. Returns at once."""
        with self._lock:
            self._cancelled = True
        self.interrupt()

    def interrupt(self) -> None:
        """End what runs; what comes after it is executed as ever. Returns at once."""
        with self._lock:
            running = self._running
        if running is not None:
            running.cancel()

    def execute(self, call: Call, skill: Skill, scene: SceneGraph, on_feedback: OnFeedback) -> SkillResult:
        """Run the call to its certain end; never raises for what a server does."""
        began = time.monotonic()
        try:
            run = self._run_of(call, skill, scene, on_feedback)
        except UserError as error:
            return SkillResult(ResultStatus.FAILED, "BAD_BINDING", str(error))
        # Looked at first: where the stop comes in after that, the cancel that follows from it is seen below.
        halt = self._stops.clearance(lambda: self._cancelled)
        with self._lock:
            if halt is not None:
                return SkillResult(ResultStatus.CANCELLED, halt.code, halt.message)
            if self._cancelled:
                return SkillResult(ResultStatus.CANCELLED, "CANCELLED", "cancelled before the goal was sent")
            if self._taken():
                return SkillResult(ResultStatus.DENIED, TAKEOVER, "a person has the robot")
            self._running = run
        try:
            result = run.run(skill.timeout_s)
        finally:
            with self._lock:
                self._running = None
        if result.code == NOT_CONFIRMED:
            # It may go on moving for all we know, and our own means are at an end.
            self._stops.request(f"{call}: {result.message}")
        return replace(result, seconds=time.monotonic() - began)

    def _run_of(self, call: Call, skill: Skill, scene: SceneGraph, on_feedback: OnFeedback) -> ActionRun | ServiceRun:
        request = request_of(skill, call, scene)
        if skill.action:
            client = self._actions[skill.action.name, skill.action.type]
            tell = lambda feedback: on_feedback(feedback_text(feedback))  # noqa: E731
            return ActionRun(client, skill.action.name, request, skill.action.success, self._limits, self._now, tell)
        assert skill.service is not None
        name = skill.service.name
        stop = self._services.get((skill.service.stop, _TRIGGER))
        client = self._services[name, skill.service.type]
        return ServiceRun(client, stop, name, request, skill.service.success, self._limits, self._now)

    def _add(self, skill: Skill) -> None:
        if skill.action:
            key = (skill.action.name, skill.action.type)
            if key not in self._actions:
                kind = load_interface(skill.action.type)
                self._actions[key] = SafeActionClient(self._node, kind, key[0], callback_group=self._group)
        elif skill.service:
            self._add_service(skill.service.name, skill.service.type)
            if skill.service.stop:
                self._add_service(skill.service.stop, _TRIGGER)

    def _add_service(self, name: str, type_name: str) -> None:
        if (name, type_name) not in self._services:
            client = self._node.create_client(load_interface(type_name), name, callback_group=self._group)
            self._services[name, type_name] = client

    def _now(self) -> float:
        return self._node.get_clock().now().nanoseconds * 1e-9
