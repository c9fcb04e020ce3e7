# SPDX-License-Identifier: Apache-2.0
"""The scene as boxes and names, for RViz and Foxglove."""

import time

from agent_planner_interfaces.msg import SceneGraph, SceneObject, ScenePlace
from rclpy.node import Node
from std_msgs.msg import ColorRGBA
from visualization_msgs.msg import Marker, MarkerArray

_PERIOD_S = 0.5
_LABEL_M = 0.06
_SMALLEST_M = 0.01
_COLORS = {
    "red": (0.85, 0.15, 0.15),
    "green": (0.2, 0.65, 0.25),
    "blue": (0.2, 0.35, 0.85),
    "yellow": (0.9, 0.8, 0.2),
    "orange": (0.95, 0.55, 0.15),
    "purple": (0.55, 0.3, 0.7),
    "pink": (0.95, 0.55, 0.7),
    "brown": (0.5, 0.33, 0.2),
    "black": (0.1, 0.1, 0.1),
    "white": (0.95, 0.95, 0.95),
    "gray": (0.5, 0.5, 0.5),
    "grey": (0.5, 0.5, 0.5),
}
_PLAIN = (0.6, 0.6, 0.6)


class SceneMarkers:
    """Publishes ``scene_markers`` (MarkerArray), at most twice a second and only while somebody looks."""

    def __init__(self, node: Node):
        self._node = node
        self._last = 0.0

    def configure(self) -> None:
        """Create the publisher."""
        self._publisher = self._node.create_publisher(MarkerArray, "scene_markers", 1)

    def release(self) -> None:
        """Destroy it."""
        self._node.destroy_publisher(self._publisher)

    def show(self, scene: SceneGraph) -> None:
        """Publish the scene, if it is time."""
        now = time.monotonic()
        if now - self._last >= _PERIOD_S and self._publisher.get_subscription_count() > 0:
            self._last = now
            self._publisher.publish(scene_markers(scene))


def scene_markers(scene: SceneGraph) -> MarkerArray:
    """A box and a name for each entity; what the last message showed and this does not is deleted."""
    markers = [Marker(header=scene.header, action=Marker.DELETEALL)]
    for number, entity in enumerate([*scene.places, *scene.objects]):
        held = entity.name == scene.robot.holding
        markers += [_box(scene, number, entity), _label(scene, number, entity, held)]
    return MarkerArray(markers=markers)


def _box(scene: SceneGraph, number: int, entity: SceneObject | ScenePlace) -> Marker:
    marker = Marker(header=scene.header, ns="boxes", id=number, type=Marker.CUBE, pose=entity.pose)
    marker.scale.x, marker.scale.y, marker.scale.z = (
        max(_SMALLEST_M, side) for side in (entity.size.x, entity.size.y, entity.size.z)
    )
    red, green, blue = _COLORS.get(entity.color, _PLAIN)
    alpha = 0.4 if isinstance(entity, ScenePlace) else 0.9
    marker.color = ColorRGBA(r=red, g=green, b=blue, a=alpha)
    return marker


def _label(scene: SceneGraph, number: int, entity: SceneObject | ScenePlace, held: bool) -> Marker:
    marker = Marker(header=scene.header, ns="names", id=number, type=Marker.TEXT_VIEW_FACING)
    marker.pose.position.x, marker.pose.position.y = entity.pose.position.x, entity.pose.position.y
    marker.pose.position.z = entity.pose.position.z + entity.size.z / 2 + _LABEL_M
    marker.scale.z = _LABEL_M
    marker.color = ColorRGBA(r=1.0, g=1.0, b=1.0, a=1.0)
    marker.text = f"{entity.name} (held)" if held else entity.name
    return marker
