# SPDX-License-Identifier: Apache-2.0
import threading

from rclpy.executors import SingleThreadedExecutor
from rclpy.node import Node
from rclpy.parameter import Parameter

from agent_planner.ros.process import spinning
from agent_planner.ros.timers import steady_timer
from tests.ros.waits import SECONDS


def test_it_goes_on_where_the_clock_of_the_node_stands_still(namespace):
    node = Node("still", namespace=namespace, parameter_overrides=[Parameter("use_sim_time", value=True)])
    called, again = threading.Event(), threading.Event()
    steady_timer(node, 0.01, lambda: again.set() if called.is_set() else called.set())
    with spinning(SingleThreadedExecutor(), node):
        assert again.wait(SECONDS)
        assert node.get_clock().now().nanoseconds == 0
    node.destroy_node()
