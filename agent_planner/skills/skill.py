# SPDX-License-Identifier: Apache-2.0
"""One skill: parameters, needs and makes, limits, and its binding to a ROS action or service."""

import json
import re
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, field_validator, model_validator

from agent_planner.errors import CallRefused, did_you_mean
from agent_planner.scene import SceneGraph
from agent_planner.scene.predicates import SCENE_PREDICATES
from agent_planner.skills.parameter import Parameter
from agent_planner.skills.pattern import Pattern
from agent_planner.types import Atom, Call, Value

# In the fields of a binding: `{parameter}`, `{parameter.field}`.
PLACEHOLDER = re.compile(r"\{([a-z][a-z0-9_]*(?:\.[A-Za-z0-9_]+)*)\}")


def _type_name(text: str) -> str:
    if not re.fullmatch(r"[A-Za-z]\w*/(action|srv)/[A-Za-z]\w*", text, re.ASCII):
        raise ValueError(f"'{text}' is no type: package/action/Name or package/srv/Name is")
    return text


def _skill_name(text: str) -> str:
    if not re.fullmatch(r"[a-z][a-z0-9_]{0,39}", text):
        raise ValueError(f"'{text}' is no name: a lower-case letter and up to 39 more, digits or _ are")
    return text


def _parameter_name(text: str) -> str:
    if not re.fullmatch(r"[a-z][a-z0-9_]*", text):
        raise ValueError(f"'{text}' is no name: a lower-case letter and more of them, digits or _ are")
    return text


def _on_one_line(text: str) -> str:
    return " ".join(text.split())


