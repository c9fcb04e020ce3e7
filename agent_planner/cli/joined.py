# SPDX-License-Identifier: Apache-2.0
"""The command's own node."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from agent_planner.cli.signals import deferred
from agent_planner.ros.client_node import ClientNode


@contextmanager
def joined(name: str, alive: Callable[[], None] = lambda: None) -> Iterator[ClientNode]:
    """A node that is on the ROS graph for as long as the context lasts; arguments as for `ClientNode`.

    A signal comes neither while it opens nor while it closes: its thread would keep the process from ending.
    """
    node = ClientNode(name, alive)
    try:
        with deferred():
            node.open()
        yield node
    finally:
        with deferred():
            node.close()
