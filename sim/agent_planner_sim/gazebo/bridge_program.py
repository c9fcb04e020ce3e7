# SPDX-License-Identifier: Apache-2.0
"""ros_gz_bridge with the topics and services of a robot; executable ``gazebo_bridge``."""

import json
import sys
from pathlib import Path
from typing import Any

from agent_planner.ros.node_parameters import Declared
from agent_planner_sim.gazebo.bridge import bridge_yaml, service_arguments, service_remappings
from agent_planner_sim.gazebo.installed import bridge_program
from agent_planner_sim.gazebo.program import become, write
from agent_planner_sim.robots import ROBOTS

PARAMETERS = (Declared("robot", "mobile_manipulator", "Robot that Gazebo simulates.", choices=tuple(ROBOTS)),)


def _command(values: dict[str, Any], folder: Path) -> list[str]:
    """What this program was given (a namespace, say) is handed on."""
    file = write(folder / "bridge.yaml", bridge_yaml(ROBOTS[values["robot"]]()))
    remappings = [("__node", "gazebo_bridge"), *service_remappings()]
    return [
        bridge_program(),
        *service_arguments(),
        *sys.argv[1:],
        *("--ros-args", "-p", f"config_file:={json.dumps(str(file))}"),
        *(word for before, after in remappings for word in ("-r", f"{before}:={after}")),
    ]


def main() -> None:
    """Entry point of the executable `gazebo_bridge`."""
    sys.exit(become("gazebo_bridge", PARAMETERS, _command))
