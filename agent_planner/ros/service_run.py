# SPDX-License-Identifier: Apache-2.0
"""One call of a service that stands for a skill."""

from collections.abc import Mapping
from typing import Any

from rclpy.client import Client
from std_srvs.srv import Trigger

from agent_planner.ros.action_run import NOT_CONFIRMED
from agent_planner.ros.binding import judge
from agent_planner.ros.waiting import Changes, Clock, Deadline, Limits
from agent_planner.types import ResultStatus, SkillResult


class ServiceRun:
    """Drives one request. A service cannot be cancelled: its ``stop`` service is called, if it has one.

    Without one, what it goes on doing after a cancel or a time-out is not known, and that is what is reported.

    A stop may be served before a request that was sent before it: where the request is answered with success after all,
    it is stopped again.
    """

    def __init__(
        self,
        client: Client,
        stop: Client | None,
        name: str,
        request: Any,
        success: Mapping[str, Any],
        limits: Limits,
        clock: Clock,
    ):
        self._client = client
        self._stop = stop
        self._name = name
        self._request = request
        # Of a response with a field `success` that field counts where the binding has no rules.
        response_type: Any = client.srv_type.Response  # type: ignore[attr-defined]
        has_field = "success" in response_type.get_fields_and_field_types()
        self._success = success or ({"success": True} if has_field else {})
        self._limits = limits
        self._clock = clock
        self._changes = Changes()
        self._response: Any = None
        self._stop_response: Any = None
        self._stop_sent = False
        self._sent = False
        self._cancel_wanted = False

    def cancel(self) -> None:
        """Ask for the end; returns at once."""
        with self._changes:
            self._cancel_wanted = True
            sent = self._sent
        if sent:
            self._send_stop()

    def run(self, timeout_s: float) -> SkillResult:
        """Send the request and wait for its answer."""
        server = Deadline(self._limits.server_s)
        if not self._changes.wait(lambda: self._client.service_is_ready() or self._cancel_wanted, server):
            return SkillResult(ResultStatus.FAILED, "SERVER_MISSING", f"no server for the service '{self._name}'")
        with self._changes:
            if self._cancel_wanted:
                return SkillResult(ResultStatus.CANCELLED, "CANCELLED", "cancelled before the request was sent")
            # Under the lock, so that no cancel sends the stop before it; it waits for nothing.
            self._client.call_async(self._request).add_done_callback(self._on_response)
            self._sent = True
        deadline = Deadline(timeout_s, self._clock, timeout_s * self._limits.cap_factor)
        self._changes.wait(lambda: self._response is not None or self._cancel_wanted, deadline)
        if self._response is not None:
            return self._judged()
        if self._cancel_wanted:
            return self._stopped(ResultStatus.CANCELLED, "CANCELLED", "cancelled")
        return self._stopped(ResultStatus.TIMEOUT, "TIMEOUT", f"'{self._name}' took longer than {timeout_s:g} s")

    def _stopped(self, status: ResultStatus, code: str, message: str) -> SkillResult:
        if self._stop is None:
            return SkillResult(ResultStatus.UNKNOWN, code, f"{message}; '{self._name}' has no `stop` service")
        deadline = Deadline(self._limits.cancel_s)
        confirmed = self._stop_confirmed(deadline)
        if confirmed and self._began_all_the_same(deadline):
            with self._changes:
                self._stop_sent, self._stop_response = False, None
            confirmed = self._stop_confirmed(deadline)
        if not confirmed:
            return SkillResult(
                ResultStatus.UNKNOWN, NOT_CONFIRMED, f"{message}, but the stop service did not confirm it"
            )
        return SkillResult(status, code, message)

    def _stop_confirmed(self, deadline: Deadline) -> bool:
        self._send_stop()
        self._changes.wait(lambda: self._stop_response is not None, deadline)
        return self._stop_response is not None and self._stop_response.success

    def _began_all_the_same(self, deadline: Deadline) -> bool:
        """Whether the request is answered with success; one that is not answered in time has long been served."""
        answered = self._changes.wait(lambda: self._response is not None, deadline)
        return answered and judge(self._response, self._success).ok

    def _judged(self) -> SkillResult:
        judged = judge(self._response, self._success)
        if judged.ok:
            return SkillResult(ResultStatus.OK, "", judged.message)
        message = judged.message or f"'{self._name}' ended without success"
        return SkillResult(ResultStatus.FAILED, judged.code or "FAILED", message)

    def _send_stop(self) -> None:
        with self._changes:
            if self._stop is None or self._stop_sent:
                return
            self._stop_sent = True
        self._stop.call_async(Trigger.Request()).add_done_callback(self._on_stop)

    def _on_response(self, future: Any) -> None:
        with self._changes:
            self._response = future.result()

    def _on_stop(self, future: Any) -> None:
        with self._changes:
            self._stop_response = future.result()
