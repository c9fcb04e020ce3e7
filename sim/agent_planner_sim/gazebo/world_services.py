# SPDX-License-Identifier: Apache-2.0
"""Gazebo's world services as ros_gz_bridge offers them (1.0.11 and later)."""

import threading
import time
from collections.abc import Callable
from typing import Any

from rclpy.callback_groups import ReentrantCallbackGroup
from rclpy.node import Node

from agent_planner.errors import InfrastructureError
from agent_planner.ros.interface_types import load_interface
from agent_planner_sim.gazebo.bridge import service_types
from agent_planner_sim.gazebo.stage import refused
from agent_planner_sim.nodes.scene_message import pose
from agent_planner_sim.scenes.description import Placement
from agent_planner_sim.transforms import quat_from_rpy

_SECONDS, _LOOK_S = 30.0, 0.1
_MODEL = 2  # ros_gz_interfaces/msg/Entity.MODEL


class WorldServices:
    """Clients of ``gazebo/{control,create,remove,set_pose}``; may be called in any thread but the executor's only one.

    Args:
        node: the node that calls.
        ended: set when the node is being ended; nobody waits for Gazebo then.

    Raises:
        InterfaceMissing: ros_gz_interfaces is not installed, or too old.
    """

    def __init__(self, node: Node, ended: threading.Event):
        self._ended = ended
        group = ReentrantCallbackGroup()
        self._kinds = {name: load_interface(kind) for name, kind in service_types().items()}
        self._clients = {
            name: node.create_client(kind, f"gazebo/{name}", callback_group=group) for name, kind in self._kinds.items()
        }

    def pause(self, paused: bool) -> None:
        """Stop time or let it go on."""
        request = self._kinds["control"].Request()
        request.world_control.pause = paused
        self._call("control", request, "stop time" if paused else "let time go on")

    def spawn(self, name: str, sdf: str) -> None:
        """Add a model where its own pose says."""
        request = self._kinds["create"].Request()
        request.entity_factory.name = name
        request.entity_factory.sdf = sdf
        self._call("create", request, f"add '{name}'")

    def delete(self, name: str) -> None:
        """Take a model away."""
        request = self._kinds["remove"].Request()
        request.entity.name, request.entity.type = name, _MODEL
        self._call("remove", request, f"take '{name}' away")

    def set_pose(self, name: str, placement: Placement) -> None:
        """Put a model somewhere."""
        request = self._kinds["set_pose"].Request()
        request.entity.name, request.entity.type = name, _MODEL
        request.pose = pose(placement[:3], quat_from_rpy((0.0, 0.0, placement.yaw)))
        self._call("set_pose", request, f"move '{name}'")

    def _call(self, name: str, request: Any, what: str) -> None:
        client = self._clients[name]
        if not self._comes(client.wait_for_service):
            raise self._silence(f"the bridge does not offer {client.srv_name}; ros_gz_bridge is 1.0.11 or later?")
        future, done = client.call_async(request), threading.Event()
        future.add_done_callback(lambda _: done.set())
        if not self._comes(done.wait):
            client.remove_pending_request(future)
            raise self._silence(f"{client.srv_name} did not answer within {_SECONDS:.0f} s")
        answer = future.result()
        if answer is None or not answer.success:
            raise refused(what)

    def _comes(self, wait: Callable[[float], bool]) -> bool:
        """Wait in short steps; ``wait`` takes the seconds of one."""
        end = time.monotonic() + _SECONDS
        while not wait(_LOOK_S):
            if self._ended.is_set() or time.monotonic() > end:
                return False
        return True

    def _silence(self, what: str) -> InfrastructureError:
        return InfrastructureError("the simulator's node is being ended" if self._ended.is_set() else what)
