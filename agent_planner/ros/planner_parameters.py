# SPDX-License-Identifier: Apache-2.0
"""The planner node's parameters."""

import os
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from rclpy.node import Node

from agent_planner.agent.limits import LoopConfig
from agent_planner.errors import UserError
from agent_planner.recording.space import MB, Space
from agent_planner.ros.node_parameters import Declared, declare
from agent_planner.ros.waiting import Limits
from agent_planner.safety.policy import Policy, policy_path
from agent_planner.scene.geometry import Reach
from agent_planner.skills import SkillLibrary
from agent_planner.skills.library import library_file
from agent_planner.types import Autonomy, Level

AUTONOMY = Declared(
    "autonomy",
    Autonomy.AUTO.value,
    "What may happen without asking a person; an instruction may ask for less of it, not for more.",
    choices=tuple(a.value for a in Autonomy),
    changeable=True,
)
# What tells afterwards how an episode went; pictures are large, and recorded where somebody names them.
RECORDED = (
    "scene_graph",
    "plan_status",
    "operator_requests",
    "stop_report",
    "teleop_state",
    "/tf",
    "/tf_static",
    "joint_states",
    "odom",
    "cmd_vel",
)
DECLARED = (
    Declared(
        "skills_file", "", "Skill library: the name of a shipped one or a file; empty: that of the motion servers."
    ),
    Declared(
        "policy_file",
        "",
        "Safety policy: the name of a shipped one (simulation) or a file; empty: a person is asked for every call.",
    ),
    Declared("model", "default", "Language model: default, a folder or name, or an endpoint."),
    Declared(
        "level",
        Level.APPLICABLE.value,
        "How far decoding is constrained.",
        choices=tuple(level.value for level in Level),
    ),
    Declared("look_ahead", True, "Refuse calls after which the goal is out of reach or no nearer."),
    AUTONOMY,
    Declared(
        "by_parts", True, "Have the goal of a long instruction stated part by part; a large model needs no such help."
    ),
    Declared("check_plan", False, "Check the whole plan before the first motion, also at autonomy auto."),
    Declared("look_for_missing", True, "Look into closed places before a thing that is named counts as missing."),
    Declared(
        "ask_before_giving_up",
        True,
        "Ask a person, where one listens on operator_requests, before an instruction ends for want of other means.",
    ),
    Declared("max_turns", LoopConfig.max_turns, "The model's turns in one instruction.", low=1, high=1000),
    Declared("max_seconds", LoopConfig.max_seconds, "ROS time that one instruction may take.", low=1.0, high=86400.0),
    Declared("autostart", True, "Configure and activate without being asked to."),
    Declared("runs_folder", "", "Where episodes are recorded, a folder each; empty: nowhere."),
    Declared(
        "record_topics",
        list(RECORDED),
        "Topics recorded into an MCAP file beside each episode, where there is a runs_folder; [''] for none.",
    ),
    Declared("record_limit_mb", 4000, "MB in the runs_folder; more is not recorded of topics.", low=1, high=10**9),
    Declared("record_episode_limit_mb", 250, "MB that one episode's MCAP file may hold.", low=1, high=10**9),
    Declared(
        "record_keep",
        True,
        "Never delete a recording; false: the oldest MCAP files make way for new ones at record_limit_mb.",
    ),
    Declared("place_reach_m", 0.6, "How near to a place's footprint the base is `at` it.", low=0.0, high=10.0),
    Declared("object_reach_m", 0.85, "How near to an object's centre the base is `at` it.", low=0.0, high=10.0),
    Declared("base_radius_m", 0.3, "Of the base: it is sent where that much is free on `map`.", low=0.0, high=5.0),
    Declared("scene_timeout_s", 5.0, "How long to wait for a scene newer than a result.", low=0.1, high=600.0),
    Declared("operator_timeout_s", 120.0, "How long to wait for a person's answer.", low=0.1, high=86400.0),
    Declared("server_timeout_s", 5.0, "How long a skill's server may take to appear.", low=0.1, high=600.0),
    Declared("accept_timeout_s", 5.0, "How long it may take to answer a goal.", low=0.1, high=600.0),
    Declared("cancel_timeout_s", 10.0, "How long it may take to come to rest.", low=0.1, high=600.0),
    Declared(
        "supervisor_timeout_s",
        2.0,
        "Silence of the supervisor after which nothing is done any more (steady time).",
        low=0.3,
        high=60.0,
    ),
    Declared(
        "steady_cap_factor",
        5.0,
        "A skill's time-out is in ROS time; this many times the same in steady time end it too.",
        low=1.0,
        high=1000.0,
    ),
)


