# SPDX-License-Identifier: Apache-2.0
"""One goal of an action server, from sending to a result that is certain."""

from collections.abc import Callable, Mapping
from typing import Any

from action_msgs.msg import GoalStatus

from agent_planner.ros.action_client import SafeActionClient
from agent_planner.ros.binding import judge
from agent_planner.ros.remote_goal import Presence, RemoteGoal
from agent_planner.ros.waiting import Clock, Deadline, Limits
from agent_planner.types import ResultStatus, SkillResult

# The code of a cancel after which the server may go on.
NOT_CONFIRMED = "CANCEL_NOT_CONFIRMED"


class ActionRun:
    """Drives one goal. `run` is called once, in a worker; `cancel` from any thread, at any time.

    Whatever happens, the goal does not go on behind our back: it is cancelled until the server says that it has
    ended, for as long as ``limits`` allow, and one that is accepted even later is cancelled then. It counts as
    cancelled only where the server says so.
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
        self._success = success
        self._limits = limits
        self._clock = clock
        self._on_feedback = on_feedback
        self._goal = RemoteGoal(client, goal, self._feedback)
        self._over = False

    def cancel(self) -> None:
        """Ask for the end; returns at once. `run` returns when the server has confirmed it, or says that it did not."""
        self._goal.cancel()

    def run(self, timeout_s: float) -> SkillResult:
        """Send the goal and wait for its end; feedback that comes later is dropped."""
        try:
            return self._run(timeout_s)
        finally:
            self._over = True

    def _run(self, timeout_s: float) -> SkillResult:
        goal, wait = self._goal, self._goal.changes.wait
        server = Deadline(self._limits.server_s)
        if not wait(lambda: self._client.server_is_ready() or goal.cancel_wanted, server):
            return SkillResult(ResultStatus.FAILED, "SERVER_MISSING", f"no server for the action '{self._name}'")
        if not goal.send():
            return SkillResult(ResultStatus.CANCELLED, "CANCELLED", "cancelled before the goal was sent")
        wait(lambda: goal.answered or goal.cancel_wanted, Deadline(self._limits.accept_s))
        if goal.cancel_wanted:
            return self._stopped(ResultStatus.CANCELLED, "CANCELLED", "cancelled")
        if not goal.answered:
            return self._stopped(
                ResultStatus.FAILED, "NOT_ACCEPTED", f"'{self._name}' did not answer in {self._limits.accept_s:g} s"
            )
        if not goal.accepted:
            return SkillResult(ResultStatus.FAILED, "REJECTED", f"'{self._name}' rejected the goal")
        return self._await_result(timeout_s)

    def _await_result(self, timeout_s: float) -> SkillResult:
        goal = self._goal
        deadline = Deadline(timeout_s, self._clock, timeout_s * self._limits.cap_factor)
        present = Presence(goal.server_is_there, self._limits.lost_s)
        woken = goal.changes.wait(lambda: goal.ended.is_set() or goal.cancel_wanted or present.lost, deadline)
        if goal.ended.is_set():
            return self._judged()
        if goal.cancel_wanted:
            return self._stopped(ResultStatus.CANCELLED, "CANCELLED", "cancelled")
        if woken:
            goal.cancel()
            return self._server_lost()
        return self._stopped(ResultStatus.TIMEOUT, "TIMEOUT", f"'{self._name}' took longer than {timeout_s:g} s")

    def _stopped(self, status: ResultStatus, code: str, message: str) -> SkillResult:
        """Cancel the goal until the server says that it ended; what it says in the end is what counts."""
        goal = self._goal
        present = Presence(goal.server_is_there, self._limits.lost_s)

        def over() -> bool:
            goal.cancel()
            return goal.ended.is_set() or present.lost

        woken = goal.changes.wait(over, Deadline(self._limits.cancel_s))
        if woken and not goal.ended.is_set():
            return self._server_lost()
        if not woken:
            return SkillResult(
                ResultStatus.UNKNOWN, NOT_CONFIRMED, f"{message}, but '{self._name}' did not confirm its end"
            )
        if goal.response is None:
            return SkillResult(status, code, f"{message}; '{self._name}' had not accepted the goal")
        ended = goal.response.status
        if ended == GoalStatus.STATUS_CANCELED:
            return SkillResult(status, code, message)
        # It ended by itself before the cancel reached it: a time-out stays one, a cancel does not become one.
        if ended == GoalStatus.STATUS_ABORTED and status is not ResultStatus.CANCELLED:
            return SkillResult(status, code, f"{message}; then: {self._judged().message}")
        return self._judged()

    def _server_lost(self) -> SkillResult:
        told = "does not know the goal any more, as one started anew" if self._goal.forgotten else "is gone"
        return SkillResult(ResultStatus.UNKNOWN, "SERVER_LOST", f"the server of '{self._name}' {told}")

    def _judged(self) -> SkillResult:
        status, result = self._goal.response.status, self._goal.response.result
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
        return self._server_lost()

    def _feedback(self, message: Any) -> None:
        if not self._over:
            self._on_feedback(message)