class _Binding(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(min_length=1, description="Name of the server, relative to the planner's namespace.")
    type: Annotated[str, AfterValidator(_type_name)] = Field(description="e.g. nav2_msgs/action/NavigateToPose")
    success: dict[str, Any] = Field(
        default_factory=dict,
        description="Result fields (dotted for nested ones) that must be equal; `any` takes a list of "
        "alternatives. Empty: the action's status alone counts.",
    )


class ActionBinding(_Binding):
    """A ROS action; ``goal`` holds its fields, with ``{parameter}`` or ``{parameter.field}`` put in as data."""

    goal: dict[str, Any] = Field(default_factory=dict)


class ServiceBinding(_Binding):
    """A ROS service. ``stop`` names a service (std_srvs/Trigger) that ends the motion it starts."""

    request: dict[str, Any] = Field(default_factory=dict)
    stop: str = ""


class Skill(BaseModel):
    """What the robot can do, as one entry of a library's YAML file.

    Attributes:
        retries: how often a call that failed may be tried again. Then it is left out where other calls lead to the
            goal, too; else the instruction ends as failed.
        refutes: by the code of a result, the needs that do not hold after all where a call fails with it, e.g.
            ``NO_IK: [at(object)]``: the robot is near, but cannot reach it from there. A skill has to make them anew.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Annotated[str, AfterValidator(_skill_name)]
    description: Annotated[str, BeforeValidator(_on_one_line), Field(min_length=1, max_length=200)]
    parameters: dict[Annotated[str, AfterValidator(_parameter_name)], Parameter] = Field(default_factory=dict)
    needs: tuple[Pattern, ...] = ()
    makes: tuple[Pattern, ...] = ()
    refutes: dict[str, tuple[Pattern, ...]] = Field(default_factory=dict)
    retries: int = Field(default=1, ge=0, le=20)
    timeout_s: float = Field(default=60.0, gt=0, allow_inf_nan=False)
    risk: Literal["low", "medium", "high"] = "low"
    action: ActionBinding | None = None
    service: ServiceBinding | None = None

    @field_validator("needs", "makes", mode="before")
    @classmethod
    def _read_patterns(cls, value: object) -> object:
        if isinstance(value, list | tuple):
            return tuple(Pattern.parse(v) if isinstance(v, str) else v for v in value)
        return value

    @field_validator("refutes", mode="before")
    @classmethod
    def _read_refuted(cls, value: object) -> object:
        return {k: cls._read_patterns(v) for k, v in value.items()} if isinstance(value, dict) else value

    @model_validator(mode="after")
    def _is_consistent(self) -> "Skill":
        for pattern in (*self.needs, *self.makes):
            for arg in pattern.args:
                if arg not in self.parameters:
                    raise ValueError(f"{pattern}: no parameter '{arg}'; {did_you_mean(arg, self.parameters)}")
        for pattern in (p for refuted in self.refutes.values() for p in refuted):
            if pattern not in self.needs:
                raise ValueError(f"refutes: {pattern} is none of the skill's needs")
            if pattern.negated or pattern.name in SCENE_PREDICATES and pattern.name != "at":
                raise ValueError(f"refutes: whether {pattern} holds is the scene's to tell; `at` can be refuted")
        if self.action and self.service:
            raise ValueError("bind a skill to an action or to a service, not to both")
        return self

    def check(self, args: Mapping[str, object], scene: SceneGraph) -> dict[str, Value]:
        """Return the arguments in the skill's order, each in its own type.

        Raises:
            CallRefused: an argument is missing, unknown or not admitted, or an entity stands for two.
        """
        unknown = [name for name in args if name not in self.parameters]
        if unknown:
            raise CallRefused(
                "UNKNOWN_ARGUMENT",
                f"{self.name} has no '{unknown[0]}'; {did_you_mean(unknown[0], self.parameters)}",
            )
        missing = [name for name in self.parameters if name not in args]
        if missing:
            raise CallRefused("MISSING_ARGUMENT", f"{self.name} needs {', '.join(missing)}")
        checked = {name: p.check(name, args[name], scene) for name, p in self.parameters.items()}
        seen: dict[Value, str] = {}
        for name, value in checked.items():
            if self.parameters[name].type == "entity" and (other := seen.setdefault(value, name)) != name:
                raise CallRefused("SAME_ENTITY", f"{self.name}: {other} and {name} cannot both be '{value}'")
        return checked

    def entities(self, call: Call) -> dict[str, Value]:
        """Those of the call's arguments that are things of the scene."""
        return {name: value for name, value in call.args.items() if self.parameters[name].type == "entity"}

    def needed(self, call: Call) -> tuple[Atom, ...]:
        """What must hold before that call."""
        return tuple(p.ground(call.args) for p in self.needs)

    def made(self, call: Call) -> tuple[Atom, ...]:
        """What holds after that call went well."""
        return tuple(p.ground(call.args) for p in self.makes)

    def refuted(self, call: Call, code: str) -> tuple[Atom, ...]:
        """Which of the call's needs do not hold after all, where it failed with that code."""
        return tuple(p.ground(call.args) for p in self.refutes.get(code, ()))

    def told(self, parameter: str) -> tuple[str, ...]:
        """What the binding tells the server of a parameter: ``pose.x`` for each ``{parameter.pose.x}``."""
        fields = self.action.goal if self.action else self.service.request if self.service else {}
        paths = (path.partition(".") for path in PLACEHOLDER.findall(json.dumps(fields)))
        return tuple(rest for first, _, rest in paths if first == parameter and rest)

    def named_poses(self, parameter: str) -> tuple[str, ...]:
        """The names in every ``{parameter.poses.NAME}`` of the binding."""
        return tuple(path.removeprefix("poses.") for path in self.told(parameter) if path.startswith("poses."))

    def line(self) -> str:
        """The skill's line in the prompt; it ends in what the skill makes, followed by its name."""
        text = f"{self.name}({', '.join(self.parameters)}): {self.description}"
        if self.needs:
            text += f" needs: {', '.join(map(str, self.needs))}."
        effect = ", ".join(map(str, self.makes)) if self.makes else f"did({', '.join([self.name, *self.parameters])})"
        return f"{text} makes: {effect} by {self.name}"
