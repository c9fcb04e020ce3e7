# SPDX-License-Identifier: Apache-2.0
"""A robot with its planner, up and ready, for as long as a command needs it."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from agent_planner.cli.joined import joined
from agent_planner.cli.options import Simulator
from agent_planner.cli.stack import Stack, started
from agent_planner.cli.terminal import Terminal
from agent_planner.cli.wanted import Wanted
from agent_planner.errors import UserError
from agent_planner.recording.episode import new_episode_id, write_json
from agent_planner.ros.client import PlannerClient
from agent_planner.ros.client_node import ClientNode
from agent_planner.ros.simulator_client import SimulatorClient

_READY_SECONDS = 180.0


@dataclass(frozen=True)
class Up:
    """Everything that runs. ``simulator`` is there for simulated robots."""

    stack: Stack
    node: ClientNode
    planner: PlannerClient
    simulator: SimulatorClient | None

    @property
    def folder(self) -> Path:
        """The run's folder."""
        return self.stack.folder


@contextmanager
def brought_up(want: Wanted, terminal: Terminal, runs: Path, domain: int | None = None) -> Iterator[Up]:
    """Start a robot's programs, wait until they answer, and stop them at the end.

    Raises:
        InfrastructureError: one of them does not come up, or Gazebo is wanted and is not installed.
    """
    if want.profile.simulator is Simulator.GAZEBO:
        from agent_planner_sim.gazebo.installed import require_gazebo

        require_gazebo()
    began = time.monotonic()
    folder = run_folder(runs)
    write_json(folder / "run.json", {**want.values(folder), "robot": want.profile.model_dump(mode="json")})
    with (
        started(want.profile, folder, want.values(folder), domain) as stack,
        joined("agent_planner_cli", alive=stack.check) as node,
    ):
        try:
            simulator = SimulatorClient(node) if want.profile.simulated else None
            with terminal.busy(f"starting {want.profile.name}") as status:
                stack.wait_until_ready(node, _READY_SECONDS, status)
                planner = PlannerClient(node)
                planner.wait_for_server(_READY_SECONDS)
                if simulator is not None:
                    simulator.ground_truth(seconds=_READY_SECONDS)
            where = f"scene {want.scene}, seed {want.seed}, " if simulator else ""
            terminal.say(
                f"{want.profile.name} is up after {time.monotonic() - began:.0f} s ({where}"
                f"ROS_DOMAIN_ID={os.environ['ROS_DOMAIN_ID']}, "
                f"ROS_AUTOMATIC_DISCOVERY_RANGE={os.environ['ROS_AUTOMATIC_DISCOVERY_RANGE']})",
                "dim",
            )
            yield Up(stack, node, planner, simulator)
        finally:
            if stack.runs:
                with terminal.busy(f"stopping {want.profile.name}"):
                    stack.stop()


def run_folder(runs: Path) -> Path:
    """Make a new folder for a run.

    Raises:
        UserError: it cannot be written.
    """
    folder = (runs / new_episode_id()).resolve()
    try:
        folder.mkdir(parents=True)
    except OSError as error:
        raise UserError(f"--runs {runs}: the folder cannot be written ({error.strerror}); choose another") from error
    return folder
