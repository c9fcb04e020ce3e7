# SPDX-License-Identifier: Apache-2.0
"""The tools: whole instructions, stop, reset, scene, and one a skill. They depend on the library alone, on no scene."""

from typing import Any

from mcp.types import Tool, ToolAnnotations

from agent_planner.agent.conversation import MAX_INSTRUCTION
from agent_planner.errors import CallRefused, UserError, did_you_mean
from agent_planner.mcp.texts import LONGEST
from agent_planner.scene.plain import plain
from agent_planner.skills import Skill, SkillLibrary
from agent_planner.skills.tools import tools
from agent_planner.types import Autonomy

INSTRUCT, STOP, RESET, SCENE = "instruct", "stop", "reset", "scene"
# A client may ask for more approvals than the robot's own setting does, never for fewer: the planner refuses those.
AUTONOMY = (Autonomy.CONFIRM.value, Autonomy.PLAN_ONLY.value)
_OWN = (INSTRUCT, STOP, RESET, SCENE)
_TEXT, _TEXTS = {"type": "string"}, {"type": "array", "items": {"type": "string"}}
_REASON = {"type": "string", "maxLength": 100, "description": "Why, for the person and the log."}


def skill_tools(library: SkillLibrary) -> dict[str, Skill]:
    """Every skill by the name of its tool: its own, or ``skill_NAME`` where that is taken.

    Raises:
        UserError: that is taken, too.
    """
    found = {f"skill_{skill.name}" if skill.name in _OWN else skill.name: skill for skill in library}
    if len(found) != len(library.skills):
        raise UserError(f"two skills would have the same tool; {did_you_mean('skill_', found)}")
    return found


def all_tools(library: SkillLibrary) -> list[Tool]:
    """What is offered."""
    schemas = {tool["function"]["name"]: tool["function"] for tool in tools(library)}
    skills = [_skill_tool(name, skill, schemas[skill.name]) for name, skill in skill_tools(library).items()]
    return [*_own_tools(), *skills]


def call_text(skill: Skill, arguments: dict[str, Any]) -> str:
    """The call as the planner reads it. Only what the text could not carry is refused here, the rest by the planner.

    Raises:
        CallRefused: an argument is unknown, or neither a number, nor a line of text, nor true or false.
    """
    for name in arguments:
        if name not in skill.parameters:
            known = did_you_mean(name, skill.parameters)
            raise CallRefused("UNKNOWN_ARGUMENT", f"{skill.name} has no '{plain(name, 40)}'; {known}")
    return f"{skill.name}({', '.join(f'{name}={_literal(name, value)}' for name, value in arguments.items())})"


def _literal(name: str, value: Any) -> str:
    if isinstance(value, str) and "\n" not in value:
        escaped = value.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{escaped}"'
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return repr(value)
    raise CallRefused("BAD_TYPE", f"{name} must be a number, or text on one line")


def _skill_tool(name: str, skill: Skill, schema: dict[str, Any]) -> Tool:
    return Tool(
        name=name,
        description=plain(schema["description"], LONGEST),
        input_schema=schema["parameters"],
        output_schema=_RESULT,
        annotations=ToolAnnotations(read_only_hint=False, destructive_hint=skill.risk != "low", open_world_hint=True),
    )


def _object(properties: dict[str, Any], required: tuple[str, ...] | None = None) -> dict[str, Any]:
    wanted = list(properties if required is None else required)
    return {"type": "object", "properties": properties, "required": wanted, "additionalProperties": False}


_RESULT = _object(
    {
        "outcome": {"type": "string", "description": "succeeded only where the observed scene shows the goal."},
        "status": {"type": "string", "enum": ["SUCCEEDED", "CANCELED", "ABORTED", "UNKNOWN"]},
        "code": {"type": "integer", "description": "0, or a constant of ExecuteInstruction's result."},
        "message": _TEXT,
        "summary": _TEXT,
        "goal": _TEXT,
        "steps": _TEXTS,
        "episode_id": _TEXT,
        "world": _TEXTS | {"description": "The robot and what was named, as the scene shows them now."},
    }
)


def _own_tools() -> list[Tool]:
    instruction = {"type": "string", "minLength": 1, "maxLength": MAX_INSTRUCTION}
    autonomy = {"type": "string", "enum": list(AUTONOMY), "description": "The robot's own if left out, never more."}
    parts = {"type": "object", "additionalProperties": _TEXT}
    return [
        Tool(
            name=INSTRUCT,
            description="Have the robot carry out an instruction in words: its own planner states a goal, then acts "
            "until the scene shows it. confirm: a person approves goal and calls; plan_only: nothing moves.",
            input_schema=_object({"instruction": instruction, "autonomy": autonomy}, ("instruction",)),
            output_schema=_RESULT,
            annotations=ToolAnnotations(read_only_hint=False, destructive_hint=True, open_world_hint=True),
        ),
        Tool(
            name=STOP,
            description="Stop the robot at once, whoever moves it, and tell what is confirmed. It stays stopped.",
            input_schema=_object({"reason": _REASON}, ()),
            output_schema=_object({"confirmed": {"type": "boolean"}, "message": _TEXT, "parts": parts}),
            annotations=ToolAnnotations(read_only_hint=False, destructive_hint=False, idempotent_hint=True),
        ),
        Tool(
            name=RESET,
            description="Let the robot act again after a stop of this server's own. Another's stop is for a person.",
            input_schema=_object({}),
            output_schema=_object({"reset": {"type": "boolean"}, "message": _TEXT}),
            annotations=ToolAnnotations(read_only_hint=False, destructive_hint=True),
        ),
        Tool(
            name=SCENE,
            description="What the robot sees: places, objects, where they are, and where the robot is.",
            input_schema=_object({}),
            output_schema={"type": "object"},
            annotations=ToolAnnotations(read_only_hint=True),
        ),
    ]
