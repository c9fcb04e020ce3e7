# SPDX-License-Identifier: Apache-2.0
"""Whether Gazebo and its bridge are on this machine."""

import os
import shutil

from agent_planner.ament import ament_prefixes
from agent_planner.errors import InfrastructureError
from agent_planner.ros.interface_types import is_installed
from agent_planner_sim.gazebo.bridge import service_types

_BRIDGE, _PROGRAM = "ros_gz_bridge", "parameter_bridge"
_HOW = "Gazebo goes with a stock ROS: on Jazzy `sudo apt install ros-jazzy-ros-gz`, then source that ROS"


def require_gazebo() -> None:
    """Look for everything that Gazebo needs.

    Raises:
        InfrastructureError: something is not there; all of it is named.
    """
    lacking = missing()
    if lacking:
        raise InfrastructureError(f"Gazebo cannot be started, not found: {'; '.join(lacking)}; {_HOW}")


def missing() -> list[str]:
    """What of Gazebo and its bridge is not found, in words."""
    found = [] if shutil.which("gz") else ["the command gz on the PATH"]
    if not bridge_program():
        found.append(f"the program {_PROGRAM} of the ROS package {_BRIDGE}")
    types = [kind.rpartition("/")[2] for kind in service_types().values() if not is_installed(kind)]
    if types:
        found.append(f"ros_gz_interfaces 1.0.11 or later with {', '.join(types)}")
    return found


def bridge_program() -> str:
    """Where `ros2 run` would find the bridge; empty where it is not installed."""
    folders = os.pathsep.join(str(prefix / "lib" / _BRIDGE) for prefix in ament_prefixes())
    return shutil.which(_PROGRAM, path=folders) or ""
