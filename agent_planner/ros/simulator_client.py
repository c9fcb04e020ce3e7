# SPDX-License-Identifier: Apache-2.0
"""The simulator seen from outside: reset, pause, and what is really there (for scoring and tests)."""

import json
import threading
from collections.abc import Callable
from typing import Any

from agent_planner_interfaces.msg import SceneGraph as SceneGraphMsg
from rcl_interfaces.msg import Parameter, ParameterType, ParameterValue
from rcl_interfaces.srv import SetParameters
from rclpy.qos import qos_profile_sensor_data
from std_srvs.srv import SetBool, Trigger

from agent_planner.errors import InfrastructureError, UserError
from agent_planner.ros.client_node import ClientNode
from agent_planner.ros.messages import to_scene
from agent_planner.ros.names import NEWEST
from agent_planner.scene import SceneGraph

_ANSWER_SECONDS = 60.0
_SCENE_SECONDS = 20.0


class SimulatorClient:
    """Speaks to the node `simulator`. Build it on an open `ClientNode`."""

    def __init__(self, client: ClientNode):
        self._client = client
        node = client.node
        self._reset = node.create_client(Trigger, "sim/reset")
        self._pause = node.create_client(SetBool, "sim/pause")
        self._set = node.create_client(SetParameters, "simulator/set_parameters")
        self._truth: SceneGraphMsg | None = None
        self._observed: SceneGraphMsg | None = None
        self._came = threading.Event()
        node.create_subscription(SceneGraphMsg, "sim/ground_truth", self._on_truth, NEWEST)
        node.create_subscription(SceneGraphMsg, "scene_graph", self._on_observed, qos_profile_sensor_data)

    def ground_truth(self, after: float = -1.0, seconds: float = _SCENE_SECONDS) -> SceneGraph:
        """Return everything there is, hidden things too, as it was later than ``after`` (simulated seconds).

        Raises:
            InfrastructureError: nothing came in time.
        """
        return self._later(lambda: self._truth, after, seconds, "the simulator's ground truth")

    def observed(self, after: float = -1.0, seconds: float = _SCENE_SECONDS) -> SceneGraph:
        """Return what the robot can see, as in `ground_truth`."""
        return self._later(lambda: self._observed, after, seconds, "the scene")

    @property
    def now(self) -> float:
        """Stamp of the newest ground truth, -1 before there is any."""
        return -1.0 if self._truth is None else _seconds(self._truth)

    def reset(self, scene: str, seed: int) -> dict[str, Any]:
        """Build another scene; returns what the simulator tells of it.

        Raises:
            UserError: there is no such scene.
        """
        values = (
            Parameter(name="scene", value=ParameterValue(type=ParameterType.PARAMETER_STRING, string_value=scene)),
            Parameter(name="seed", value=ParameterValue(type=ParameterType.PARAMETER_INTEGER, integer_value=seed)),
        )
        request = SetParameters.Request(parameters=list(values))
        answer = self._client.wait_for(self._set.call_async(request), _ANSWER_SECONDS, "the simulator's parameters")
        for result in answer.results:
            if not result.successful:
                raise UserError(f"the simulator refused its scene: {result.reason}")
        response = self._client.wait_for(
            self._reset.call_async(Trigger.Request()), _ANSWER_SECONDS, "resetting the simulator"
        )
        if not response.success:
            raise UserError(f"the simulator could not be reset: {response.message}")
        return json.loads(response.message)

    def pause(self, paused: bool) -> None:
        """Stop simulated time, or let it go on."""
        request = SetBool.Request(data=paused)
        response = self._client.wait_for(self._pause.call_async(request), _ANSWER_SECONDS, "pausing the simulator")
        if not response.success:
            raise InfrastructureError(f"the simulator could not be paused: {response.message}")

    def pause_soon(self, paused: bool) -> None:
        """Ask for `pause` without waiting for the answer; may be called in the client's own thread."""
        self._pause.call_async(SetBool.Request(data=paused))

    def _later(self, newest: Callable[[], SceneGraphMsg | None], after: float, seconds: float, what: str) -> SceneGraph:
        found: list[SceneGraphMsg] = []

        def fresh() -> bool:
            self._came.clear()
            message = newest()
            if message is not None and _seconds(message) > after:
                found.append(message)
            return bool(found)

        self._client.wait_until(fresh, seconds, what, self._came)
        return to_scene(found[0])

    def _on_observed(self, message: SceneGraphMsg) -> None:
        self._observed = message
        self._came.set()

    def _on_truth(self, message: SceneGraphMsg) -> None:
        self._truth = message
        self._came.set()


def _seconds(message: SceneGraphMsg) -> float:
    return message.header.stamp.sec + message.header.stamp.nanosec * 1e-9
