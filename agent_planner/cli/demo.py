# SPDX-License-Identifier: Apache-2.0
"""`agent-planner demo`: one instruction in simulation, from the words to the moved object."""

import os
import shutil
import time
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from agent_planner.cli.console_door import PORT, Open, Port
from agent_planner.cli.instruction import checked
from agent_planner.cli.new_file import ready_to_write
from agent_planner.cli.options import (
    MODEL,
    ROBOT,
    RUNS,
    AsJson,
    CheckPlan,
    Domain,
    Factor,
    ModelName,
    PolicyName,
    RobotName,
    Runs,
    SceneFrom,
    SceneName,
    SceneSeed,
    SceneSource,
)
from agent_planner.cli.signals import deferred
from agent_planner.cli.terminal import Terminal
from agent_planner.errors import CallRefused, UserError

if TYPE_CHECKING:
    from agent_planner.cli.wanted import Wanted
    from agent_planner.scene import SceneGraph

INSTRUCTION = "put the red cube in the blue bin"
# What the default instruction means, whatever the model makes of it.
GOAL = "in(red cube, blue bin)"
# The head camera's pictures a simulated second, for a person who drives by them.
_CONSOLE_RATE = 5.0


def demo(
    instruction: Annotated[
        str, typer.Argument(help="what is to be done, in words; with --console the page offers it, and you send it")
    ] = INSTRUCTION,
    robot: RobotName = ROBOT,
    scene: SceneName = "",
    scene_source: SceneFrom = SceneSource.TRUTH,
    seed: SceneSeed = 0,
    model: ModelName = MODEL,
    video: Annotated[Path | None, typer.Option(help="put the video there instead of into the run's folder")] = None,
    policy: PolicyName = "",
    check_plan: CheckPlan = False,
    rtf: Factor = 1.0,
    runs: Runs = RUNS,
    domain: Domain = None,
    console: Annotated[
        bool, typer.Option("--console", help="serve the operator console on the robot, until Ctrl-C, instead")
    ] = False,
    port: Port = PORT,
    open_page: Open = True,
    as_json: AsJson = False,
) -> None:
    """Carry out one instruction in simulation and verify it; exit code 0 only if the goal holds in the world.

    With --console nothing moves by itself: from a page, whose link is printed, you instruct, drive and stop the robot.
    There is no video and no verdict then.
    """
    from agent_planner.cli.ros_shell import enter_ros
    from agent_planner.cli.wanted import wanted

    text = checked(instruction)
    if video is not None and not video.parent.is_dir():
        raise UserError(f"--video {video}: there is no folder {video.parent}")
    if video is not None:
        ready_to_write(video)
    if port != PORT and not console:
        raise UserError(f"--port {port} is of the console; add --console")
    if console and (video is not None or as_json):
        raise UserError("--console goes on until Ctrl-C: there is no --video and no --json with it")
    how = {"camera_rate": _CONSOLE_RATE} if console else {"video": True}
    want = wanted(robot, model, scene, policy, scene_source, seed=seed, rtf=rtf, check_plan=check_plan, **how)
    if not want.profile.simulated:
        raise UserError(f"'{robot}' is not simulated; `agent-planner run --robot {robot}` starts it")
    enter_ros()
    if console:
        from agent_planner.cli.demo_console import demo_console

        demo_console(want, text, runs, domain, port, open_page)
    from agent_planner.cli.bringup import brought_up
    from agent_planner.cli.send import follow
    from agent_planner.recording.episode import add_facts
    from agent_planner.ros.look_around import look_around, worth_a_look

    terminal = Terminal(as_json)
    files: dict[str, Path] = {}
    with brought_up(want, terminal, runs, domain) as up:
        assert up.simulator is not None
        began, simulated = time.monotonic(), up.simulator.now
        try:
            if want.by_camera:
                with terminal.busy("looking around") as status:
                    look_around(up.node, worth_a_look(up.simulator.observed()), status.update)
            result = follow(up.planner, text, terminal)
            truth = up.simulator.ground_truth(after=up.simulator.now)
            took, simulated = time.monotonic() - began, truth.stamp - simulated
        finally:
            with deferred(), terminal.busy("stopping; finishing the video"):
                up.stack.stop()
                files = collect(up.folder, video)
            for name, path in files.items():
                terminal.say(f"{name:<9} {path}")
    goal = GOAL if text == INSTRUCTION else result.goal
    verified = result.outcome == "succeeded" and holds_in(goal, truth)
    if "episode" in files:
        add_facts(files["episode"], facts(want, verified, own=text == INSTRUCTION))
    terminal.say(
        f"goal {goal or '(none)'} {'holds' if verified else 'is not verified'} in the simulator's ground truth; "
        f"{took:.0f} s, {simulated:.0f} s simulated",
        "bold green" if verified else "bold red",
    )
    shown = {"instruction": text, "robot": robot, "scene": want.scene, "seed": seed, "model": model}
    times = {"seconds": round(took, 1), "simulated_seconds": round(simulated, 1)}
    terminal.result({**shown, "verified": verified, **asdict(result), **times, "files": files})
    raise typer.Exit(0 if verified else 1)


def facts(want: "Wanted", verified: bool, own: bool) -> dict[str, Any]:
    """What the episode's record says of it beside the conversation.

    Args:
        want: the simulated robot and its scene.
        verified: whether the goal holds in the ground truth.
        own: whether that goal is the instruction's own meaning, not the model's reading of it.
    """
    assert want.profile.simulator is not None
    return {
        "source": "agent",
        "backend": want.profile.simulator.value,
        "scenario": f"demo/{want.scene}/{want.seed}",
        "family": "demo",
        "reward": float(verified),
        "reward_from": "scenario" if own else "stated_goal",
    }


def holds_in(goal: str, truth: "SceneGraph") -> bool:
    """Whether the last step of a goal holds in the world, as far as the world shows it."""
    from agent_planner.goals import Goal, holds, parse_goal
    from agent_planner.scene.predicates import SCENE_PREDICATES

    try:
        stated = parse_goal(f"goal: {goal}")
    except CallRefused:
        return False
    if not isinstance(stated, Goal):
        return False
    return all(holds(atom, truth) for atom in stated.steps[-1] if atom.name in SCENE_PREDICATES)


def collect(folder: Path, video: Path | None) -> dict[str, Path]:
    """Bring everything of the run's one episode together in its folder; returns what is there."""
    episodes = [log.parent for log in folder.glob("*/events.jsonl")]
    if len(episodes) == 1:
        for path in episodes[0].iterdir():
            os.replace(path, folder / path.name)
        episodes[0].rmdir()
    made = folder / "video.mp4"
    if video is not None and made.is_file():
        made = Path(shutil.move(made, video)).resolve()
    files = {
        "episode": folder / "episode.json",
        "config": folder / "config.json",
        "video": made,
        "path": folder / "path.png",
        "logs": folder / "log",
    }
    return {name: path for name, path in files.items() if path.exists()}
