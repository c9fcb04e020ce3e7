# SPDX-License-Identifier: Apache-2.0
"""The scene node that stands in for perception in simulation."""

import sys

from agent_planner_interfaces.msg import SceneGraph
from rclpy.node import Node

from agent_planner.ros.messages import SceneMessageError
from agent_planner.ros.names import NEWEST
from agent_planner.ros.node_parameters import declare
from agent_planner.ros.process import run_node
from agent_planner_sim.nodes.hidden import observed


class SceneFromSimulator(Node):
    """Publishes `scene_graph` for every `sim/ground_truth`: what is hidden is left out, relations are added.

    What is inside a drawer or cabinet appears once that was open, and stays known when it is closed again.
    """

    def __init__(self) -> None:
        super().__init__("scene_from_simulator")
        declare(self, ())
        self._scene = self.create_publisher(SceneGraph, "scene_graph", NEWEST)

    def start(self) -> None:
        """Begin to listen."""
        self.create_subscription(SceneGraph, "sim/ground_truth", self._on_truth, NEWEST)

    def stop(self) -> None:
        """Nothing is under way between two messages."""

    def _on_truth(self, message: SceneGraph) -> None:
        try:
            self._scene.publish(observed(message))
        except SceneMessageError as error:
            # The world blew up; a reset makes it whole.
            self.get_logger().error(f"sim/ground_truth: {error}", throttle_duration_sec=5.0)


def main() -> None:
    """Entry point of the executable `scene_from_simulator`."""
    sys.exit(run_node(SceneFromSimulator))
