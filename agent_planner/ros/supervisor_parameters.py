# SPDX-License-Identifier: Apache-2.0
"""The supervisor's parameters."""

from dataclasses import dataclass, fields
from pathlib import Path

from rclpy.node import Node
from rclpy.parameter import Parameter

from agent_planner.ros.names import LEASE_S
from agent_planner.ros.node_parameters import Declared, declare
from agent_planner.ros.rest_watch import RestLimits
from agent_planner.safety.velocity import Limits
from agent_planner.skills.library import library_file

STOP, CONTINUE = "stop", "continue"
MOBILE, FIXED = "mobile", "fixed"
DECLARED = (
    Declared(
        "skills_file",
        "",
        "Skill library (YAML) whose servers are stopped, the planner's; empty: that of the shipped motion servers.",
    ),
    Declared("use_stamped", False, "TwistStamped instead of Twist, on every topic."),
    Declared("base_frame", "base_link", "Frame of stamped commands."),
    Declared("max_linear", 0.5, "Metres per second.", low=0.0, high=10.0),
    Declared("max_angular", 1.2, "Radians per second.", low=0.0, high=20.0),
    Declared(
        "timeout_s", 0.5, "After this long without a command an input is silent (steady time).", low=0.05, high=5.0
    ),
    Declared(
        "teleop_release_s",
        0.0,
        "Silence of cmd_vel_teleop that gives back what it took over (steady time); 0: only a person does.",
        low=0.0,
        high=3600.0,
    ),
    Declared("rate", 30.0, "Commands per second to the base, also while it stands.", low=20.0, high=500.0),
    Declared("start_stopped", False, "Begin stopped, so that a person must reset: for one that was respawned."),
    Declared(
        "heartbeat_timeout_s",
        2.0,
        "Silence of the planner after which everything is stopped (steady time). The base stands after timeout_s.",
        low=0.2,
        high=LEASE_S,
    ),
    Declared("on_operator_loss", CONTINUE, "When operator_heartbeat falls silent.", choices=(STOP, CONTINUE)),
    Declared("operator_timeout_s", 1.0, "Silence of the operator's link that counts as its loss.", low=0.1, high=600.0),
    Declared("on_scene_loss", CONTINUE, "When scene_graph falls silent while goals run.", choices=(STOP, CONTINUE)),
    Declared("scene_timeout_s", 5.0, "Silence of the scene that counts as its loss.", low=0.1, high=600.0),
    Declared("base", MOBILE, "mobile: its rest is seen on odom; fixed: it has none.", choices=(MOBILE, FIXED)),
    Declared(
        "arm_joints",
        Parameter.Type.STRING_ARRAY,
        "The arm's joints: whether they rest is measured on joint_states, and on a stop one point on "
        "arm_controller/joint_trajectory holds them.",
    ),
    Declared(
        "arm_action",
        "",
        "Name of the arm's FollowJointTrajectory action: where it is set, its goals are cancelled instead of that. "
        "Without arm_joints it is not known whether the arm rests.",
    ),
    Declared("rest_linear", 0.01, "Up to this the base stands still, metres per second.", low=0.0, high=1.0),
    Declared("rest_angular", 0.02, "Up to this the base stands still, radians per second.", low=0.0, high=1.0),
    Declared("rest_joint", 0.03, "Up to this an arm's joint stands still, radians per second.", low=0.0, high=1.0),
)


@dataclass(frozen=True)
class SupervisorParameters:
    """The values, by the same names."""

    skills_file: str
    use_stamped: bool
    base_frame: str
    max_linear: float
    max_angular: float
    timeout_s: float
    teleop_release_s: float
    rate: float
    start_stopped: bool
    heartbeat_timeout_s: float
    on_operator_loss: str
    operator_timeout_s: float
    on_scene_loss: str
    scene_timeout_s: float
    base: str
    arm_joints: list[str] | None
    arm_action: str
    rest_linear: float
    rest_angular: float
    rest_joint: float

    @classmethod
    def declared_on(cls, node: Node) -> "SupervisorParameters":
        """Declare them on a node; errors as in `declare`."""
        values = declare(node, DECLARED)
        return cls(**{field.name: values[field.name] for field in fields(cls)})

    @property
    def library_path(self) -> Path:
        """The skill library's file; raises ConfigError where there is none."""
        return library_file(self.skills_file)

    @property
    def limits(self) -> Limits:
        """What no velocity exceeds."""
        return Limits(self.max_linear, self.max_angular)

    @property
    def joints(self) -> tuple[str, ...]:
        """The arm's joints, none where they are not told."""
        return tuple(name for name in self.arm_joints or () if name)

    @property
    def base_is_fixed(self) -> bool:
        """Whether nothing drives."""
        return self.base == FIXED

    @property
    def rest_limits(self) -> RestLimits:
        """What counts as standing still."""
        return RestLimits(self.rest_linear, self.rest_angular, self.rest_joint)
