# SPDX-License-Identifier: Apache-2.0
"""A robot in which nothing moves: servers for every skill of a library, a scene, and the skills' own effects."""

import threading
from collections.abc import Mapping
from typing import Any

from agent_planner_interfaces.msg import SceneGraph as SceneGraphMsg
from rclpy.callback_groups import ReentrantCallbackGroup
from rclpy.node import Node

from agent_planner.goals import apply
from agent_planner.ros.messages import to_scene_message
from agent_planner.scene import SceneGraph
from agent_planner.skills import ActionBinding, ServiceBinding, Skill, SkillLibrary
from agent_planner.testing.fake_action import Behaviour, FakeAction
from agent_planner.testing.fake_service import FakeService
from agent_planner.types import Call, Value

_PERIOD_S = 0.05


class FakeRobot:
    """Publishes ``scene_graph`` and serves each action and service that the library names, on a spinning node.

    A goal that succeeds changes the scene as the skill's ``makes`` say. The behaviour of any server may be replaced
    (`dataclasses.replace` keeps the effect).

    Attributes:
        actions: the action servers by name.
        services: the services by name.
        done: the calls that succeeded, read back from the goals.
        publishing: False silences the scene.
    """

    def __init__(self, node: Node, library: SkillLibrary, scene: SceneGraph):
        self._node = node
        self._library = library
        self._scene = scene
        self._lock = threading.Lock()
        self.done: list[Call] = []
        self.publishing = True
        self.actions: dict[str, FakeAction] = {}
        self.services: dict[str, FakeService] = {}
        for skill in library:
            if skill.action and skill.action.name not in self.actions:
                self._serve_action(skill.action)
            elif skill.service and skill.service.name not in self.services:
                self._serve_service(skill.service)
        self._publisher = node.create_publisher(SceneGraphMsg, "scene_graph", 1)
        self._timer = node.create_timer(_PERIOD_S, self._publish, callback_group=ReentrantCallbackGroup())

    @property
    def scene(self) -> SceneGraph:
        """The world as it is."""
        with self._lock:
            return self._scene

    @scene.setter
    def scene(self, scene: SceneGraph) -> None:
        with self._lock:
            self._scene = scene

    def destroy(self) -> None:
        """Take everything from the network."""
        for server in (*self.actions.values(), *self.services.values()):
            server.destroy()
        self._node.destroy_timer(self._timer)
        self._node.destroy_publisher(self._publisher)

    def _serve_action(self, binding: ActionBinding) -> None:
        name = binding.name
        behaviour = Behaviour(effect=lambda goal: self._happened(name, goal))
        self.actions[name] = FakeAction(self._node, binding.type, name, behaviour)

    def _serve_service(self, binding: ServiceBinding) -> None:
        name = binding.name
        rules = {path: value for path, value in binding.success.items() if "." not in path and path != "any"}
        response = rules or ({"success": True} if binding.type.startswith("std_srvs/") else {})
        self.services[name] = FakeService(
            self._node, binding.type, name, response, effect=lambda request: self._happened(name, request)
        )

    def _happened(self, server: str, goal: Any) -> None:
        for skill in self._library:
            call = call_of(skill, server, goal)
            if call is not None:
                with self._lock:
                    self._scene = apply(call, self._library, self._scene)
                self.done.append(call)
                return

    def _publish(self) -> None:
        if self.publishing:
            message = to_scene_message(self.scene)
            message.header.stamp = self._node.get_clock().now().to_msg()
            self._publisher.publish(message)


def call_of(skill: Skill, server: str, message: Any) -> Call | None:
    """Read the call back from a goal: the inverse of a binding that puts arguments into fields just as they are."""
    binding = skill.action or skill.service
    if binding is None or binding.name != server:
        return None
    template = binding.goal if isinstance(binding, ActionBinding) else binding.request
    args: dict[str, Value] = {}
    if not _matches(template, message, args):
        return None
    return Call(skill.name, {name: args.get(name, "") for name in skill.parameters})


def _matches(template: Mapping[str, Any], message: Any, args: dict[str, Value]) -> bool:
    for field, wanted in template.items():
        value = getattr(message, field)
        if isinstance(wanted, Mapping):
            if not _matches(wanted, value, args):
                return False
        elif isinstance(wanted, str) and wanted.startswith("{") and wanted.endswith("}"):
            args[wanted[1:-1]] = value
        elif value != wanted:
            return False
    return True
