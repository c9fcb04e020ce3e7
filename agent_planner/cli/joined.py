# SPDX-License-Identifier: Apache-2.0
"""The command's own node, and the ROS domain that it joins."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from agent_planner.cli.options import LAST_DOMAIN
from agent_planner.cli.running import all_running, newest
from agent_planner.cli.signals import deferred
from agent_planner.errors import InfrastructureError, UserError
from agent_planner.ros.client_node import ClientNode


def join_domain(domain: int | None) -> None:
    """Choose the ROS domain of the nodes to come.

    The one given; else the shell's own, ROS_DOMAIN_ID; else that of the newest running robot.

    Raises:
        UserError: the shell's own is none.
    """
    own = os.environ.get("ROS_DOMAIN_ID", "")
    if domain is not None:
        os.environ["ROS_DOMAIN_ID"] = str(domain)
    elif own and not (own.isdecimal() and int(own) <= LAST_DOMAIN):
        raise UserError(f"ROS_DOMAIN_ID={own}: must be a number from 0 to {LAST_DOMAIN}; or give --domain")
    elif not own and (running := newest()) is not None:
        os.environ["ROS_DOMAIN_ID"] = str(running.domain)
        os.environ["ROS_AUTOMATIC_DISCOVERY_RANGE"] = running.discovery


def joined_place(namespace: str = "") -> str:
    """Where nodes are looked for, for messages: the domain, and the namespace if it is not the root."""
    return f"ROS domain {_domain()}" + (f", namespace '{namespace}'" if namespace else "")


def running_elsewhere() -> str:
    """The running robots of this machine that are in other domains, for messages; empty: there are none."""
    others = [running for running in all_running() if str(running.domain) != _domain()]
    return ", ".join(f"{running.robot} in ROS domain {running.domain}" for running in others)


def also_running() -> str:
    """`running_elsewhere` in brackets, to be put behind a place."""
    others = running_elsewhere()
    return f" (running: {others})" if others else ""


@contextmanager
def told_where(client: ClientNode) -> Iterator[None]:
    """Of what is not found within, say where it was looked for and where else it may be.

    Raises:
        InfrastructureError: as it was raised, with that.
    """
    try:
        yield
    except InfrastructureError as error:
        place = joined_place(client.node.get_namespace().strip("/"))
        raise InfrastructureError(
            f"{error} in {place}{also_running()}; is the robot started? Another "
            "domain is chosen by --domain, a robot in a namespace by --namespace"
        ) from error


def _domain() -> str:
    return os.environ.get("ROS_DOMAIN_ID") or "0"


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
