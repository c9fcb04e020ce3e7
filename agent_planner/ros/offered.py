# SPDX-License-Identifier: Apache-2.0
"""What the nodes of a running graph offer: actions and services, by name and type."""

import re
import threading
import time
from collections.abc import Iterator
from typing import NamedTuple

from rclpy.action.graph import get_action_server_names_and_types_by_node
from rclpy.node import Node, NodeNameNonExistentError

# Services that every node has, or that are there for tools, by the package of their type.
_FOR_TOOLS = frozenset(
    {
        "composition_interfaces",
        "controller_manager_msgs",
        "diagnostic_msgs",
        "lifecycle_msgs",
        "logging_demo",
        "rcl_interfaces",
        "rosbag2_interfaces",
        "tf2_msgs",
        "type_description_interfaces",
    }
)
# Ours, which are no skills.
_OURS = frozenset(
    {
        "agent_planner_interfaces/action/ExecuteInstruction",
        "agent_planner_interfaces/srv/AnswerOperator",
        "agent_planner_interfaces/srv/SetAutonomy",
    }
)
_OUR_NAMES = frozenset({"stop", "reset_stop", "take_over", "give_back"})
# Parts of a planning stack, which its own servers call: not skills, unless somebody asks for all.
_PARTS = frozenset(
    {
        "moveit_msgs/action/ExecuteTrajectory",
        "nav2_msgs/action/AssistedTeleop",
        "nav2_msgs/action/ComputePathThroughPoses",
        "nav2_msgs/action/ComputePathToPose",
        "nav2_msgs/action/DummyBehavior",
        "nav2_msgs/action/FollowPath",
        "nav2_msgs/action/SmoothPath",
    }
)
# What protects or powers a robot is a person's, not a model's: UR's unlock_protective_stop and brake_release, e_stop …
_FOR_PERSONS = re.compile(
    r"(?:^|[/_])(?:e?stop|emergency\w*|safety|brakes?|power|shutdown|poweroff|reboot|restart|kill|halt)(?:[/_]|$)"
)
_PLAIN = frozenset({"std_srvs/srv/Trigger", "std_srvs/srv/SetBool"})


class Offered(NamedTuple):
    """A server: its full name, its type, and the node that offers it."""

    name: str
    type: str
    node: str


def all_offered(node: Node, quiet_s: float, everything: bool = False) -> list[Offered]:
    """Actions, then services, once nothing new has come for ``quiet_s``; other nodes are found one after the other."""
    pause, found = threading.Event(), []
    since = begin = time.monotonic()
    while time.monotonic() < min(since + quiet_s, begin + 10 * quiet_s):
        pause.wait(0.2)
        now = [*offered_actions(node, everything), *offered_services(node, everything)]
        if now != found:
            found, since = now, time.monotonic()
    return found


def offered_actions(node: Node, everything: bool = False) -> list[Offered]:
    """Action servers of other nodes, but for our own; parts of a planning stack come on demand."""
    found = []
    for name, namespace, full in _others(node):
        try:
            servers = get_action_server_names_and_types_by_node(node, name, namespace)
        except NodeNameNonExistentError:
            continue  # it has left meanwhile
        found += [Offered(server, kind, full) for server, kinds in servers for kind in kinds]
    return sorted({o for o in found if o.type not in _OURS and (everything or o.type not in _PARTS)})


def offered_services(node: Node, everything: bool = False) -> list[Offered]:
    """Services of other nodes that may be skills: those of std_srvs; or, on demand, all that are not for tools."""
    found = []
    for name, namespace, full in _others(node):
        try:
            servers = node.get_service_names_and_types_by_node(name, namespace)
        except NodeNameNonExistentError:
            continue
        found += [Offered(server, kind, full) for server, kinds in servers for kind in kinds]
    return sorted({o for o in found if _may_be_a_skill(o) and (everything or _is_simple(o))})


def _others(node: Node) -> Iterator[tuple[str, str, str]]:
    own = node.get_fully_qualified_name()
    for name, namespace in node.get_node_names_and_namespaces():
        full = f"{namespace.rstrip('/')}/{name}"
        if full != own and not name.startswith("_"):  # as the daemon of the ros2 command
            yield name, namespace, full


def _is_simple(offered: Offered) -> bool:
    return offered.type in _PLAIN and not _FOR_PERSONS.search(offered.name.lower())


def _may_be_a_skill(offered: Offered) -> bool:
    last = offered.name.rpartition("/")[2]
    return not (
        "/_action/" in offered.name
        or offered.type.partition("/")[0] in _FOR_TOOLS
        or offered.type in _OURS
        or last in _OUR_NAMES
    )
