# SPDX-License-Identifier: Apache-2.0
"""From a call to a ROS message, and from a result to what it means: data only, nothing is evaluated.

In the fields of a binding ``{parameter}`` stands for an argument of the call. Of an entity, ``{parameter.FIELD}``
takes `FIELDS`: ``{target.pose}``, ``{target.pose.x}``, ``{target.approach_pose}``, ``{target.category}`` … A text that
is nothing but one placeholder keeps the value's type. ``{call.skill}`` is the skill's name, ``{call.arguments}`` all
arguments as a JSON object.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from agent_planner.errors import UserError, did_you_mean
from agent_planner.ros.interface_types import InterfaceMissing, load_interface
from agent_planner.ros.message_fields import FieldError, fill, owner_of, read
from agent_planner.scene import Pose, SceneGraph, SceneObject
from agent_planner.scene.approach import approach_pose
from agent_planner.skills import ActionBinding, Parameter, ServiceBinding, Skill
from agent_planner.types import Call, Value

FIELDS = ("name", "category", "color", "pose", "size", "approach_pose")
_CALL = "call"
_PLACEHOLDER = re.compile(r"\{([a-z][a-z0-9_]*(?:\.[a-z_]+)*)\}")
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


def substituted(data: Any, skill: Skill, call: Call, scene: SceneGraph) -> Any:
    """Return the data with every placeholder replaced."""
    if isinstance(data, Mapping):
        return {key: substituted(value, skill, call, scene) for key, value in data.items()}
    if isinstance(data, list | tuple):
        return [substituted(value, skill, call, scene) for value in data]
    if not isinstance(data, str):
        return data
    whole = _PLACEHOLDER.fullmatch(data)
    if whole:
        return _value(whole[1], skill, call, scene)
    return _PLACEHOLDER.sub(lambda match: _as_text(_value(match[1], skill, call, scene), match[0]), data)


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
    call, scene = _sample(skill)
    problems = []
    for name, data in fields.items():
        try:
            fill(message, {name: substituted(data, skill, call, scene)})
        except UserError as error:
            problems.append(str(error))
    return problems + _rule_faults(result, _binding(skill).success)


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


def _value(path: str, skill: Skill, call: Call, scene: SceneGraph) -> Any:
    first, *rest = path.split(".")
    if first == _CALL and first not in skill.parameters:
        return _of_call(path, rest, call)
    if first not in skill.parameters:
        raise UserError(
            f"'{{{path}}}': {skill.name} has no parameter '{first}'; {did_you_mean(first, skill.parameters)}"
        )
    if not rest:
        return call.args[first]
    if skill.parameters[first].type != "entity":
        raise UserError(f"'{{{path}}}': '{first}' is a {skill.parameters[first].type} and has no fields")
    return _of_entity(path, rest, scene, str(call.args[first]))


def _of_call(path: str, rest: list[str], call: Call) -> str:
    match rest:
        case ["skill"]:
            return call.skill
        case ["arguments"]:
            return json.dumps(dict(call.args), ensure_ascii=False)
    raise UserError(f"'{{{path}}}': write {{call.skill}} or {{call.arguments}}")


def _of_entity(path: str, rest: list[str], scene: SceneGraph, name: str) -> Any:
    entity = scene.entity(name)
    field, *inner = rest
    if field not in FIELDS:
        raise UserError(f"'{{{path}}}': an entity has no '{field}'; {did_you_mean(field, FIELDS)}")
    value: Any = approach_pose(entity, scene) if field == "approach_pose" else getattr(entity, field)
    if not inner:
        return list(value) if field == "size" else value
    parts = dict(zip("xyz", value, strict=True)) if field == "size" else _pose_parts(value)
    if len(inner) > 1 or inner[0] not in parts:
        raise UserError(f"'{{{path}}}': '{field}' has no '{'.'.join(inner)}'; {did_you_mean(inner[0], parts)}")
    return parts[inner[0]]


def _pose_parts(value: Any) -> dict[str, float]:
    return value._asdict() if isinstance(value, Pose) else {}


def _as_text(value: Any, placeholder: str) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise UserError(f"'{placeholder}' cannot stand inside a text")
    return value if isinstance(value, str) else f"{value:g}"


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


def _sample(skill: Skill) -> tuple[Call, SceneGraph]:
    """A call and a scene in which all parameters have a value of their kind."""
    values: dict[str, Value] = {}
    objects = []
    for name, parameter in skill.parameters.items():
        values[name] = _sample_value(name, parameter)
        if parameter.type == "entity":
            objects.append(SceneObject(name=str(values[name])))
    return Call(skill.name, values), SceneGraph(objects=tuple(objects))


def _sample_value(name: str, parameter: Parameter) -> Value:
    match parameter.type:
        case "entity":
            return name.replace("_", " ")
        case "number":
            assert parameter.minimum is not None
            return parameter.minimum
        case "enum":
            return parameter.values[0]
    return ""
