# SPDX-License-Identifier: Apache-2.0
"""From a call to a ROS message, and from a result to what it means. What stands in the fields: `placeholders`."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from agent_planner.errors import UserError
from agent_planner.ros.interface_types import InterfaceMissing, load_interface
from agent_planner.ros.message_fields import FieldError, fill, owner_of, read
from agent_planner.ros.placeholders import substituted
from agent_planner.scene import Pose, SceneGraph, ScenePlace
from agent_planner.skills import ActionBinding, Parameter, ServiceBinding, Skill
from agent_planner.types import Call, Value

_CODE_FIELDS = ("error_code", "error_code.val", "code")
_TEXT_FIELDS = ("error_msg", "message", "error_message", "error_string")
ANY = "any"


@dataclass(frozen=True)
class Judgement:
    """What a result's fields say: success, the name of its code (or its number), and its message."""

    ok: bool
    code: str
    message: str


def request_of(skill: Skill, call: Call, scene: SceneGraph) -> Any:
    """Build the goal of an action or the request of a service from a checked call.

    Raises:
        UserError: the binding does not fit its type or its parameters (`check_binding` would have told).
    """
    message, fields, _ = _parts(skill)
    fill(message, substituted(fields, skill, call, scene))
    return message


def judge(result: Any, success: Mapping[str, Any]) -> Judgement:
    """Hold a result against a binding's rules; without rules the fields count as success."""
    ok = _holds(result, success)
    paths = [*(path for path in success if path != ANY), *_CODE_FIELDS]
    code = next((name for path in paths if (name := _code(result, path))), "")
    texts = (getattr(result, name, "") for name in _TEXT_FIELDS)
    return Judgement(ok, code, next((text for text in texts if isinstance(text, str) and text), ""))


def check_binding(skill: Skill) -> list[str]:
    """Return what is wrong with a skill's binding, held against the installed type; empty if nothing is.

    A type that is not installed is a fault too; `interface_types.is_installed` tells that apart.
    """
    if not (skill.action or skill.service):
        return ["the skill is bound to nothing; give it an `action` or a `service`"]
    try:
        message, fields, result = _parts(skill)
    except InterfaceMissing as error:
        return [str(error)]
    problems: dict[str, None] = {}  # each once, though several words of an enum may have it
    for call, scene in _samples(skill):
        for name, data in fields.items():
            try:
                fill(message, {name: substituted(data, skill, call, scene)})
            except UserError as error:
                problems[str(error)] = None
    return [*problems, *_rule_faults(result, _binding(skill).success)]


def _binding(skill: Skill) -> ActionBinding | ServiceBinding:
    binding = skill.action or skill.service
    if binding is None:
        raise UserError(f"the skill '{skill.name}' is bound to no action and no service")
    return binding


def _parts(skill: Skill) -> tuple[Any, Mapping[str, Any], Any]:
    """An empty request, the template of its fields, and an empty result."""
    kind = load_interface(_binding(skill).type)
    if skill.action:
        _of_kind(skill.action.type, "action")
        return kind.Goal(), skill.action.goal, kind.Result()
    assert skill.service is not None
    _of_kind(skill.service.type, "srv")
    return kind.Request(), skill.service.request, kind.Response()


def _of_kind(name: str, kind: str) -> None:
    if f"/{kind}/" not in name:
        raise InterfaceMissing(f"{name} is no {kind} type")


def _holds(result: Any, rules: Mapping[str, Any]) -> bool:
    for path, wanted in rules.items():
        if path == ANY:
            if not any(_holds(result, alternative) for alternative in wanted):
                return False
        elif read(result, path) != wanted:
            return False
    return True


def _code(result: Any, path: str) -> str:
    """The name of the constant that a code field has the value of, else its number; empty for 0 and no code."""
    try:
        owner, field = owner_of(result, path)
    except FieldError:
        return ""
    value = getattr(owner, field)
    if isinstance(value, bool) or not isinstance(value, int) or value == 0:
        return ""
    names = [n for n, v in vars(type(owner)).items() if n.isupper() and type(v) is int and v == value]
    return names[0] if names else str(value)


def _rule_faults(result: Any, rules: Mapping[str, Any]) -> list[str]:
    problems = []
    for path, wanted in rules.items():
        if path == ANY:
            if not isinstance(wanted, list) or not wanted or not all(isinstance(a, Mapping) for a in wanted):
                problems.append("success.any takes a list of alternatives, each a mapping of fields")
            else:
                problems += [fault for alternative in wanted for fault in _rule_faults(result, alternative)]
            continue
        try:
            owner, field = owner_of(result, path)
            fill(owner, {field: wanted})
        except UserError as error:
            problems.append(f"success: {error}")
    return problems


def _samples(skill: Skill) -> Iterator[tuple[Call, SceneGraph]]:
    """Calls, with a scene, in which all parameters have a value of their kind.

    Each word of an enum comes up, and of a number both bounds: where these are whole, the field may be an integer.
    """
    samples = {name: _sample_values(name, parameter) for name, parameter in skill.parameters.items()}
    places = tuple(
        ScenePlace(name=_sample_name(name), poses=dict.fromkeys(skill.named_poses(name), Pose()))
        for name, parameter in skill.parameters.items()
        if parameter.type == "entity"
    )
    for i in range(max(map(len, samples.values()), default=1)):
        values = {name: found[i % len(found)] for name, found in samples.items()}
        yield Call(skill.name, values), SceneGraph(places=places)


def _sample_name(parameter: str) -> str:
    return parameter.replace("_", " ")


def _sample_values(name: str, parameter: Parameter) -> tuple[Value, ...]:
    match parameter.type:
        case "entity":
            return (_sample_name(name),)
        case "number":
            bounds = (parameter.minimum, parameter.maximum)
            return tuple(bound for bound in bounds if bound is not None)
        case "enum":
            return parameter.values
    return ("",)
