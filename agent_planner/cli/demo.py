# SPDX-License-Identifier: Apache-2.0
"""`agent-planner demo`: one instruction in simulation, from the words to the moved object."""

import os
import shutil
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from agent_planner.cli.instruction import checked
from agent_planner.cli.terminal import Terminal
from agent_planner.errors import CallRefused, UserError

if TYPE_CHECKING:
    from agent_planner.scene import SceneGraph

INSTRUCTION = "put the red cube in the blue bin"
# What the default instruction means, whatever the model makes of it.
GOAL = "in(red cube, blue bin)"


def demo(
    instruction: Annotated[str, typer.Argument(help="what is to be done, in words")] = INSTRUCTION,
    robot: Annotated[str, typer.Option(help="name or file of a robot profile")] = "mobile_manipulator",
    scene: Annotated[str, typer.Option(help="tidy, apartment or table_top")] = "",
    seed: Annotated[int, typer.Option(min=0, help="number of the scene")] = 0,
    model: Annotated[str, typer.Option(help="default, base, a folder, a Hugging Face name, openai:MODEL@URL")] = "default",
    video: Annotated[Path | None, typer.Option(help="put the video there instead of into the run's folder")] = None,
    rtf: Annotated[float, typer.Option(min=0.1, help="simulated seconds per second, at most")] = 1.0,
    runs: Annotated[Path, typer.Option(help="where the run's folder is made")] = Path("runs"),
    domain: Annotated[int | None, typer.Option(help="ROS_DOMAIN_ID; a free one if left out")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="the result as one JSON object on the last line")] = False,
) -> None:
    """Carry out one instruction in simulation and verify it; exit code 0 only if the goal holds in the world."""
    from agent_planner.cli.ros_shell import enter_ros

    text = checked(instruction)
    enter_ros()
    from agent_planner.cli.bringup import brought_up, wanted
    from agent_planner.cli.send import follow

    if video is not None and not video.parent.is_dir():
        raise UserError(f"--video {video}: there is no folder {video.parent}")
    want = wanted(robot, model, scene, seed=seed, rtf=rtf, video=True)
    if not want.profile.simulated:
        raise UserError(f"'{robot}' is not simulated; `agent-planner run --robot {robot}` starts it")
    terminal = Terminal(as_json)
    with brought_up(want, terminal, runs, domain) as up:
        assert up.simulator is not None
        began, simulated = time.monotonic(), up.simulator.now
        result = follow(up.planner, text, terminal)
        took = time.monotonic() - began
        truth = up.simulator.ground_truth(after=up.simulator.now)
        with terminal.busy("stopping; finishing the video"):
            up.stack.stop()
    goal = GOAL if text == INSTRUCTION else result.goal
    verified = result.outcome == "succeeded" and holds_in(goal, truth)
    files = collect(up.folder, result.episode_id, video)
    terminal.say(
        f"goal {goal or '(none)'} {'holds' if verified else 'is not verified'} in the simulator's ground truth; "
        f"{took:.0f} s, {truth.stamp - simulated:.0f} s simulated",
        "bold green" if verified else "bold red",
    )
    for name, path in files.items():
        terminal.say(f"{name:<9} {path}")
    terminal.result(
        {
            "instruction": text,
            "outcome": result.outcome,
            "verified": verified,
            "goal": result.goal,
            "steps": list(result.steps),
            "error_code": result.error_code,
            "summary": result.summary,
            "robot": robot,
            "scene": want.scene,
            "seed": seed,
            "model": model,
            "seconds": round(took, 1),
            "simulated_seconds": round(truth.stamp - simulated, 1),
            "files": {name: str(path) for name, path in files.items()},
        }
    )
    raise typer.Exit(0 if verified else 1)


def holds_in(goal: str, truth: "SceneGraph") -> bool:
    """Whether the last step of a goal holds in the world, as far as the world shows it."""
    from agent_planner.goals import Goal, holds, parse_goal
    from agent_planner.goals.goal import SCENE_PREDICATES

    try:
        stated = parse_goal(f"goal: {goal}")
    except CallRefused:
        return False
    if not isinstance(stated, Goal):
        return False
    return all(holds(atom, truth) for atom in stated.steps[-1] if atom.name in SCENE_PREDICATES)


def collect(folder: Path, episode_id: str, video: Path | None) -> dict[str, Path]:
    """Bring everything of the run together in its folder; returns what is there."""
    episode = folder / episode_id
    if episode_id and episode.is_dir():
        for path in episode.iterdir():
            os.replace(path, folder / path.name)
        episode.rmdir()
    made = folder / "video.mp4"
    if video is not None and made.is_file():
        shutil.move(made, video)
        made = video.resolve()
    files = {
        "episode": folder / "episode.json",
        "config": folder / "config.json",
        "video": made,
        "path": folder / "path.png",
        "logs": folder / "log",
    }
    return {name: path for name, path in files.items() if path.exists()}
