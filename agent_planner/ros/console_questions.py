# SPDX-License-Identifier: Apache-2.0
"""Questions to the person, and which of them are still open."""

import math
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from functools import partial
from typing import Any, NamedTuple

from agent_planner_interfaces.msg import OperatorRequest, PlanStatus
from agent_planner_interfaces.srv import AnswerOperator
from rclpy.client import Client
from rclpy.node import Node

from agent_planner.agent.events import EventKind
from agent_planner.ros.console_services import asked
from agent_planner.ros.console_values import Answer, settled
from agent_planner.ros.messages import to_seconds
from agent_planner.ros.names import NEWEST


class _Desk(NamedTuple):
    """Where questions come from, where their answers go, and what the planner does while one is open.

    ``timed``: whether it is the planner that asks, so that it is known how long it waits for an answer.
    """

    topic: str
    service: str
    during: str
    timed: bool


_DESKS = (
    _Desk("operator_requests", "answer_operator", EventKind.QUESTION.value, timed=True),
    _Desk("help_requests", "answer_help", EventKind.EXECUTING.value, timed=False),
)


@dataclass(frozen=True)
class _Open:
    request: OperatorRequest
    until: float  # steady time


class ConsoleQuestions:
    """Subscribes ``operator_requests`` and ``help_requests``; client of ``answer_operator`` and ``answer_help``.

    A question is open until its topic has its id with an empty kind, but only while the planner says that it waits for
    that, and one of the planner's no longer than a person has.

    Args:
        node: the node that it belongs to.
        timeout_s: how long a person has to answer the planner.
        tell: told the open ones on every change.
    """

    def __init__(self, node: Node, timeout_s: float, tell: Callable[[list[dict[str, Any]]], None]):
        self._timeout_s = timeout_s
        self._tell = tell
        self._open: dict[_Desk, _Open] = {}
        self._clients: dict[_Desk, Client] = {}
        self._status: PlanStatus | None = None
        for desk in _DESKS:
            self._clients[desk] = node.create_client(AnswerOperator, desk.service)
            node.create_subscription(OperatorRequest, desk.topic, partial(self._take, desk), NEWEST)

    def answer(self, question: str, answer: str) -> Future[Answer]:
        """Answer an open one; returns at once."""
        for desk, one in list(self._open.items()):
            if one.request.id == question:
                future = asked(self._clients[desk], AnswerOperator.Request(id=question, answer=answer))
                future.add_done_callback(partial(self._answered, desk, one.request))
                return future
        return settled(False, "the question is not open any more")

    # --- called by the executor

    def status(self, status: PlanStatus) -> None:
        """What the planner does: it says whether a question is open."""
        self._status = status
        for desk, one in list(self._open.items()):
            # By the planner's own clock, which may be simulated.
            age_s = _stamp(status) - _stamp(one.request)
            if age_s > 0 and status.state != desk.during:
                self._close(desk)
            elif age_s > 0:
                until = time.monotonic() + self._has_s(desk) - age_s
                self._open[desk] = _Open(one.request, min(one.until, until))

    def look(self) -> None:
        """Call it often: some end by themselves."""
        for desk, one in list(self._open.items()):
            if time.monotonic() >= one.until:
                self._close(desk)

    def told(self) -> list[dict[str, Any]]:
        """The open ones, as the page has them; ``remaining_s`` is None where nobody knows for how long."""
        now = time.monotonic()
        return [
            {
                "id": one.request.id,
                "kind": one.request.kind,
                "text": one.request.text,
                "options": list(one.request.options),
                "remaining_s": round(max(0.0, one.until - now), 1) if desk.timed else None,
            }
            for desk, one in list(self._open.items())
        ]

    def _take(self, desk: _Desk, request: OperatorRequest) -> None:
        if not request.kind:
            now = self._open.get(desk)
            if now is not None and now.request.id == request.id:
                self._close(desk)
            return
        self._open[desk] = _Open(request, time.monotonic() + self._has_s(desk))
        if self._status is not None:
            # One from before we came may be over.
            self.status(self._status)
        self._tell(self.told())

    def _has_s(self, desk: _Desk) -> float:
        """How long a person has for an answer, seconds."""
        return self._timeout_s if desk.timed else math.inf

    def _answered(self, desk: _Desk, request: OperatorRequest, done: Future[Answer]) -> None:
        if done.exception() is None and done.result().ok:
            now = self._open.get(desk)
            if now is not None and now.request is request:
                self._close(desk)

    def _close(self, desk: _Desk) -> None:
        self._open.pop(desk, None)
        self._tell(self.told())


def _stamp(message: PlanStatus | OperatorRequest) -> float:
    return to_seconds(message.header.stamp)
