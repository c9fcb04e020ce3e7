# SPDX-License-Identifier: Apache-2.0
"""Other schemas of conversations, read into records and written from them.

``sharegpt``  ``{"id", "conversations": [{"from": "human" | "gpt" | "system" | …, "value"}]}``
``openai``    ``{"messages": [{"role": "system" | "user" | "assistant" | "tool", "content", "tool_calls"}]}``
``agent``     ours, that of AgentInstruct

A call that our models write as the last line of a turn, ``pick(object="cup")``, is a tool call in ``openai``, and what
the robot answers to it a tool's message.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from agent_planner.agent.conversation import call_turn, parse_turn
from agent_planner.errors import CallRefused, ConfigError, did_you_mean
from agent_planner.tuning.data.records import HUMAN, Record, Turn, human, record, said
from agent_planner.tuning.data.schema import Schema
from agent_planner.types import Call

# Who speaks, by the names that collections of conversations use.
_SPEAKERS = {
    "human": HUMAN,
    "user": HUMAN,
    "system": HUMAN,
    "tool": HUMAN,
    "gpt": "gpt",
    "assistant": "gpt",
    "chatgpt": "gpt",
    "bing": "gpt",
    "bard": "gpt",
}


def schema_of(data: dict[str, Any]) -> Schema | None:
    """Which schema an object has, by its keys; None if it is none that is known here."""
    if isinstance(data.get("messages"), list):
        return Schema.OPENAI
    turns = data.get("conversations")
    if not isinstance(turns, list) or not all(isinstance(turn, dict) for turn in turns):
        return None
    return Schema.AGENT if any("loss" in turn for turn in turns) else Schema.SHAREGPT


def each_conversation(data: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield an object; of a recorded episode with several conversations each, those before the last with its facts."""
    rest = {name: value for name, value in data.items() if name != "earlier"}
    for number, turns in enumerate(data.get("earlier", ())):
        yield {**rest, "id": f"{data.get('id', '')}/{number}", "conversations": turns}
    yield rest


def to_record(where: str, data: dict[str, Any], schema: Schema = Schema.AUTO) -> Record:
    """Read an object of any schema.

    Args:
        where: it stands, for messages; also its id where it has none.
        data: the object.
        schema: that it has.

    Raises:
        ConfigError: it does not follow that schema.
    """
    found = schema_of(data) if schema is Schema.AUTO else schema
    if found is None:
        raise ConfigError(where, "has neither `conversations` nor `messages`")
    return READERS[found](where, data)


def _from_sharegpt(where: str, data: dict[str, Any]) -> Record:
    turns = []
    for number, turn in enumerate(_items(where, data, "conversations")):
        at = f"{where}: conversations.{number}"
        source = _SPEAKERS.get(str(turn.get("from")))
        if source is None:
            raise ConfigError(
                at, f"from: '{turn.get('from')}' is nobody; {did_you_mean(str(turn.get('from')), _SPEAKERS)}"
            )
        value = _text(at, turn, "value")
        turns.append(human(value) if source == HUMAN else said(value))
    return _made(where, data, turns, "conversations")


def _from_openai(where: str, data: dict[str, Any]) -> Record:
    turns = []
    for number, message in enumerate(_items(where, data, "messages")):
        at = f"{where}: messages.{number}"
        role = message.get("role")
        if role not in ("system", "developer", "user", "assistant", "tool"):
            raise ConfigError(at, f"role: '{role}' is none; known: assistant, developer, system, tool, user")
        content = _text(at, message, "content") if message.get("content") is not None else ""
        if role != "assistant":
            turns.append(human(content))
            continue
        calls = message.get("tool_calls") or []
        if len(calls) > 1:
            raise ConfigError(at, f"holds {len(calls)} tool calls; a turn of ours has one")
        call = _call(at, calls[0]) if calls else None
        value = content if call is None else call_turn(content, call) if content else str(call)
        turns.append(said(value, loss=message.get("weight") != 0))
    return _made(where, data, turns, "messages")


