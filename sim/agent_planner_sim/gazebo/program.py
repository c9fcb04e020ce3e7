# SPDX-License-Identifier: Apache-2.0
"""What Gazebo's two programs of a robot profile share: each takes parameters and becomes a program of others."""

import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from rclpy.node import Node
from rclpy.utilities import try_shutdown

from agent_planner.errors import AgentPlannerError, UserError
from agent_planner.ros.node_parameters import Declared, declare
from agent_planner.ros.process import init_ros
from agent_planner_sim.gazebo.installed import require_gazebo

FOLDER = Declared("folder", "", "Folder of the run, the same for server and bridge: its name makes their GZ_PARTITION.")
_FILES = "gazebo"
# From the parameters and the folder for files, the program that is to run, with its arguments.
Command = Callable[[dict[str, Any], Path], list[str]]


def become(name: str, parameters: Sequence[Declared], command: Command) -> int:
    """Read the parameters of this process, and let another program take its place: it hears the signals itself.

    Returns:
        The exit code where that cannot be: 2 if the person must act, 1 if the machine must be looked at.
    """
    try:
        values = _given(name, (FOLDER, *parameters))
        require_gazebo()
        folder = _folder(values["folder"])
        words = command(values, folder / _FILES)
        # Two servers in one partition would mix their topics.
        os.environ["GZ_PARTITION"] = f"agent_planner_{folder.name}"
        os.execvp(words[0], words)
    except AgentPlannerError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2 if isinstance(error, UserError) else 1


def write(file: Path, text: str) -> Path:
    """Write a file, and its folder where it is not there; returns the file.

    Raises:
        UserError: it cannot be written.
    """
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise UserError(f"{file} cannot be written: {error.strerror}") from error
    return file


def _given(name: str, parameters: Sequence[Declared]) -> dict[str, Any]:
    """Read parameters as every node does; nothing of ROS is left in this process."""
    init_ros(sys.argv)
    try:
        node = Node(name, start_parameter_services=False, enable_rosout=False)
        try:
            return declare(node, parameters)
        finally:
            node.destroy_node()
    finally:
        try_shutdown()


def _folder(text: str) -> Path:
    if not text:
        raise UserError("the parameter folder is empty; give the same folder to gazebo_server and gazebo_bridge")
    return Path(text).resolve()
