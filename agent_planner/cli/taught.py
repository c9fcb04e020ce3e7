# SPDX-License-Identifier: Apache-2.0
"""Episodes in the simulator whose model may be the expert: it is told each task's goal and sees what the robot sees."""

import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path

from agent_planner.cli.bringup import Up
from agent_planner.cli.evaluate_physical import Tried, episodes
from agent_planner.cli.teacher_server import TeacherServer
from agent_planner.cli.terminal import Terminal
from agent_planner.cli.wanted import wanted
from agent_planner.scene import SceneGraph, robot_line
from agent_planner.tuning.collect.adviser import Adviser
from agent_planner.tuning.collect.config import EXPERT
from agent_planner.tuning.scenarios.scenario import Scenario

# What the planner was shown is here within this time: it is the same message.
_SEEN_SECONDS = 2.0


@dataclass(frozen=True)
class Robot:
    """Which robot is brought up, and how its model decodes; the fields as the options of those names."""

    robot: str
    scene: str
    policy: str
    level: str
    look_ahead: bool
    rtf: float


def taught_episodes(
    terminal: Terminal, robot: Robot, model: str, runs: Path, suite: str, split: str, seeds: Sequence[int]
) -> Iterator[Tried]:
    """Bring the robot up with a model, or with ``expert`` in its place, and yield each episode as it ends."""
    server = TeacherServer(EXPERT) if model == EXPERT else None
    with server or nullcontext():
        want = wanted(
            robot.robot,
            server.model if server is not None else model,
            robot.scene,
            robot.policy,
            rtf=robot.rtf,
            level=robot.level,
            look_ahead=robot.look_ahead,
        )

        def brief(up: Up, task: Scenario) -> None:
            if server is not None:
                server.answer = Adviser(task, lambda heard: _seen(up, heard)).answer

        yield from episodes(terminal, want, runs, suite, split, seeds, brief)


def _seen(up: Up, heard: str) -> SceneGraph:
    """The scene that the planner tells of: its line about the robot is the same."""
    assert up.simulator is not None
    end, pause = time.monotonic() + _SEEN_SECONDS, threading.Event()
    scene = up.simulator.observed()
    while robot_line(scene) not in heard and time.monotonic() < end:
        pause.wait(0.02)
        scene = up.simulator.observed()
    return scene
