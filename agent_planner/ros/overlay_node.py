# SPDX-License-Identifier: Apache-2.0
"""What RViz shows beyond the scene's boxes: relations as lines, and above the robot what it is doing; ``overlay``."""

import sys
from collections.abc import Iterator, Mapping
from typing import Any

from agent_planner_interfaces.msg import PlanStatus, Relation, SceneGraph
from geometry_msgs.msg import Point
from rclpy.node import Node
from rclpy.qos import qos_profile_sensor_data
from std_msgs.msg import ColorRGBA
from visualization_msgs.msg import Marker, MarkerArray

from agent_planner.ros.names import NEWEST
from agent_planner.ros.node_parameters import declare
from agent_planner.ros.process import run_node

_PERIOD_S = 0.5
_ABOVE_M = 1.7  # where the text stands over the base
_TEXT_M, _LABEL_M, _LINE_M = 0.09, 0.04, 0.006
_COLORS = {
    "on": ColorRGBA(r=0.35, g=0.75, b=0.95, a=0.9),
    "in": ColorRGBA(r=0.95, g=0.75, b=0.25, a=0.9),
    "at": ColorRGBA(r=0.55, g=0.9, b=0.5, a=0.9),
    "holding": ColorRGBA(r=0.95, g=0.4, b=0.4, a=0.9),
}
_WHITE = ColorRGBA(r=1.0, g=1.0, b=1.0, a=1.0)


class OverlayNode(Node):
    """Publishes ``overlay_markers`` (MarkerArray) twice a second; subscribes to ``scene_graph`` and ``plan_status``.

    It is a node of its own, started with RViz, so that a planner that nobody looks at draws nothing.
    """

    def __init__(self, **options: Any):
        super().__init__("overlay", **options)
        declare(self, ())
        self._scene: SceneGraph | None = None
        self._status = PlanStatus()

    def start(self) -> None:
        """Create the endpoints."""
        self._markers = self.create_publisher(MarkerArray, "overlay_markers", 1)
        self.create_subscription(SceneGraph, "scene_graph", self._on_scene, qos_profile_sensor_data)
        self.create_subscription(PlanStatus, "plan_status", self._on_status, NEWEST)
        self.create_timer(_PERIOD_S, self._show)

    def stop(self) -> None:
        """Nothing is under way between two pictures."""

    def _on_scene(self, message: SceneGraph) -> None:
        self._scene = message

    def _on_status(self, message: PlanStatus) -> None:
        self._status = message

    def _show(self) -> None:
        if self._scene is not None:
            self._markers.publish(overlay_markers(self._scene, self._status))


def overlay_markers(scene: SceneGraph, status: PlanStatus) -> MarkerArray:
    """Return relations and plan; what the last message showed and this does not is deleted."""
    markers = [Marker(header=scene.header, action=Marker.DELETEALL), _plan(scene, status)]
    where = {entity.name: entity.pose.position for entity in (*scene.places, *scene.objects)}
    where[""] = scene.robot.base.position  # relations of one entity are the robot's: at, holding
    for number, relation in enumerate(scene.relations):
        markers += _relation(scene, number, relation, where)
    return MarkerArray(markers=markers)


def plan_text(status: PlanStatus) -> str:
    """Return a few lines: the instruction, the goal, and the call or state of this moment."""
    step = f"step {status.step}: {status.call}" if status.call else ""
    lines = (status.instruction, status.goal and f"goal: {status.goal}", step, status.outcome or status.state.lower())
    return "\n".join(line for line in lines if line)


def _plan(scene: SceneGraph, status: PlanStatus) -> Marker:
    marker = Marker(header=scene.header, ns="plan", type=Marker.TEXT_VIEW_FACING, text=plan_text(status))
    base = scene.robot.base.position
    marker.pose.position = Point(x=base.x, y=base.y, z=base.z + _ABOVE_M)
    marker.scale.z = _TEXT_M
    marker.color = _WHITE
    return marker


def _relation(scene: SceneGraph, number: int, relation: Relation, where: Mapping[str, Point]) -> Iterator[Marker]:
    """A line and its name, for the kinds of relation that are worth a line and entities that are there."""
    if relation.name not in _COLORS or not {relation.a, relation.b} <= where.keys():
        return
    a, b = where[relation.a], where[relation.b]
    line = Marker(header=scene.header, ns="relations", id=number, type=Marker.LINE_LIST, points=[a, b])
    line.scale.x = _LINE_M
    label = Marker(header=scene.header, ns="relation names", id=number, type=Marker.TEXT_VIEW_FACING)
    label.pose.position = Point(x=(a.x + b.x) / 2, y=(a.y + b.y) / 2, z=(a.z + b.z) / 2)
    label.scale.z, label.text = _LABEL_M, relation.name
    line.color = label.color = _COLORS[relation.name]
    yield from (line, label)


def main() -> None:
    """Entry point of the executable `overlay`."""
    sys.exit(run_node(OverlayNode))
