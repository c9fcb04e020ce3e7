# SPDX-License-Identifier: Apache-2.0
"""The scene node that stands in for perception in simulation."""

import threading

from rclpy.executors import SingleThreadedExecutor
from rclpy.node import Node

from agent_planner_interfaces.msg import SceneGraph
from agent_planner_sim.nodes.hidden import observed
from agent_planner_sim.nodes.parameters import declare
from agent_planner_sim.nodes.qos import LATCHED
from agent_planner_sim.nodes.run import run_node


class SceneFromSimulator:
    """Publishes `scene_graph` for every `sim/ground_truth`: what is hidden is left out, relations are added.

    What is inside a drawer or cabinet appears once that was open, and stays known when it is closed again.
    """

    def __init__(self) -> None:
        self.node = Node("scene_from_simulator")
        declare(self.node, ())
        self._scene = self.node.create_publisher(SceneGraph, "scene_graph", LATCHED)
        self.node.create_subscription(SceneGraph, "sim/ground_truth", self._on_truth, LATCHED)

    def run(self, stop: threading.Event) -> None:
        """Work until told to stop."""
        executor = SingleThreadedExecutor()
        executor.add_node(self.node)
        while not stop.is_set():
            executor.spin_once(timeout_sec=0.1)
        executor.shutdown()

    def close(self) -> None:
        """Release everything."""
        self.node.destroy_node()

    def _on_truth(self, message: SceneGraph) -> None:
        self._scene.publish(observed(message))


def main() -> None:
    """Entry point of the executable `scene_from_simulator`."""
    run_node(SceneFromSimulator)
