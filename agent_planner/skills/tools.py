# SPDX-License-Identifier: Apache-2.0
"""The library as JSON schemas in the OpenAI tools format, for larger models."""

from typing import Any

from agent_planner.scene import SceneGraph
from agent_planner.skills.library import SkillLibrary
from agent_planner.skills.parameter import Parameter
from agent_planner.skills.skill import Skill


def tools(library: SkillLibrary, scene: SceneGraph | None = None) -> list[dict[str, Any]]:
    """Return one tool a skill, then the built-in ``ask`` and ``give_up``.

    With a scene, entity parameters list the names that may stand there.
    """
    built_in = [
        _function("ask", "Ask the person a question.", {"question": {"type": "string", "maxLength": 200}}),
        _function("give_up", "End: the goal cannot be reached.", {"reason": {"type": "string", "maxLength": 200}}),
    ]
    return [_tool(skill, scene) for skill in library] + built_in


def _tool(skill: Skill, scene: SceneGraph | None) -> dict[str, Any]:
    properties = {name: _schema(p, scene) for name, p in skill.parameters.items()}
    needs = f" Needs: {', '.join(map(str, skill.needs))}." if skill.needs else ""
    makes = f" Makes: {', '.join(map(str, skill.makes))}." if skill.makes else ""
    return _function(skill.name, skill.description + needs + makes, properties)


def _function(name: str, description: str, properties: dict[str, Any]) -> dict[str, Any]:
    parameters = {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }
    return {
        "type": "function",
        "function": {"name": name, "description": description, "parameters": parameters},
    }


def _schema(parameter: Parameter, scene: SceneGraph | None) -> dict[str, Any]:
    schema: dict[str, Any] = {"description": parameter.description} if parameter.description else {}
    if parameter.type == "number":
        unit = f" ({parameter.unit})" if parameter.unit else ""
        described = {"description": (parameter.description + unit).strip()} if parameter.description or unit else {}
        return {"type": "number", "minimum": parameter.minimum, "maximum": parameter.maximum, **described}
    schema["type"] = "string"
    if parameter.type == "enum":
        schema["enum"] = list(parameter.values)
    elif parameter.type == "text":
        schema["maxLength"] = parameter.max_length
    elif scene is not None and (names := parameter.candidates(scene)):
        schema["enum"] = list(names)
    return schema