def _call(at: str, tool_call: Any) -> Call:
    at = f"{at}.tool_calls.0"
    try:
        function = tool_call["function"]
        name, arguments = str(function["name"]), dict(json.loads(function["arguments"]))
    except (KeyError, TypeError, ValueError) as error:
        raise ConfigError(at, f"is no function with a name and JSON arguments ({error})") from error
    for argument, value in arguments.items():
        if not isinstance(value, str | bool | int | float):
            raise ConfigError(at, f"{name}: {argument} is {value!r}; arguments are texts, numbers, true or false")
    return Call(name, arguments)


def _made(where: str, data: dict[str, Any], turns: list[Turn], key: str) -> Record:
    more = {name: value for name, value in data.items() if name not in (key, "id")}
    plain = {"id": str(data.get("id", where)), "conversations": [turn.model_dump(by_alias=True) for turn in turns]}
    return record(where, plain | more)


def _items(where: str, data: dict[str, Any], key: str) -> list[dict[str, Any]]:
    items = data.get(key)
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        raise ConfigError(where, f"{key}: must be a list of objects")
    return items


def _text(at: str, item: dict[str, Any], key: str) -> str:
    value = item.get(key)
    if isinstance(value, list):
        # Parts of a message; only text can be learned from.
        parts = [str(part.get("text")) for part in value if isinstance(part, dict) and part.get("type") == "text"]
        value = "".join(parts) if len(parts) == len(value) else None
    if not isinstance(value, str):
        raise ConfigError(at, f"{key}: must be text")
    return value


READERS: dict[Schema, Callable[[str, dict[str, Any]], Record]] = {
    Schema.AGENT: record,
    Schema.SHAREGPT: _from_sharegpt,
    Schema.OPENAI: _from_openai,
}


def to_sharegpt(item: Record) -> dict[str, Any]:
    """Write a record as ShareGPT has it; which turns are not to be learned is lost."""
    turns = [{"from": role, "value": turn.value} for role, turn in with_system(item, "human", "gpt")]
    return {"id": item.id, "conversations": turns}


def to_openai(item: Record) -> dict[str, Any]:
    """Write a record as OpenAI's messages; turns that are not to be learned get ``weight: 0``."""
    messages: list[dict[str, Any]] = []
    asked = ""
    for number, (role, turn) in enumerate(with_system(item, "user", "assistant")):
        if role == "assistant":
            message, asked = _assistant(turn, f"call_{number}")
            messages.append(message)
        elif asked:
            messages.append({"role": "tool", "tool_call_id": asked, "content": turn.value})
            asked = ""
        else:
            messages.append({"role": role, "content": turn.value})
    return {"id": item.id, "messages": messages}


def _assistant(turn: Turn, name: str) -> tuple[dict[str, Any], str]:
    weight = {} if turn.loss else {"weight": 0}
    try:
        thought, call = parse_turn(turn.value)
    except CallRefused:
        return {"role": "assistant", "content": turn.value, **weight}, ""
    function = {"name": call.skill, "arguments": json.dumps(dict(call.args), ensure_ascii=False)}
    calls = [{"id": name, "type": "function", "function": function}]
    return {"role": "assistant", "content": thought, "tool_calls": calls, **weight}, name


def with_system(item: Record, person: str, model: str) -> Sequence[tuple[str, Turn]]:
    """Roles and turns. Of two human turns at the beginning the first is the system's, as our episodes have it.

    Args:
        item: the conversation.
        person: what a person's role is called.
        model: what the model's is.
    """
    turns = item.conversations
    system = len(turns) > 1 and turns[0].source == turns[1].source == HUMAN
    roles = ["system" if system and i == 0 else person if t.source == HUMAN else model for i, t in enumerate(turns)]
    return list(zip(roles, turns, strict=True))


WRITERS: dict[Schema, Callable[[Record], dict[str, Any]]] = {
    Schema.AGENT: Record.plain,
    Schema.SHAREGPT: to_sharegpt,
    Schema.OPENAI: to_openai,
}
