# SPDX-License-Identifier: Apache-2.0
"""Gazebo's server with a generated scene; executable ``gazebo_server``."""

import sys
from pathlib import Path
from typing import Any

from agent_planner.ros.node_parameters import Declared
from agent_planner_sim.export import Gazebo, to_sdf
from agent_planner_sim.gazebo.program import become, write
from agent_planner_sim.robots import ROBOTS
from agent_planner_sim.scenes import BUILDERS, generate

OGRE2, OGRE = "ogre2", "ogre"
PARAMETERS = (
    Declared("scene", "tidy", "Scene to begin with, as of gazebo_world.", choices=tuple(BUILDERS)),
    Declared("seed", 0, "Seed of that scene."),
    Declared("robot", "mobile_manipulator", "Robot that stands in it.", choices=tuple(ROBOTS)),
    Declared("rtf", 1.0, "Simulated seconds a wall second, at most; 0: as fast as possible.", low=0.0, high=1000.0),
    Declared("render_engine", OGRE2, "ogre where there is no GPU and no EGL (with a display).", choices=(OGRE2, OGRE)),
    Declared("verbosity", 2, "Of Gazebo's log.", low=0, high=4),
)


def server_command(world: Path, render_engine: str, verbosity: int | str, gui: bool = False) -> list[str]:
    """Return the command of the server. It begins paused: `gazebo_world` sets the scene and lets time go on.

    Args:
        world: the SDF file.
        render_engine: ``ogre2`` renders without a display, by EGL; ``ogre`` needs one.
        verbosity: of its log, 0 to 4.
        gui: whether a window is there, too, so that there is a display.
    """
    headless = ["--headless-rendering"] if render_engine == OGRE2 and not gui else []
    return ["gz", "sim", "-s", *headless, "-v", str(verbosity), str(world)]


def _command(values: dict[str, Any], folder: Path) -> list[str]:
    scene = generate(values["scene"], values["seed"])
    gazebo = Gazebo(values["rtf"], values["render_engine"])
    text = to_sdf(scene, ROBOTS[values["robot"]](), gazebo)
    return server_command(write(folder / "world.sdf", text), values["render_engine"], values["verbosity"])


def main() -> None:
    """Entry point of the executable `gazebo_server`."""
    sys.exit(become("gazebo_server", PARAMETERS, _command))
