# SPDX-License-Identifier: Apache-2.0
"""An action client whose requests may be sent from any thread, and which may be destroyed at any time."""

import threading
from typing import Any

from rclpy.action.client import ActionClient
from rclpy.callback_groups import ReentrantCallbackGroup
from rclpy.node import Node


class SafeActionClient(ActionClient):
    """rclpy's action client without its races.

    rclpy sends a request and only then notes down its number. In an executor with several threads the answer can
    come in between; it is then thrown away as unexpected, and the future never ends. Here an answer is looked at
    only when no request is half-way through that.

    A client that is destroyed while rclpy is about to take an answer from it leaves its callback group busy for good.
    Where no group is given it is therefore not the node's default one, in which all else would stand still.
    """

    def __init__(self, node: Node, action_type: type, name: str, **kwargs: Any):
        self._registering = threading.Lock()
        kwargs.setdefault("callback_group", ReentrantCallbackGroup())
        super().__init__(node, action_type, name, **kwargs)

    def servers(self) -> frozenset[bytes]:
        """Who serves the action, as far as the network knows: one that was killed stays on its books for a while."""
        topic = self._node.resolve_topic_name(f"{self._action_name}/_action/status")
        return frozenset(bytes(info.endpoint_gid) for info in self._node.get_publishers_info_by_topic(topic))

    def send_goal_async(self, *args: Any, **kwargs: Any) -> Any:
        """As in rclpy."""
        with self._registering:
            return super().send_goal_async(*args, **kwargs)

    def _cancel_goal_async(self, goal_handle: Any) -> Any:
        with self._registering:
            return super()._cancel_goal_async(goal_handle)

    def _get_result_async(self, goal_handle: Any) -> Any:
        with self._registering:
            return super()._get_result_async(goal_handle)

    async def execute(self, taken_data: Any) -> None:
        """As in rclpy."""
        with self._registering:
            pass
        await super().execute(taken_data)
