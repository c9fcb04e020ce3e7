# SPDX-License-Identifier: Apache-2.0
"""The resources: skill library, scene, safety policy, newest episode; each one JSON text."""

import json
from collections.abc import Callable
from typing import Any

from mcp.types import Resource

from agent_planner.errors import did_you_mean
from agent_planner.mcp.robot import Robot
from agent_planner.mcp.texts import plain_data
from agent_planner.skills.tools import tools

_SCHEME = "agent-planner://"
# Turns of the model, long and written for training.
_NOT_SHOWN = ("conversations", "earlier")


def _library(robot: Robot) -> Any:
    schemas = [tool["function"]["parameters"]["properties"] for tool in tools(robot.library)]
    return [
        {
            "name": skill.name,
            "description": skill.description,
            "parameters": schema,
            "needs": map(str, skill.needs),
            "makes": map(str, skill.makes),
            "risk": skill.risk,
            "timeout_s": skill.timeout_s,
        }
        for skill, schema in zip(robot.library, schemas, strict=False)
    ]


def _scene(robot: Robot) -> Any:
    return robot.scene()[0].model_dump(mode="json", exclude_defaults=True)


def _policy(robot: Robot) -> Any:
    if robot.policy is None:
        return {"policy": None, "meaning": "the planner was started without one: a person is asked for every call"}
    return robot.policy.model_dump(mode="json", exclude_defaults=True)


def _episode(robot: Robot) -> Any:
    record = robot.newest_episode()
    if record is None:
        return {"episode": None, "meaning": "no episode is recorded, or not on this machine"}
    return {key: value for key, value in record.items() if key not in _NOT_SHOWN}


_READERS: dict[str, tuple[str, Callable[[Robot], Any]]] = {
    "library": ("The robot's skills, what they need and make.", _library),
    "scene": ("What the robot sees now.", _scene),
    "policy": ("What may be done, asked for, or not done. It cannot be changed from here.", _policy),
    "episodes/newest": ("How the newest instruction or call went.", _episode),
}


def resource_list() -> list[Resource]:
    """What is offered."""
    return [
        Resource(name=name, uri=f"{_SCHEME}{name}", description=text, mime_type="application/json")
        for name, (text, _) in _READERS.items()
    ]


def read(robot: Robot, uri: str) -> str:
    """The JSON text of a resource; blocks.

    Raises:
        KeyError: there is no such resource; its argument is the message.
        InfrastructureError: the robot does not give it.
    """
    name = uri.removeprefix(_SCHEME)
    if name not in _READERS:
        raise KeyError(f"no resource '{uri[:100]}'; {did_you_mean(uri, (f'{_SCHEME}{known}' for known in _READERS))}")
    return json.dumps(plain_data(_READERS[name][1](robot)), ensure_ascii=False, indent=1)
