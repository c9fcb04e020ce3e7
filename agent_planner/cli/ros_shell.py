# SPDX-License-Identifier: Apache-2.0
"""Commands that need ROS start themselves anew with its environment; `env` brings a shell there."""

import sys
from importlib.util import find_spec

from agent_planner.cli import environment
from agent_planner.cli.running import newest
from agent_planner.errors import InfrastructureError

_HOW = "run `make setup` in the checkout, or source your ROS 2 and the built workspace (`. ros_ws/install/setup.bash`)"


def enter_ros() -> None:
    """Continue in a process that can import rclpy and the interfaces; nothing may have been printed before.

    Raises:
        InfrastructureError: ROS or the workspace is not there.
    """
    try:
        environment.enter()
    except RuntimeError as error:
        raise InfrastructureError(f"cannot enter the ROS environment: {error}") from error
    if find_spec("rclpy") is None:
        raise InfrastructureError(f"ROS 2 is not installed where Python looks for it: {_HOW}")
    if find_spec("agent_planner_interfaces") is None:
        raise InfrastructureError(f"the workspace is not built (agent_planner_interfaces is missing): {_HOW}")


def env() -> None:
    """Print lines for `eval $(agent-planner env)`: the shell can then talk to the running robot.

    The newest running `agent-planner run` or `demo` gives the ROS_DOMAIN_ID.
    """
    running = newest()
    if running is None:
        print(
            "# no robot that `agent-planner run` or `demo` started is up: ROS_DOMAIN_ID stays as it is", file=sys.stderr
        )
    extra = (
        {"ROS_DOMAIN_ID": str(running.domain), "ROS_AUTOMATIC_DISCOVERY_RANGE": running.discovery} if running else {}
    )
    print("\n".join(environment.export_lines(extra)))
