# SPDX-License-Identifier: Apache-2.0
"""`agent-planner run`: a robot and its planner that stay up."""

import threading
from pathlib import Path
from typing import Annotated

import typer

from agent_planner.cli.terminal import Terminal

_LOOK_SECONDS = 0.5


def run(
    robot: Annotated[str, typer.Option(help="name or file of a robot profile")] = "mobile_manipulator",
    scene: Annotated[str, typer.Option(help="tidy, apartment or table_top, for a simulated robot")] = "",
    seed: Annotated[int, typer.Option(min=0, help="number of the scene")] = 0,
    model: Annotated[str, typer.Option(help="default, base, a folder, a Hugging Face name, openai:MODEL@URL")] = "default",
    rtf: Annotated[float, typer.Option(min=0.1, help="simulated seconds per second, at most")] = 1.0,
    runs: Annotated[Path, typer.Option(help="where the run's folder is made")] = Path("runs"),
    domain: Annotated[int | None, typer.Option(help="ROS_DOMAIN_ID; a free one if left out")] = None,
) -> None:
    """Start a robot with its planner and keep it up until Ctrl-C; instructions come over ROS."""
    from agent_planner.cli.ros_shell import enter_ros

    enter_ros()
    from agent_planner.cli.bringup import brought_up, wanted

    want = wanted(robot, model, scene, seed=seed, rtf=rtf)
    terminal = Terminal()
    with brought_up(want, terminal, runs, domain) as up:
        terminal.say("instructions:    agent-planner send \"put the red cube in the blue bin\"")
        terminal.say("your own client: eval $(agent-planner env), then the action execute_instruction")
        terminal.say(f"logs, episodes:  {up.folder}")
        terminal.say("Ctrl-C stops the robot and everything started here")
        never = threading.Event()
        while not never.wait(_LOOK_SECONDS):
            up.stack.check()
