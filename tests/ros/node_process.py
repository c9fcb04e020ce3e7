# SPDX-License-Identifier: Apache-2.0
"""Nodes of the project as processes in the test's namespace, which may be stopped and killed."""

import os
import signal
import subprocess
import sys

import rclpy
from agent_planner_interfaces.action import ExecuteInstruction

from agent_planner.ros.action_client import SafeActionClient
from tests.ros.waits import SECONDS


class NodeProcess:
    """One node; a block that it is entered with ends with its death.

    Args:
        module: its module in `agent_planner.ros`.
        namespace: where it lives.
        **parameters: its parameters.
    """

    def __init__(self, module, namespace, **parameters):
        domain = rclpy.get_default_context().get_domain_id()
        code = f"import sys; from agent_planner.ros.{module} import main; sys.exit(main())"
        given = [word for name, value in parameters.items() for word in ("-p", f"{name}:={value}")]
        self._process = subprocess.Popen(
            [sys.executable, "-c", code, "--ros-args", "-r", f"__ns:={namespace}", *given],
            env=os.environ | {"ROS_DOMAIN_ID": str(domain)},
        )

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.signal(signal.SIGKILL)
        self._process.wait()

    def signal(self, number):
        self._process.send_signal(number)


def planner_process(namespace, script, **parameters):
    """A planner whose model says what the script, a file, has."""
    given = {"model": f"scripted:{script}", "policy_file": "simulation"} | parameters
    return NodeProcess("planner_node", namespace, **given)


def begin(node, server):
    """Give a planner that has just been started an instruction, until the server has got its goal."""
    client = SafeActionClient(node, ExecuteInstruction, "execute_instruction")
    assert client.wait_for_server(SECONDS)
    # The server may have been found before the way back from it: then its first answer is lost.
    for _ in range(4):
        client.send_goal_async(ExecuteInstruction.Goal(instruction="go to the shelf", preempt=True))
        if server.running.wait(10):
            client.destroy()
            return
    raise AssertionError("the instruction did not begin")
