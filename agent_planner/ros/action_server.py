# SPDX-License-Identifier: Apache-2.0
"""rclpy's action server without its gaps: around acceptance, and at the end."""

import threading
import time
from typing import Any

from rclpy.action.server import ActionServer

from agent_planner.ros.waiting import Changes, Deadline

# Middleware takes what is still on its way along with the one that sent it, and tells nobody when it has arrived.
_ON_ITS_WAY_S = 0.5


class AnsweringActionServer(ActionServer):
    """Give it callbacks that return at once, except for the one that executes.

    rclpy looks at a cancel in one thread while another is still accepting the goal: the cancel is then dropped, or
    the goal is never executed and never ends. Here one comes after the other.

    rclpy hands a result over to the executor when the execute callback has returned. A server that is destroyed
    right after its last goal ended would take the result with it, and the client would wait for ever: `answered`
    tells when it may be destroyed.
    """

    def __init__(self, *args: Any, **kwargs: Any):
        self._one_request = threading.Lock()
        self._results = Changes()
        self._owed = 0
        self._last_sent = 0.0
        super().__init__(*args, **kwargs)

    def answered(self, seconds: float) -> bool:
        """Wait until every result that was asked for has been sent and has had time to arrive."""
        return self._results.wait(
            lambda: self._owed == 0 and time.monotonic() - self._last_sent >= _ON_ITS_WAY_S, Deadline(seconds)
        )

    async def _execute_goal_request(self, request_header_and_message: Any) -> None:
        with self._one_request:
            await super()._execute_goal_request(request_header_and_message)

    async def _execute_cancel_request(self, request_header_and_message: Any) -> None:
        with self._one_request:
            await super()._execute_cancel_request(request_header_and_message)

    async def _execute_get_result_request(self, request_header_and_message: Any) -> None:
        if bytes(request_header_and_message[1].goal_id.uuid) in self._result_futures:
            with self._results:
                self._owed += 1
        await super()._execute_get_result_request(request_header_and_message)

    def _send_result_response(self, request_header: Any, future: Any) -> None:
        try:
            super()._send_result_response(request_header, future)
        finally:
            with self._results:
                self._owed -= 1
                self._last_sent = time.monotonic()
