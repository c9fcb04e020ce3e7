# SPDX-License-Identifier: Apache-2.0
"""A service that does what a test tells it to."""

import threading
from collections.abc import Callable, Mapping
from typing import Any

from rclpy.callback_groups import ReentrantCallbackGroup
from rclpy.node import Node

from agent_planner.ros.interface_types import load_interface
from agent_planner.ros.message_fields import fill


class FakeService:
    """Serves one service on a node that somebody spins.

    Attributes:
        requests: every request so far.
        response: fields of the answer; may be replaced at any time.
        seconds: how long the answer is held back.
        effect: called with each request before it is answered.
    """

    def __init__(
        self,
        node: Node,
        type_name: str,
        name: str,
        response: Mapping[str, Any] | None = None,
        seconds: float = 0.0,
        effect: Callable[[Any], None] = lambda request: None,
    ):
        self._node = node
        self.requests: list[Any] = []
        self.response = response or {}
        self.seconds = seconds
        self.effect = effect
        self.closing = threading.Event()
        self._service = node.create_service(
            load_interface(type_name), name, self._answer, callback_group=ReentrantCallbackGroup()
        )

    def destroy(self) -> None:
        """Take the service from the network; an answer that is held back is given."""
        self.closing.set()
        self._node.destroy_service(self._service)

    def _answer(self, request: Any, response: Any) -> Any:
        self.requests.append(request)
        self.closing.wait(self.seconds)
        self.effect(request)
        fill(response, self.response)
        return response
