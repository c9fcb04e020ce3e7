# SPDX-License-Identifier: Apache-2.0
"""Scene and map for a console."""

import time
from typing import Any

import numpy as np
from agent_planner_interfaces.msg import SceneGraph as SceneGraphMsg
from nav_msgs.msg import OccupancyGrid
from rclpy.node import Node

from agent_planner.perception.vocabulary import Vocabulary
from agent_planner.ros.console_values import Grid, Tell
from agent_planner.ros.messages import SceneMessageError, to_scene
from agent_planner.ros.names import BEST_EFFORT, NEWEST
from agent_planner.scene import SceneGraph, entity_line
from agent_planner.scene.geometry import Reach
from agent_planner.scene.graph import CONTAINER, Entity, ScenePlace

# Where none is new, its age is told again after so long, seconds.
_AGAIN_S = 1.0
# What a quaternion without a turn has of x, y and z at most.
_TURNED = 1e-3


class ConsoleScene:
    """Subscribes ``scene_graph`` and ``map``.

    Args:
        node: the node that it belongs to.
        reach: of the planner, so that the words are those that its model reads.
        tell: is told ``scene`` and ``map``.
    """

    def __init__(self, node: Node, reach: Reach, tell: Tell):
        self._node = node
        self._reach = reach
        self._tell = tell
        self._colors = {name: _hex(color) for name, color in Vocabulary.load().colors.items()}
        self._newest: tuple[SceneGraphMsg, float] | None = None
        self._seen_at = self._told = float("-inf")
        self._shown: dict[str, Any] | None = None
        self._fault = ""
        self.grid: Grid | None = None
        self.robot_name = ""
        node.create_subscription(SceneGraphMsg, "scene_graph", self._take, BEST_EFFORT)
        node.create_subscription(OccupancyGrid, "map", self._take_map, NEWEST)

    # --- called by the executor

    def look(self) -> None:
        """Call it as often as a scene may be told."""
        newest, self._newest = self._newest, None
        if newest is not None:
            self._read(*newest)
        now = time.monotonic()
        if self._shown is not None and (newest is not None or now - self._told >= _AGAIN_S):
            self._told = now
            self._tell("scene", {"age_s": round(now - self._seen_at, 1), **self._shown})

    def _take(self, message: SceneGraphMsg) -> None:
        self._newest = message, time.monotonic()

    def _read(self, message: SceneGraphMsg, received: float) -> None:
        try:
            scene = to_scene(message, self._reach)
        except SceneMessageError as error:
            self._complain(f"'scene_graph' cannot be shown: {error}")
            return
        self._seen_at = received
        self.robot_name = scene.robot.name
        base = scene.robot.base
        self._shown = {
            "robot": {"x": base.x, "y": base.y, "yaw": base.yaw},
            "things": [self._thing(scene, name, entity) for name, entity in scene.entities.items()],
        }

    def _thing(self, scene: SceneGraph, name: str, entity: Entity) -> dict[str, Any]:
        pose, (depth, width, _) = entity.pose, entity.size
        is_container = isinstance(entity, ScenePlace) and CONTAINER in entity.affordances
        return {
            "name": name,
            "kind": CONTAINER if is_container else entity.kind,
            "x": pose.x,
            "y": pose.y,
            "yaw": pose.yaw,
            "w": depth,
            "d": width,
            "color": self._colors.get(entity.color, ""),
            "words": entity_line(scene, name).removeprefix(f"{name}: "),
        }

    def _take_map(self, message: OccupancyGrid) -> None:
        info = message.info
        cells = np.array(message.data, dtype=np.int8)
        if cells.size != info.width * info.height or not cells.size:
            self._complain(f"'map' cannot be shown: {cells.size} cells, not {info.width} x {info.height}")
            return
        turn = info.origin.orientation
        if max(abs(turn.x), abs(turn.y), abs(turn.z)) > _TURNED:
            self._complain("'map' cannot be shown: its origin is turned, and only maps along x and y are drawn")
            return
        origin = (info.origin.position.x, info.origin.position.y)
        self.grid = Grid(cells.reshape(info.height, info.width), info.resolution, origin)
        told = {"width": info.width, "height": info.height, "resolution": info.resolution, "origin": origin}
        self._tell("map", told)

    def _complain(self, fault: str) -> None:
        if fault != self._fault:
            self._fault = fault
            self._node.get_logger().error(fault)


def _hex(color: tuple[float, float, float]) -> str:
    return "#" + "".join(f"{round(255 * part):02x}" for part in color)
