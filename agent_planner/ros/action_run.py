# SPDX-License-Identifier: Apache-2.0
"""One goal of an action server, from sending to a result that is certain."""

import time
import uuid
from collections.abc import Callable, Mapping
from typing import Any

from action_msgs.msg import GoalStatus
from rclpy.action.client import ClientGoalHandle
from unique_identifier_msgs.msg import UUID

from agent_planner.ros.action_client import SafeActionClient
from agent_planner.ros.binding import judge
from agent_planner.ros.waiting import Changes, Clock, Deadline, Limits
from agent_planner.types import ResultStatus, SkillResult


class ActionRun:
    """Drives one goal. `run` is called once, in a worker; `cancel` from any thread, at any time.

    Whatever happens, the goal does not go on behind our back: one that is accepted after we gave up is cancelled
    in the very callback that tells of it, and one whose acceptance never reached us is cancelled by its id.
    """

    def __init__(
        self,
        client: SafeActionClient,
        name: str,
        goal: Any,
        success: Mapping[str, Any],
        limits: Limits,
        clock: Clock,
        on_feedback: Callable[[Any], None],
    ):
        self._client = client
        self._name = name
        self._goal = goal
        self._success = success
        self._limits = limits
        self._clock = clock
        self._on_feedback = on_feedback
        self._id = UUID(uuid=list(uuid.uuid4().bytes))
        self._changes = Changes()
        self._handle: ClientGoalHandle | None = None
        self._answered = False
        self._response: Any = None
        self._cancel_wanted = False
        self._cancel_sent = False
        self._over = False

    def cancel(self) -> None:
        """Ask for the end; returns at once. `run` returns when the server has confirmed it, or says that it did not."""
        with self._changes:
            self._cancel_wanted = True
        self._send_cancel()

    def run(self, timeout_s: float) -> SkillResult:
        """Send the goal and wait for its end; feedback that comes later is dropped."""
        try:
            return self._run(timeout_s)
        finally:
            self._over = True

    def _run(self, timeout_s: float) -> SkillResult:
        server = Deadline(self._limits.server_s)
        if not self._changes.wait(lambda: self._client.server_is_ready() or self._cancel_wanted, server):
            return SkillResult(ResultStatus.FAILED, "SERVER_MISSING", f"no server for the action '{self._name}'")
        if self._cancel_wanted:
            return SkillResult(ResultStatus.CANCELLED, "CANCELLED", "cancelled before the goal was sent")
        self._client.send_goal_async(self._goal, self._feedback, self._id).add_done_callback(self._on_answer)
        self._changes.wait(lambda: self._answered or self._cancel_wanted, Deadline(self._limits.accept_s))
        if self._cancel_wanted:
            return self._stopped(ResultStatus.CANCELLED, "CANCELLED", "cancelled")
        if not self._answered:
            return self._stopped(
                ResultStatus.FAILED, "NOT_ACCEPTED", f"'{self._name}' did not answer in {self._limits.accept_s:g} s"
            )
        if self._handle is None:
            return SkillResult(ResultStatus.FAILED, "REJECTED", f"'{self._name}' rejected the goal")
        return self._await_result(timeout_s)

    def _await_result(self, timeout_s: float) -> SkillResult:
        deadline = Deadline(timeout_s, self._clock, timeout_s * self._limits.cap_factor)
        present = _Presence(self._client.server_is_ready, self._limits.lost_s)
        ended = self._changes.wait(lambda: self._response is not None or self._cancel_wanted or present.lost, deadline)
        if self._response is not None:
            return self._judged()
        if self._cancel_wanted:
            return self._stopped(ResultStatus.CANCELLED, "CANCELLED", "cancelled")
        if ended:
            self._send_cancel(anyway=True)
            return SkillResult(ResultStatus.UNKNOWN, "SERVER_LOST", f"the server of '{self._name}' is gone")
        return self._stopped(ResultStatus.TIMEOUT, "TIMEOUT", f"'{self._name}' took longer than {timeout_s:g} s")

    def _stopped(self, status: ResultStatus, code: str, message: str) -> SkillResult:
        """Cancel the goal and wait until the server says that it ended; what it says in the end is what counts."""
        self._send_cancel(anyway=True)
        rejected = lambda: self._answered and self._handle is None  # noqa: E731
        confirmed = self._changes.wait(
            lambda: self._response is not None or rejected(), Deadline(self._limits.cancel_s)
        )
        if not confirmed:
            return SkillResult(
                ResultStatus.UNKNOWN, "CANCEL_NOT_CONFIRMED", f"{message}, but '{self._name}' did not confirm its end"
            )
        if self._response is not None and self._response.status == GoalStatus.STATUS_SUCCEEDED:
            return self._judged()
        return SkillResult(status, code, message)

    def _judged(self) -> SkillResult:
        status, result = self._response.status, self._response.result
        judged = judge(result, self._success)
        if status == GoalStatus.STATUS_SUCCEEDED and judged.ok:
            return SkillResult(ResultStatus.OK, "", judged.message)
        if status == GoalStatus.STATUS_CANCELED:
            return SkillResult(
                ResultStatus.CANCELLED, judged.code or "CANCELLED", judged.message or "stopped from outside"
            )
        if status in (GoalStatus.STATUS_SUCCEEDED, GoalStatus.STATUS_ABORTED):
            message = judged.message or f"'{self._name}' ended without success"
            return SkillResult(ResultStatus.FAILED, judged.code or "FAILED", message)
        return SkillResult(ResultStatus.UNKNOWN, "UNKNOWN", f"'{self._name}' does not know the goal any more")

    # --- called by the executor

    def _feedback(self, message: Any) -> None:
        if not self._over:
            self._on_feedback(message.feedback)

    def _on_answer(self, future: Any) -> None:
        handle: ClientGoalHandle = future.result()
        with self._changes:
            self._answered = True
            if handle.accepted:
                self._handle = handle
        if not handle.accepted:
            return
        handle.get_result_async().add_done_callback(self._on_result)
        if self._cancel_wanted or self._cancel_sent:
            handle.cancel_goal_async()

    def _on_result(self, future: Any) -> None:
        with self._changes:
            self._response = future.result()

    def _send_cancel(self, anyway: bool = False) -> None:
        """Cancel the accepted goal; ``anyway``: by its id even where no acceptance has come."""
        with self._changes:
            handle = self._handle
            if handle is None and anyway:
                handle = ClientGoalHandle(self._client, self._id, None)
            if handle is None or (self._cancel_sent and not anyway):
                return
            self._cancel_sent = True
        handle.cancel_goal_async()


class _Presence:
    """Whether the server has been gone from the network for too long."""

    def __init__(self, is_there: Callable[[], bool], seconds: float):
        self._is_there = is_there
        self._seconds = seconds
        self._last = time.monotonic()

    @property
    def lost(self) -> bool:
        now = time.monotonic()
        if self._is_there():
            self._last = now
        return now - self._last > self._seconds
