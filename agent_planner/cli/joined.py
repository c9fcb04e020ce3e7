# SPDX-License-Identifier: Apache-2.0
"""The command's own node, and the ROS domain that it joins."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from agent_planner.cli.running import newest
from agent_planner.cli.signals import deferred
from agent_planner.ros.client_node import ClientNode


def join_domain(domain: int | None) -> None:
    """Choose the ROS domain of the nodes to come: the one given, else that of the newest running robot."""
    running = newest()
    if domain is None and running is not None:
        domain = running.domain
        os.environ["ROS_AUTOMATIC_DISCOVERY_RANGE"] = running.discovery
    if domain is not None:
        os.environ["ROS_DOMAIN_ID"] = str(domain)


def joined_place(namespace: str = "") -> str:
    """Where nodes are looked for, for messages: the domain, and the namespace if it is not the root."""
    return f"ROS domain {os.environ.get('ROS_DOMAIN_ID', '0')}" + (f", namespace '{namespace}'" if namespace else "")


@contextmanager
def joined(name: str, alive: Callable[[], None] = lambda: None, namespace: str = "") -> Iterator[ClientNode]:
    """A node that is on the ROS graph for as long as the context lasts; arguments as for `ClientNode`.

    A signal comes neither while it opens nor while it closes: its thread would keep the process from ending.
    """
    node = ClientNode(name, alive, namespace)
    try:
        with deferred():
            node.open()
        yield node
    finally:
        with deferred():
            node.close()
