# SPDX-License-Identifier: Apache-2.0
"""Robot profiles: which programs make up a robot's side of the planner, and with what parameters."""

import re
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from agent_planner.cli.options import Simulator
from agent_planner.config import chosen_file, parse_yaml, read_text, shipped_names
from agent_planner.errors import UserError
from agent_planner.safety.policy import policy_path
from agent_planner.skills import SkillLibrary

FOLDER = Path(__file__).parents[1] / "robots"
Parameter = str | bool | int | float | list[str]
_VARIANT = re.compile(r"^variant_of:", re.MULTILINE)


class NodeProfile(BaseModel):
    """One program, as `ros2 run PACKAGE EXECUTABLE` would start it.

    ``parameters`` may hold ``{scene}``, ``{seed}`` and the like, which the command fills in.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(pattern=r"^[a-z][a-z0-9_]*$", description="for messages and the log's name")
    package: str
    executable: str
    parameters: dict[str, Parameter] = {}
    parameter_file: str = Field("", description="relative to the package's share folder")
    remap: dict[str, str] = {}
    nice: int = Field(
        0, ge=0, le=19, description="how far it stands back for others where processors are short, nice(1)"
    )
    respawn: bool = Field(True, description="whether `agent-planner run` starts it again when it dies")
    respawn_parameters: dict[str, Parameter] = Field({}, description="beside the others, when it is started again")


class RobotProfile(BaseModel):
    """A robot by its name. All programs are started at once and stopped in the order given, the planner first."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    description: str
    skills: str = Field(description="the library's file, relative to the profile's folder")
    policy: str = Field("", description="a shipped safety policy's name, or a file relative to the profile's folder")
    simulated: bool = Field(False, description="the nodes run on simulated time, in a private domain of this machine")
    discovery: Literal["LOCALHOST", "SUBNET"] = "SUBNET"
    default_scene: str = ""
    nodes: tuple[NodeProfile, ...] = Field(min_length=1)
    folder: Path = Field(FOLDER, exclude=True)

    @property
    def simulator(self) -> Simulator | None:
        """What simulates the robot, by its programs; None for one that is not simulated."""
        if not self.simulated:
            return None
        in_gazebo = any(node.executable == "gazebo_world" for node in self.nodes)
        return Simulator.GAZEBO if in_gazebo else Simulator.MUJOCO

    @property
    def skills_file(self) -> Path:
        """Where the library is."""
        return (self.folder / self.skills).resolve()

    @property
    def policy_file(self) -> str:
        """Where the safety policy is; empty where the robot has none, so that every call is asked for."""
        if not self.policy:
            return ""
        beside = self.folder / self.policy
        return str(beside.resolve() if beside.is_file() else policy_path(self.policy))

    def library(self) -> SkillLibrary:
        """Read the library of its skills."""
        return SkillLibrary.load(self.skills_file)


class RobotVariant(BaseModel):
    """A robot's other profile: programs in the place of those that have the same name there, and further ones."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    variant_of: str = Field(description="name of the other profile, in the same folder")
    name: str
    description: str
    nodes: tuple[NodeProfile, ...] = Field(min_length=1)

    def of(self, robot: RobotProfile) -> RobotProfile:
        """Return the whole profile."""
        own = {node.name: node for node in self.nodes}
        there = [own.pop(node.name, node) for node in robot.nodes]
        update = {"name": self.name, "description": self.description, "nodes": (*there, *own.values())}
        return robot.model_copy(update=update)


def known_robots() -> list[str]:
    """Names of the profiles that are shipped."""
    return shipped_names(FOLDER)


def load_robot(name: str) -> RobotProfile:
    """Read a profile by its name, or from a file of one's own (``…/my_robot.yaml``).

    Raises:
        ConfigError: there is none of that name, or the file is wrong.
    """
    path = chosen_file(name, FOLDER, "robot")
    text = read_text(path)
    if _VARIANT.search(text):
        other, lines = parse_yaml(RobotVariant, text, str(path), "nodes")
        beside = path.with_stem(other.variant_of)
        lines.refuse((loc, f"there is no {beside.name} beside it") for loc in [("variant_of",)] if not beside.is_file())
        return other.of(load_robot(str(beside)))
    profile, _ = parse_yaml(RobotProfile, text, str(path), "nodes")
    return profile.model_copy(update={"folder": path.resolve().parent})


def in_simulator(robot: str, simulator: Simulator) -> str:
    """Return the name or path of a robot's profile for a simulator: its own, or ``ROBOT_SIMULATOR`` beside it.

    Raises:
        UserError: there is neither.
        ConfigError: its file is wrong.
    """
    return robot if load_robot(robot).simulator is simulator else variant(robot, simulator.value)


def variant(robot: str, suffix: str) -> str:
    """Return the name or path of a robot's other profile, ``ROBOT_SUFFIX`` beside its own.

    Raises:
        UserError: there is no such robot, or it has no profile of that suffix.
    """
    own = chosen_file(robot, FOLDER, "robot")
    other = own.with_stem(f"{own.stem}_{suffix}")
    if not other.is_file():
        others = sorted(path.stem for path in own.parent.glob(f"{own.stem}_*{own.suffix}"))
        raise UserError(
            f"the robot '{robot}' has no profile for {suffix}: there is no {other.name} beside {own.name}; "
            f"other profiles of it: {', '.join(others) or 'none'}"
        )
    return other.stem if robot in known_robots() else str(other)
