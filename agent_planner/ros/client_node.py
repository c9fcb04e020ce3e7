# SPDX-License-Identifier: Apache-2.0
"""A node for programs that talk to the planner from outside: its own context, its own thread."""

import threading
import time
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from typing import Any

from rclpy.context import Context
from rclpy.exceptions import InvalidNamespaceException
from rclpy.executors import SingleThreadedExecutor
from rclpy.node import Node
from rclpy.task import Future

from agent_planner.errors import InfrastructureError, UserError
from agent_planner.ros.process import spinning

_PERIOD = 0.1


class ClientNode:
    """Opens a node that spins in a thread; leaves signals to the program.

    Args:
        name: the node's name.
        alive: raises an error where waiting has become useless (a server has died); looked at during every wait.
        namespace: of the robot; empty: the root.
    """

    def __init__(
        self, name: str = "agent_planner_client", alive: Callable[[], None] = lambda: None, namespace: str = ""
    ):
        self._name = name
        self._namespace = namespace
        self.alive = alive
        self._context = Context()
        self._closing = threading.Event()
        self._open = ExitStack()

    def open(self) -> None:
        """Join the ROS graph.

        Raises:
            UserError: there can be no such namespace.
        """
        self._context.init(args=None, domain_id=None)
        self._open.callback(self._context.try_shutdown)
        try:
            self.node = Node(self._name, namespace=self._namespace, context=self._context, use_global_arguments=False)
        except InvalidNamespaceException as error:
            raise UserError(f"namespace '{self._namespace}': {error}") from error
        self._open.callback(self.node.destroy_node)
        self._open.enter_context(spinning(SingleThreadedExecutor(context=self._context), self.node))

    def close(self) -> None:
        """Leave the graph; nothing happens if it was not joined."""
        self._closing.set()
        self._open.close()

    def wait_for(self, future: Future, seconds: float, what: str) -> Any:
        """Return a future's result.

        Raises:
            InfrastructureError: it did not come in time.
        """
        done = threading.Event()
        future.add_done_callback(lambda _: done.set())
        self.wait_until(done.is_set, seconds, what, done)
        return future.result()

    def wait_until(
        self, met: Callable[[], bool], seconds: float, what: str, event: threading.Event | None = None
    ) -> None:
        """Wait until something holds; ``event`` is set where it may have come to hold.

        Raises:
            InfrastructureError: it did not hold in time; ``what`` says what was waited for.
        """
        end = time.monotonic() + seconds
        waiting = event or self._closing
        while not met():
            self.alive()
            left = end - time.monotonic()
            if left <= 0:
                raise InfrastructureError(f"{what}: no answer within {seconds:g} s")
            waiting.wait(min(_PERIOD, left))

    def missing_actions(self, names: Iterable[str]) -> list[str]:
        """Those of the action servers that are not on the graph."""
        return [n for n in names if not self.node.count_publishers(f"{n}/_action/status")]
