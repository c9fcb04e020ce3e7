# SPDX-License-Identifier: Apache-2.0
"""What a page may ask for."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from agent_planner.agent.conversation import MAX_INSTRUCTION
from agent_planner.errors import did_you_mean, fault_text
from agent_planner.scene.plain import plain

Fraction = Annotated[float, Field(ge=-1, le=1, strict=True)]
Axes = tuple[Fraction, Fraction, Fraction]
_Text = Annotated[str, Field(max_length=500)]


# Of what is told of a fault.
_LONGEST = 300


class BadCommand(Exception):
    """Nothing that is known here; the message says what would be right."""


class _Command(BaseModel):
    """``n`` is greater than that of every command before on the same connection."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    n: Annotated[int, Field(ge=0, lt=2**53, strict=True)]


class Instruct(_Command):
    """Carry out an instruction."""

    do: Literal["instruct"]
    instruction: Annotated[str, Field(max_length=MAX_INSTRUCTION)]
    # A person has the robot at `teleop`: no level at which an instruction is carried out.
    autonomy: Literal["", "auto", "confirm", "plan_only"] = ""


class Reply(_Command):
    """Answer a question."""

    do: Literal["answer"]
    id: _Text
    answer: _Text


class SetLevel(_Command):
    """Change the level of autonomy."""

    do: Literal["autonomy"]
    level: Literal["auto", "confirm", "plan_only", "teleop"]


class Drive(_Command):
    """Drive: fractions of what the robot may do."""

    do: Literal["drive"]
    linear: Fraction
    angular: Fraction


class Jog(_Command):
    """Move the end effector: fractions, in its own frame."""

    do: Literal["jog"]
    linear: Axes
    angular: Axes


class Gripper(_Command):
    """Open the gripper, 0 to 1."""

    do: Literal["gripper"]
    opening: Annotated[float, Field(ge=0, le=1, strict=True)]


class Stop(_Command):
    """Stop the robot."""

    do: Literal["stop"]
    reason: str = ""


class Plain(_Command):
    """What needs no arguments."""

    do: Literal["cancel", "take_over", "give_back", "reset", "beat"]


Command = Instruct | Reply | SetLevel | Drive | Jog | Gripper | Stop | Plain
_ADAPTER: TypeAdapter[Command] = TypeAdapter(Annotated[Command, Field(discriminator="do")])
NAMES = (
    *("instruct", "cancel", "answer", "autonomy", "take_over", "give_back"),
    *("drive", "jog", "gripper", "stop", "reset", "beat"),
)


def read_command(data: Any) -> Command:
    """A command from what came as JSON.

    Raises:
        BadCommand: it is none.
    """
    if not isinstance(data, dict):
        raise BadCommand('a command is a JSON object, e.g. {"do": "cancel", "n": 1}')
    name = data.get("do")
    if name not in NAMES:
        raise BadCommand(f"there is no command '{plain(str(name), 40)}'; {did_you_mean(str(name)[:40], NAMES)}")
    try:
        return _ADAPTER.validate_python(data)
    except ValidationError as error:
        fault = error.errors(include_url=False, include_input=False)[0]
        # The first place is the command's own name.
        raise BadCommand(f"{name}: {fault_text({**fault, 'loc': fault['loc'][1:]})[:_LONGEST]}") from error
