# SPDX-License-Identifier: Apache-2.0
"""The action `ask_person`: what a robot without hands has a person do."""

import threading
from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any

from agent_planner_interfaces.action import AskPerson
from rclpy.action.server import CancelResponse, ServerGoalHandle
from rclpy.callback_groups import ReentrantCallbackGroup
from rclpy.node import Node

from agent_planner.ros.action_server import AnsweringActionServer
from agent_planner.ros.node_parameters import Declared, declare
from agent_planner.ros.waiting import Changes, Deadline

Result = AskPerson.Result
_ANSWERED_S = 5.0
# How long rclpy may take to grant a cancel that was looked at.
_GRANTED_S = 0.5


class PersonServer(Node, ABC):
    """Serves `ask_person`, one goal at a time; a second one ends with BUSY. A cancel ends a goal at once.

    Args:
        name: of the node.
        parameters: of the node.
        **options: for the node.
    """

    def __init__(self, name: str, parameters: Sequence[Declared], **options: Any):
        super().__init__(name, **options)
        self._values = declare(self, parameters)
        self._one = threading.Lock()
        self._goal: bytes = b""  # the one under way
        self._refused: bytes = b""  # the last one whose cancel was looked at; it is granted a moment later
        self._cancelled = threading.Event()

    @abstractmethod
    def help(self, goal: AskPerson.Goal, cancelled: threading.Event) -> tuple[int, str]:
        """Have somebody do it, and wait; returns a code of the result and, unless it is NONE, why.

        It returns soon after ``cancelled`` is set.
        """

    def start(self) -> None:
        """Offer the action."""
        self._server = AnsweringActionServer(
            self,
            AskPerson,
            "ask_person",
            self._execute,
            cancel_callback=self._on_cancel,
            callback_group=ReentrantCallbackGroup(),
        )

    def stop(self) -> None:
        """End what is under way, and let its client have the result."""
        self._cancelled.set()
        self._server.answered(_ANSWERED_S)

    def destroy_node(self) -> None:
        """Release everything."""
        if hasattr(self, "_server"):
            self._server.destroy()
        super().destroy_node()

    def _on_cancel(self, handle: ServerGoalHandle) -> CancelResponse:
        self._refused = _id(handle)
        if self._refused == self._goal:
            self._cancelled.set()
        return CancelResponse.ACCEPT

    def _execute(self, handle: Any) -> Result:
        if not self._one.acquire(blocking=False):
            handle.abort()
            return Result(error_code=Result.BUSY, error_msg="a person is being asked for something else")
        try:
            self._cancelled = cancelled = threading.Event()
            self._goal = _id(handle)
            if handle.is_cancel_requested or self._refused == self._goal:
                cancelled.set()
            handle.publish_feedback(AskPerson.Feedback(state="ASKED"))
            code, message = self.help(handle.request, cancelled)
        finally:
            self._one.release()
        if code == Result.NONE:
            handle.succeed()
        elif self._is_canceling(handle, code):
            handle.canceled()
        else:
            handle.abort()
        return Result(error_code=code, error_msg=message)

    def _is_canceling(self, handle: ServerGoalHandle, code: int) -> bool:
        if code == Result.CANCELLED and self._refused == _id(handle):
            Changes().wait(lambda: handle.is_cancel_requested, Deadline(_GRANTED_S))
        return handle.is_cancel_requested


def _id(handle: ServerGoalHandle) -> bytes:
    return bytes(handle.goal_id.uuid)


def wish(goal: AskPerson.Goal) -> str:
    """Return the request in a person's words."""
    match goal.task:
        case AskPerson.Goal.LOAD:
            return f"Please put the {goal.object} on me."
        case AskPerson.Goal.UNLOAD_ON:
            return f"Please take the {goal.object} and put it on the {goal.target}."
        case AskPerson.Goal.UNLOAD_IN:
            return f"Please take the {goal.object} and put it in the {goal.target}."
    return ""
