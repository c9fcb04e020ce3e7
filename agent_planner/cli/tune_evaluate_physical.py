# SPDX-License-Identifier: Apache-2.0
"""`agent-planner tune evaluate-physical`: cells of the panel in the simulator, as lines of the same file."""

import shlex
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from agent_planner.cli.evaluate import HeldOut, seed_range
from agent_planner.cli.option_file import OptionFile
from agent_planner.cli.options import MODEL, ROBOT, RUNS, RobotName, Runs, Simulator
from agent_planner.cli.robots import in_simulator
from agent_planner.cli.terminal import Terminal
from agent_planner.tuning.mixture.names import Split
from agent_planner.types import Level

if TYPE_CHECKING:
    from agent_planner.llm.base import Message

_OUT = "file of results (.jsonl), as of tune evaluate; what stands in it is not run again"


def evaluate_physical(
    out: Annotated[Path, typer.Argument(help=_OUT)],
    model: Annotated[str, typer.Option(help="as of tune evaluate, without goal+search and search+calls")],
    suite: Annotated[
        str, typer.Option(help="held_in, failures or smoke; the cell is 'BACKEND_SUITE (ROBOT, SCENE)'")
    ] = "held_in",
    seeds: Annotated[str, typer.Option(help="A:B, from A up to but not including B")] = "0:50",
    split: HeldOut = Split.DEV,
    level: Annotated[Level, typer.Option(help="how far decoding is constrained")] = Level.GRAMMAR,
    look_ahead: Annotated[bool, typer.Option(help="refuse calls that do not bring the goal nearer")] = False,
    backend: Annotated[Simulator, typer.Option(help="the simulator; Gazebo takes the profile ROBOT_gazebo")] = (
        Simulator.MUJOCO
    ),
    robot: RobotName = ROBOT,
    scene: Annotated[str, typer.Option(help="scene to draw from; the robot's own if left out")] = "",
    rtf: Annotated[float, typer.Option(min=0.1, help="simulated seconds per second at most")] = 4.0,
    runs: Runs = RUNS,
    config_file: OptionFile = None,
) -> None:
    """Measure a model with a simulated robot, through the whole ROS stack. Killed, the same command goes on.

    Some dozens of episodes describe; they are too few to tell two good models apart.
    """
    numbers = seed_range(seeds)
    robot = in_simulator(robot, backend)
    from agent_planner.cli.ros_shell import enter_ros

    enter_ros()
    from agent_planner.agent.limits import LoopConfig
    from agent_planner.cli.physical_suite import scene_seed
    from agent_planner.cli.taught import Robot, taught_episodes
    from agent_planner.cli.wanted import wanted
    from agent_planner.tuning.collect.config import EXPERT
    from agent_planner.tuning.panel.measure import Measurement, subject
    from agent_planner.tuning.panel.results import RunLine, open_results

    scene_seed(suite, split.value, 0)
    want = wanted(robot, MODEL if model == EXPERT else model, scene)
    terminal = Terminal()
    command = shlex.join(
        ["agent-planner", "tune", "evaluate-physical", str(out), "--model", model, "--suite", suite, "--seeds", seeds]
        + ["--split", split.value, "--level", level.value, "--look-ahead" if look_ahead else "--no-look-ahead"]
        + ["--backend", backend.value, "--robot", robot, "--scene", want.scene, "--rtf", str(rtf)]
    )
    run = RunLine.now(command, "mujoco", "torch", "transformers")
    config = LoopConfig(level=level, look_ahead=look_ahead)
    # Another robot's tasks are others, and so are another scene's: each is a cell of its own, here and in a report.
    cell = f"{backend.value}_{suite} ({want.profile.name}, {want.scene})"
    bodied = Robot(robot, want.scene, "", level.value, look_ahead, rtf)
    with open_results(out, run) as results:
        results.check_limit([cell], split.value, config.max_turns)
        measurement = Measurement(results, subject(model, "" if model == EXPERT else model), split.value, 1)
        left = measurement.episodes_left(cell, numbers, config)
        for one in taught_episodes(terminal, bodied, model, runs, suite, split.value, left) if left else ():
            score = replace(one.score, cell=cell)
            line = measurement.line(score, _messages(one.record), one.seed, config)
            results.check_same([cell], split.value, [one.seed], lambda *place, line=line: line.asked)
            results.add(line)
    terminal.say(f"results: {out}; read them with: agent-planner tune report {out} --out FOLDER")


def _messages(path: Path | None) -> "Sequence[Message]":
    """The conversation of an episode's record; its two first human turns are the system's and the user's."""
    from agent_planner.llm.base import Message
    from agent_planner.tuning.data.formats import with_system
    from agent_planner.tuning.data.records import read_plain, record

    if path is None:
        return ()
    ((where, data),) = read_plain(path)
    roles = with_system(record(where, data), "user", "assistant")
    return [Message(role, turn.value) for role, turn in roles]  # type: ignore[arg-type]
