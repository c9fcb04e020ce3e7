# SPDX-License-Identifier: Apache-2.0
"""A robot's programs, started together, watched, and stopped for certain."""

import contextlib
import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from agent_planner.ament import ament_prefixes
from agent_planner.cli.process import ChildProcess
from agent_planner.cli.robots import NodeProfile, Parameter, RobotProfile
from agent_planner.cli.running import Running, claimed
from agent_planner.cli.signals import deferred
from agent_planner.errors import ConfigError, InfrastructureError, UserError

if TYPE_CHECKING:
    from agent_planner.ros.client_node import ClientNode

_STOP_SECONDS = 15.0
_USER_CODE = 2


class Stack:
    """The programs of one profile, in a ROS domain of their own.

    Args:
        profile: which programs.
        folder: the run's folder; logs go to ``folder/log``.
        running: the domain that is held for it.
        values: what the profile's ``{…}`` stand for.
    """

    def __init__(self, profile: RobotProfile, folder: Path, running: Running, values: Mapping[str, Parameter]) -> None:
        self.profile = profile
        self.folder = folder
        self.running = running
        self._values = values
        environ = {
            **os.environ,
            "ROS_DOMAIN_ID": str(running.domain),
            "ROS_AUTOMATIC_DISCOVERY_RANGE": running.discovery,
            "RCUTILS_LOGGING_USE_STDOUT": "0",
            "RCUTILS_COLORIZED_OUTPUT": "0",
            "ROS_LOG_DIR": str(folder / "log" / "ros"),
            "PYTHONUNBUFFERED": "1",
        }
        self.processes = [
            ChildProcess(
                node.name,
                _command(node, values),
                folder / "log" / f"{node.name}.log",
                environ,
            )
            for node in profile.nodes
        ]

    def start(self) -> None:
        """Start every program."""
        with deferred():
            for process in self.processes:
                process.start()

    @property
    def runs(self) -> bool:
        """Whether any program is still there."""
        return any(process.pid is not None and process.exit_code is None for process in self.processes)

    def check(self) -> None:
        """Look whether all still run.

        Raises:
            UserError: one of them has refused its parameters.
            InfrastructureError: one of them has ended; the message holds its last lines.
        """
        for process in self.processes:
            code = process.exit_code
            if code is None:
                continue
            tail = process.tail()
            if code == _USER_CODE and tail:
                raise UserError(f"{process.name} refused to start: {tail.splitlines()[-1]}")
            raise InfrastructureError(
                f"{process.name} ended ({process.ending}); its last lines, from {process.log}:\n{tail or '(none)'}"
            )

    def respawns(self, process: ChildProcess) -> bool:
        """Whether a program that has ended is to be started again: not where it has refused its parameters."""
        return self._node_of(process).respawn and process.exit_code != _USER_CODE

    def respawn(self, process: ChildProcess) -> None:
        """Start a program again, with the parameters that its profile has for that."""
        node = self._node_of(process)
        process.command = _command(node, self._values, node.respawn_parameters)
        with deferred():
            process.start()

    def _node_of(self, process: ChildProcess) -> NodeProfile:
        return next(node for node in self.profile.nodes if node.name == process.name)

    def stop(self) -> dict[str, str]:
        """Stop every program, the planner first; returns the signal that each of them took."""
        with deferred():
            return {process.name: process.stop(_STOP_SECONDS) for process in self.processes}

    def wait_until_ready(self, client: "ClientNode", seconds: float, status: Any) -> None:
        """Wait until every server of the profile's skills and the planner are on the graph.

        Raises:
            InfrastructureError: they are not there in time; the message names those that lack.
        """
        library = self.profile.library()
        actions = ["execute_instruction", *dict.fromkeys(s.action.name for s in library if s.action)]
        lacking: list[str] = actions

        def complete() -> bool:
            nonlocal lacking
            lacking = client.missing_actions(actions)
            lacking += [t for t in ("scene_graph", "stop_active") if not client.node.count_publishers(t)]
            status.update(f"starting {self.profile.name}: {len(lacking)} parts to come ({', '.join(lacking[:4])})")
            return not lacking

        try:
            client.wait_until(complete, seconds, "the robot's servers")
        except InfrastructureError as error:
            self.check()
            raise InfrastructureError(
                f"after {seconds:.0f} s these are still missing: {', '.join(lacking)}; look into {self.folder / 'log'}"
            ) from error


@contextlib.contextmanager
def started(
    profile: RobotProfile, folder: Path, values: Mapping[str, Parameter], domain: int | None = None
) -> Iterator[Stack]:
    """Claim a domain, start the stack, and stop it whatever happens.

    This process joins the same domain: its own nodes must be made inside the context.
    """
    with claimed(profile.name, folder, profile.discovery, domain) as running:
        os.environ["ROS_DOMAIN_ID"] = str(running.domain)
        os.environ["ROS_AUTOMATIC_DISCOVERY_RANGE"] = running.discovery
        stack = Stack(profile, folder, running, values)
        try:
            stack.start()
            yield stack
        finally:
            stack.stop()


def executable(package: str, name: str) -> Path:
    """Where `ros2 run` would find a program.

    Raises:
        InfrastructureError: the package is not built, or has no such program.
    """
    holding = [p for p in ament_prefixes() if (p / "share" / package).is_dir()]
    for prefix in holding:
        path = prefix / "lib" / package / name
        if path.is_file():
            return path
    there = sorted(f.name for p in holding for f in (p / "lib" / package).glob("*") if f.is_file())
    if not holding:
        raise InfrastructureError(f"the ROS package '{package}' is not built; run `make setup` in the checkout")
    raise InfrastructureError(
        f"the ROS package '{package}' has no program '{name}' (there are: {', '.join(there) or 'none'}); "
        "run scripts/build_workspace.sh in the checkout"
    )


def _command(
    node: NodeProfile, values: Mapping[str, Parameter], more: Mapping[str, Parameter] | None = None
) -> tuple[str, ...]:
    """A program with its arguments; ``more`` parameters beside those of its profile."""
    if more:
        node = node.model_copy(update={"parameters": {**node.parameters, **more}})
    behind = ("nice", "-n", str(node.nice)) if node.nice else ()
    return (*behind, str(executable(node.package, node.executable)), *ros_arguments(node, values))


def share(package: str, file: str) -> Path:
    """Where a file of a package's share folder is.

    Raises:
        ConfigError: it is not there.
    """
    for prefix in ament_prefixes():
        path = prefix / "share" / package / file
        if path.is_file():
            return path
    raise ConfigError(file, f"the ROS package '{package}' has no such file in its share folder")


def ros_arguments(node: NodeProfile, values: Mapping[str, Parameter]) -> list[str]:
    """The arguments that a program gets on its command line."""
    arguments = ["--ros-args"]
    if node.parameter_file:
        arguments += ["--params-file", str(share(node.package, node.parameter_file))]
    for name, value in node.parameters.items():
        arguments += ["-p", f"{name}:={json.dumps(filled(value, values))}"]
    for name, target in node.remap.items():
        arguments += ["-r", f"{name}:={target}"]
    return arguments


def filled(value: Parameter, values: Mapping[str, Parameter]) -> Parameter:
    """Put a value in the place of ``{name}``; what is no placeholder stays.

    Raises:
        UserError: the command knows no such value.
    """
    if not (isinstance(value, str) and value.startswith("{") and value.endswith("}")):
        return value
    if value[1:-1] not in values:
        known = ", ".join(sorted(values))
        raise UserError(f"the robot's profile has the placeholder {value}; this command fills in: {known}")
    return values[value[1:-1]]
