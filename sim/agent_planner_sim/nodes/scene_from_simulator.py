# SPDX-License-Identifier: Apache-2.0
"""The scene node that stands in for perception in simulation."""

import sys

from agent_planner_interfaces.msg import SceneGraph
from rclpy.node import Node

from agent_planner.ros.node_parameters import declare
from agent_planner.ros.process import run_node
from agent_planner_sim.nodes.hidden import observed
from agent_planner_sim.nodes.qos import LATCHED


class SceneFromSimulator(Node):
    """Publishes `scene_graph` for every `sim/ground_truth`: what is hidden is left out, relations are added.

    What is inside a drawer or cabinet appears once that was open, and stays known when it is closed again.
    """

    def __init__(self) -> None:
        super().__init__("scene_from_simulator")
        declare(self, ())
        self._scene = self.create_publisher(SceneGraph, "scene_graph", LATCHED)

    def start(self) -> None:
        """Begin to listen."""
        self.create_subscription(SceneGraph, "sim/ground_truth", self._on_truth, LATCHED)

    def stop(self) -> None:
        """Nothing is under way between two messages."""

    def _on_truth(self, message: SceneGraph) -> None:
        self._scene.publish(observed(message))


def main() -> None:
    """Entry point of the executable `scene_from_simulator`."""
    sys.exit(run_node(SceneFromSimulator))
