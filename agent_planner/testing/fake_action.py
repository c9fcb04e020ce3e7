# SPDX-License-Identifier: Apache-2.0
"""An action server that does what a test tells it to, faults included."""

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from rclpy.action.server import ActionServer, CancelResponse, GoalResponse, ServerGoalHandle
from rclpy.callback_groups import ReentrantCallbackGroup
from rclpy.node import Node

from agent_planner.ros.interface_types import load_interface
from agent_planner.ros.message_fields import fill

_TICK_S = 0.01
_HANG_S = 30.0


class Ending(Enum):
    """How a goal ends if nobody cancels it."""

    SUCCEED = "succeed"
    ABORT = "abort"
    HANG = "hang"


@dataclass
class Behaviour:
    """What the next goals meet.

    Attributes:
        accept: False rejects every goal.
        accept_after_s: how long the answer to a goal is held back.
        seconds: how long a goal takes.
        ending: see `Ending`.
        result: fields of the result.
        feedback: messages (fields of the feedback), sent one after the other while it takes its time.
        obeys_cancel: False refuses every cancel.
        ends_on_cancel: False accepts a cancel and goes on all the same.
        slow_cancel_s: how long a goal takes to come to rest after a cancel.
        lost_cancels: how many cancel requests get lost on their way, from the first.
        refused_cancels: how many of those that arrive are refused, from the first.
        effect: called when a goal is about to succeed; a mapping that it returns replaces ``result``.
        raises: its execute callback ends in an exception.
        answers: how many times each result is sent.
    """

    accept: bool = True
    accept_after_s: float = 0.0
    seconds: float = 0.0
    ending: Ending = Ending.SUCCEED
    result: Mapping[str, Any] = field(default_factory=dict)
    feedback: Sequence[Mapping[str, Any]] = ()
    obeys_cancel: bool = True
    ends_on_cancel: bool = True
    slow_cancel_s: float = 0.0
    lost_cancels: int = 0
    refused_cancels: int = 0
    effect: Callable[[Any], Mapping[str, Any] | None] | None = None
    raises: bool = False
    answers: int = 1


class FakeAction:
    """Serves one action on a node that somebody spins (in an executor with several threads).

    Attributes:
        behaviour: may be replaced at any time.
        goals: every goal that was accepted, in order.
        ended: how each of them ended: ``succeeded``, ``aborted`` or ``canceled``.
        running: set while a goal runs.
        cancels: how many cancel requests there were, lost and refused ones counted.
        is_dead: set it to answer nothing any more and stay on the network's books, as what was killed does for a while.
    """

    def __init__(self, node: Node, type_name: str, name: str, behaviour: Behaviour | None = None):
        self._kind = load_interface(type_name)
        self.full_name = node.resolve_service_name(name)
        self.behaviour = behaviour or Behaviour()
        self.goals: list[Any] = []
        self.ended: list[str] = []
        self.running = threading.Event()
        self.cancels = 0
        self.closing = threading.Event()
        self.is_dead = False
        self._vanished = False
        self._server = _LossyActionServer(
            self,
            node,
            self._kind,
            name,
            self._execute,
            callback_group=ReentrantCallbackGroup(),
            goal_callback=self._asked,
            cancel_callback=self._asked_to_cancel,
        )

    def vanish(self) -> None:
        """Leave the network as a process that dies does: no goal that runs gets a result."""
        self._vanished = True
        self._server.destroy()

    def destroy(self) -> None:
        """Let go goals that hang, then leave the network."""
        self.closing.set()
        if not self._vanished:
            self._server.destroy()

    def _asked(self, goal: Any) -> GoalResponse:
        self.closing.wait(self.behaviour.accept_after_s)
        return GoalResponse.ACCEPT if self.behaviour.accept else GoalResponse.REJECT

    def _asked_to_cancel(self, handle: ServerGoalHandle) -> CancelResponse:
        refused = not self.behaviour.obeys_cancel or self.cancels <= self.behaviour.refused_cancels
        return CancelResponse.REJECT if refused else CancelResponse.ACCEPT

    def _execute(self, handle: ServerGoalHandle) -> Any:
        behaviour = self.behaviour
        self.goals.append(handle.request)
        self.running.set()
        try:
            if behaviour.raises:
                self.ended.append("aborted")  # by rclpy
                raise RuntimeError("a fault that was asked for")
            ending, fields = self._lived(handle, behaviour)
        finally:
            self.running.clear()
        result = self._kind.Result()
        fill(result, fields)
        {"succeeded": handle.succeed, "aborted": handle.abort, "canceled": handle.canceled}[ending]()
        self.ended.append(ending)
        return result

    def _lived(self, handle: ServerGoalHandle, behaviour: Behaviour) -> tuple[str, Mapping[str, Any]]:
        hangs = behaviour.ending is Ending.HANG
        ticks = round((_HANG_S if hangs else behaviour.seconds) / _TICK_S)
        messages = list(behaviour.feedback)
        for tick in range(ticks):
            if handle.is_cancel_requested and behaviour.ends_on_cancel:
                self.closing.wait(behaviour.slow_cancel_s)
                return "canceled", {}
            if messages and tick * len(behaviour.feedback) >= ticks * (len(behaviour.feedback) - len(messages)):
                self._tell(handle, messages.pop(0))
            if self.closing.wait(_TICK_S):
                return "aborted", {}
        for message in messages:
            self._tell(handle, message)
        if handle.is_cancel_requested and behaviour.ends_on_cancel:
            return "canceled", {}
        if behaviour.ending is Ending.ABORT or hangs:
            return "aborted", behaviour.result
        changed = behaviour.effect(handle.request) if behaviour.effect else None
        return "succeeded", behaviour.result if changed is None else changed

    def _tell(self, handle: ServerGoalHandle, fields: Mapping[str, Any]) -> None:
        feedback = self._kind.Feedback()
        fill(feedback, fields)
        handle.publish_feedback(feedback)


class _LossyActionServer(ActionServer):
    """Loses what its owner's behaviour says."""

    def __init__(self, owner: FakeAction, *args: Any, **kwargs: Any):
        self._owner = owner
        super().__init__(*args, **kwargs)

    async def execute(self, taken_data: Any) -> None:
        if not self._owner.is_dead:
            await super().execute(taken_data)

    async def _execute_cancel_request(self, request_header_and_message: Any) -> None:
        self._owner.cancels += 1
        if self._owner.cancels > self._owner.behaviour.lost_cancels:
            await super()._execute_cancel_request(request_header_and_message)

    def _send_result_response(self, request_header: Any, future: Any) -> None:
        for _ in range(self._owner.behaviour.answers):
            super()._send_result_response(request_header, future)
