# SPDX-License-Identifier: Apache-2.0
"""Placeholders in a binding's fields, and what stands in their place: data only, nothing is evaluated.

In the fields of a binding ``{parameter}`` stands for an argument of the call. Of an entity, ``{parameter.FIELD}``
takes `FIELDS`: ``{target.pose}``, ``{target.pose.x}``, ``{target.approach_pose}``, ``{target.poses.NAME}``,
``{target.category}`` … Of a number with the unit deg or rad, ``{angle.rad}`` and ``{angle.deg}`` are the angle in that
unit. Of an enum whose words stand for data, ``{posture.data}`` is what the word stands for, ``{posture.data.NAME}`` a
part of it. A text that is nothing but one placeholder keeps the value's type. ``{call.skill}`` is the skill's name,
``{call.arguments}`` all arguments as a JSON object.
"""

import json
import math
from collections.abc import Mapping
from typing import Any

from agent_planner.errors import UserError, did_you_mean
from agent_planner.scene import Pose, SceneGraph, ScenePlace
from agent_planner.scene.approach import approach_pose
from agent_planner.scene.graph import Entity
from agent_planner.skills import Parameter, Skill
from agent_planner.skills.skill import PLACEHOLDER
from agent_planner.types import Call, number_text

FIELDS = ("name", "category", "color", "pose", "size", "approach_pose", "poses")
_CALL = "call"
_ANGLES = {"rad": math.radians, "deg": math.degrees}


def substituted(data: Any, skill: Skill, call: Call, scene: SceneGraph) -> Any:
    """Return the data with every placeholder replaced."""
    if isinstance(data, Mapping):
        return {key: substituted(value, skill, call, scene) for key, value in data.items()}
    if isinstance(data, list | tuple):
        return [substituted(value, skill, call, scene) for value in data]
    if not isinstance(data, str):
        return data
    whole = PLACEHOLDER.fullmatch(data)
    if whole:
        return _value(whole[1], skill, call, scene)
    return PLACEHOLDER.sub(lambda match: _as_text(_value(match[1], skill, call, scene), match[0]), data)


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
    parameter, value = skill.parameters[first], call.args[first]
    match parameter.type, rest:
        case "entity", _:
            return _of_entity(path, rest, scene, str(value))
        case "number", [unit] if unit in _ANGLES and parameter.unit in _ANGLES:
            return value if unit == parameter.unit else _ANGLES[unit](float(value))
        case "number", [unit] if unit in _ANGLES:
            raise UserError(f"'{{{path}}}': the unit of '{first}' is '{parameter.unit}'; an angle's is deg or rad")
        case "enum", ["data", *inner] if parameter.data:
            return _of_data(path, inner, parameter.data[str(value)])
    raise UserError(f"'{{{path}}}': '{first}' is {_with_article(parameter)} and has no '{'.'.join(rest)}'")


def _with_article(parameter: Parameter) -> str:
    return f"{'an' if parameter.type in ('entity', 'enum') else 'a'} {parameter.type}"


def _of_data(path: str, inner: list[str], data: Any) -> Any:
    for key in inner:
        if not isinstance(data, Mapping) or key not in data:
            known = list(map(str, data)) if isinstance(data, Mapping) else []
            raise UserError(f"'{{{path}}}': there is no '{key}' in {data!r}; {did_you_mean(key, known)}")
        data = data[key]
    return data


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
    if field == "poses":
        return _named_pose(path, inner, entity)
    value: Any = approach_pose(entity, scene) if field == "approach_pose" else getattr(entity, field)
    if not inner:
        return list(value) if field == "size" else value
    parts = dict(zip("xyz", value, strict=True)) if field == "size" else _pose_parts(value)
    if len(inner) > 1 or inner[0] not in parts:
        raise UserError(f"'{{{path}}}': '{field}' has no '{'.'.join(inner)}'; {did_you_mean(inner[0], parts)}")
    return parts[inner[0]]


def _named_pose(path: str, inner: list[str], entity: Entity) -> Pose:
    if len(inner) != 1:
        raise UserError(f"'{{{path}}}': write {{PARAMETER.poses.NAME}}")
    poses = entity.poses if isinstance(entity, ScenePlace) else {}
    if inner[0] not in poses:
        raise UserError(f"'{{{path}}}': '{entity.name}' has no pose '{inner[0]}'; {did_you_mean(inner[0], poses)}")
    return poses[inner[0]]


def _pose_parts(value: Any) -> dict[str, float]:
    return value._asdict() if isinstance(value, Pose) else {}


def _as_text(value: Any, placeholder: str) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise UserError(f"'{placeholder}' cannot stand inside a text")
    return value if isinstance(value, str) else number_text(value)
