# SPDX-License-Identifier: Apache-2.0
"""Who has the robot, as it is told on ``teleop_state``: a DiagnosticStatus, whose values are these fields."""

import math
from dataclasses import asdict, dataclass

from diagnostic_msgs.msg import DiagnosticStatus, KeyValue


@dataclass(frozen=True)
class TeleopState:
    """The takeover that is in force, or else the last one.

    Attributes:
        active: whether a person has the robot.
        source: stick (a command on ``cmd_vel_teleop`` that was not zero) or service (``take_over``); empty: none yet.
        number: counts the takeovers since the supervisor began.
        since: ROS time at which it began, seconds.
        seconds: how long it has lasted, steady time.
        distance_m: how far the base was driven in it, metres.
    """

    active: bool = False
    source: str = ""
    number: int = 0
    since: float = 0.0
    seconds: float = 0.0
    distance_m: float = 0.0

    @property
    def text(self) -> str:
        """For a person."""
        if not self.number:
            return "the skills have the robot"
        if self.active:
            return f"a person has the robot ({self.source}), for {self.seconds:.1f} s"
        return f"given back after {self.seconds:.1f} s and {self.distance_m:.2f} m"

    def message(self, name: str) -> DiagnosticStatus:
        """As it goes out; ``name`` is the node that tells it."""
        fields = asdict(self) | {"active": str(self.active).lower()}
        fields |= {key: f"{fields[key]:.3f}" for key in ("since", "seconds", "distance_m")}
        return DiagnosticStatus(
            name=f"{name.lstrip('/')}: teleop",
            hardware_id="agent_planner",
            level=DiagnosticStatus.WARN if self.active else DiagnosticStatus.OK,
            message=self.text,
            values=[KeyValue(key=key, value=str(value)) for key, value in fields.items()],
        )


def teleop_state_of(message: DiagnosticStatus) -> TeleopState:
    """Read one; what is not told, or cannot be read, keeps its default, but who has the robot must be said.

    Raises:
        ValueError: the field ``active`` is neither true nor false.
    """
    told = {value.key: value.value for value in message.values}
    if told.get("active") not in ("true", "false"):
        raise ValueError(f"'{message.name}': active is '{told.get('active', '')}'; true or false was expected")
    return TeleopState(
        told["active"] == "true",
        told.get("source", ""),
        int(_number(told.get("number"))),
        _number(told.get("since")),
        _number(told.get("seconds")),
        _number(told.get("distance_m")),
    )


def _number(text: str | None) -> float:
    try:
        value = float(text or 0)
    except ValueError:
        return 0.0
    return value if math.isfinite(value) else 0.0
