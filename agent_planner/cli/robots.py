# SPDX-License-Identifier: Apache-2.0
"""Robot profiles: which programs make up a robot's side of the planner, and with what parameters."""

from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from agent_planner.config import parse_yaml, read_text
from agent_planner.errors import UserError, did_you_mean
from agent_planner.safety.policy import policy_path
from agent_planner.skills import SkillLibrary

FOLDER = Path(__file__).parents[1] / "robots"
Parameter = str | bool | int | float | list[str]


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


def known_robots(folder: Path = FOLDER) -> list[str]:
    """Names of the profiles that are shipped."""
    return sorted(path.stem for path in folder.glob("*.yaml"))


def load_robot(name: str, folder: Path = FOLDER) -> RobotProfile:
    """Read a profile by its name, or from a file of one's own (``…/my_robot.yaml``).

    Raises:
        UserError: there is none of that name.
        ConfigError: the file is wrong.
    """
    path = Path(name) if name.endswith((".yaml", ".yml")) else folder / f"{name}.yaml"
    if not path.is_file():
        known = known_robots(folder)
        raise UserError(
            f"there is no robot '{name}'; {did_you_mean(name, known)}; a profile of your own is given by its path, "
            "which ends in .yaml"
        )
    profile, _ = parse_yaml(RobotProfile, read_text(path), str(path), "nodes")
    return profile.model_copy(update={"folder": path.resolve().parent})
