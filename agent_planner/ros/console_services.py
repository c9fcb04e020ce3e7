# SPDX-License-Identifier: Apache-2.0
"""Services that a console calls without waiting for them."""

from concurrent.futures import Future
from typing import Any

from rclpy.client import Client

from agent_planner.errors import InfrastructureError
from agent_planner.ros.console_values import Answer, settled


def asked(client: Client, request: Any) -> Future[Answer]:
    """Call a service whose answer has ``success`` and ``message``; returns at once.

    Where nobody serves it, that is the answer.
    """
    if not client.service_is_ready():
        return settled(False, f"nobody serves '{client.srv_name}'; is the robot started?")
    future: Future[Answer] = Future()

    def take(done: Any) -> None:
        response = done.result()
        if response is None:
            future.set_exception(InfrastructureError(f"no answer from '{client.srv_name}'"))
        else:
            future.set_result(Answer(response.success, response.message))

    client.call_async(request).add_done_callback(take)
    return future