@dataclass(frozen=True)
class PlannerParameters:
    """The values, by the same names."""

    skills_file: str
    policy_file: str
    model: str
    level: str
    look_ahead: bool
    autonomy: str
    by_parts: bool
    check_plan: bool
    look_for_missing: bool
    ask_before_giving_up: bool
    max_turns: int
    max_seconds: float
    autostart: bool
    runs_folder: str
    record_topics: list[str]
    record_limit_mb: int
    record_episode_limit_mb: int
    record_keep: bool
    place_reach_m: float
    object_reach_m: float
    base_radius_m: float
    scene_timeout_s: float
    operator_timeout_s: float
    server_timeout_s: float
    accept_timeout_s: float
    cancel_timeout_s: float
    supervisor_timeout_s: float
    steady_cap_factor: float

    @classmethod
    def declared_on(cls, node: Node) -> "PlannerParameters":
        """Declare them on a node; errors as in `declare`."""
        values = declare(node, DECLARED)
        return cls(**{field.name: values[field.name] for field in fields(cls)})

    @property
    def library_path(self) -> Path:
        """The skill library's file; raises ConfigError where there is none."""
        return library_file(self.skills_file)

    def policy(self, library: SkillLibrary) -> Policy | None:
        """The safety policy, held against the library; None where none is given.

        Raises:
            ConfigError: there is no such file, or it is wrong.
        """
        return Policy.load(policy_path(self.policy_file), library) if self.policy_file else None

    def check_runs_folder(self) -> None:
        """Make the folder for episodes, if there is to be one.

        Raises:
            UserError: it cannot be written to.
        """
        if not self.runs_folder:
            return
        folder = Path(self.runs_folder).expanduser()
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise UserError(f"runs_folder {folder} cannot be made: {error.strerror}") from error
        if not os.access(folder, os.W_OK):
            raise UserError(f"runs_folder {folder} cannot be written to")

    @property
    def recorded(self) -> list[str]:
        """The topics that are to be recorded; ROS has no empty list, so an empty name stands for none."""
        return [topic for topic in self.record_topics if topic] if self.runs_folder else []

    @property
    def space(self) -> Space:
        """What recordings may take."""
        return Space(
            Path(self.runs_folder).expanduser(),
            self.record_limit_mb * MB,
            self.record_episode_limit_mb * MB,
            self.record_keep,
        )

    @property
    def reach(self) -> Reach:
        """What counts as near enough, for scenes that do not say it."""
        return Reach(place_m=self.place_reach_m, object_m=self.object_reach_m)

    @property
    def limits(self) -> Limits:
        """Bounds of a dispatch."""
        return Limits(
            self.server_timeout_s,
            self.accept_timeout_s,
            self.cancel_timeout_s,
            cap_factor=self.steady_cap_factor,
        )

    def loop_config(self, autonomy: Autonomy, check_plan: bool = False) -> LoopConfig:
        """Limits and switches of one episode; ``check_plan`` is the instruction's own wish."""
        return LoopConfig(
            Level(self.level),
            self.look_ahead,
            autonomy,
            self.max_turns,
            self.max_seconds,
            by_parts=self.by_parts,
            check_plan=check_plan or self.check_plan,
            look_for_missing=self.look_for_missing,
            ask_before_giving_up=self.ask_before_giving_up,
        )

    def as_dict(self) -> dict[str, Any]:
        """For the record."""
        return asdict(self)
