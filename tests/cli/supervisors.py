# SPDX-License-Identifier: Apache-2.0
"""A supervisor in the tests' own process, for commands that talk to one."""

from contextlib import contextmanager

from rclpy.executors import MultiThreadedExecutor
from rclpy.parameter import Parameter

from agent_planner.ros.process import spinning
from agent_planner.ros.supervisor_node import SupervisorNode


@contextmanager
def a_supervisor(context, namespace="", **parameters):
    """A node that spins; ``parameters`` are its own."""
    given = [Parameter(name, value=value) for name, value in parameters.items()]
    node = SupervisorNode(context=context, namespace=namespace, parameter_overrides=given)
    node.start()
    with spinning(MultiThreadedExecutor(4, context=context), node):
        yield node
        node.stop()
    node.destroy_node()
