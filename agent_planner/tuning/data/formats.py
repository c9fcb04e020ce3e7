# SPDX-License-Identifier: Apache-2.0
"""Other schemas of conversations, read into records and written from them.

``sharegpt``  ``{"id", "conversations": [{"from": "human" | "gpt" | "system" | …, "value"}]}``
``openai``    ``{"messages": [{"role": "system" | "user" | "assistant" | "tool", "content", "tool_calls"}]}``
``agent``     ours, that of AgentInstruct

A call that the robot's model writes as the last line of a turn, ``pick(object="cup")``, is a tool call in ``openai``,
and what the robot answers to it a tool's message; so is a call that came as one. What else ends like a call is text.
The tools that a conversation in ``openai`` offers are told in its system turn, a line each, as skills are.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from agent_planner.agent.conversation import parse_turn
from agent_planner.errors import CallRefused, did_you_mean
from agent_planner.tuning.data.records import (
    AGENT,
    HUMAN,
    Record,
    Turn,
    UnusableRecord,
    check_characters,
    human,
    record,
    said,
)
from agent_planner.tuning.data.schema import Schema
from agent_planner.types import Value

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
# Keys of records: whether the first turn is the system's, where that is not what `with_system` would take it for; the
# tool calls that came as such, as they came, by the number of their turn; and the tools that were offered.
_SYSTEM_FIRST, _TOOL_CALLS, _TOOLS = "system_first", "tool_calls", "tools"
_OFFER = 'You have these tools; a call of one is the last line of an answer, e.g. tool(argument="value"):'
# What is kept in other schemas, too: without its split a record would be learned from wherever it comes back.
_KEPT = ("source", "split")


def schema_of(data: dict[str, Any]) -> Schema | None:
    """Which schema an object has, by its keys; None if it is none that is known here."""
    if isinstance(data.get("messages"), list):
        return Schema.OPENAI
    turns = data.get("conversations")
    if not isinstance(turns, list) or not all(isinstance(turn, dict) for turn in turns):
        return None
    return Schema.AGENT if any("loss" in turn for turn in turns) else Schema.SHAREGPT


def to_record(where: str, data: dict[str, Any], schema: Schema | None = None) -> Record:
    """Read an object of any schema. A turn of the model that says nothing is not learned.

    Args:
        where: it stands, for messages; also its id where it has none.
        data: the object.
        schema: that it has; None: its keys tell.

    Raises:
        UnusableRecord: it does not follow that schema.
    """
    found = schema or schema_of(data)
    if found is None:
        raise UnusableRecord(where, "has neither `conversations` nor `messages`", "no_conversation")
    item = READERS[found](where, data)
    if not any(turn.loss and not turn.value.strip() for turn in item.conversations):
        return item
    turns = (said(t.value, loss=False) if t.loss and not t.value.strip() else t for t in item.conversations)
    return item.model_copy(update={"conversations": tuple(turns)})


def check_answers(where: str, item: Record) -> Record:
    """The record.

    Raises:
        UnusableRecord: the model says nothing in it but empty turns.
    """
    answers = [turn for turn in item.conversations if turn.source != HUMAN]
    if answers and not any(turn.value.strip() for turn in answers):
        raise UnusableRecord(where, "every turn of the model is empty", "empty_answers")
    return item


def _from_sharegpt(where: str, data: dict[str, Any]) -> Record:
    turns = []
    for number, turn in enumerate(_items(where, data, "conversations")):
        at = f"{where}: conversations.{number}"
        speaker = str(turn.get("from"))
        if speaker not in _SPEAKERS:
            raise UnusableRecord(at, f"from: '{speaker}' is nobody; {did_you_mean(speaker, _SPEAKERS)}")
        is_human = _SPEAKERS[speaker] == HUMAN
        value = "" if turn.get("value") is None and not is_human else _text(at, turn, "value")
        turns.append(human(value) if is_human else said(value))
    return _made(where, data, turns, "conversations", data["conversations"][0].get("from") == "system")


def _from_openai(where: str, data: dict[str, Any]) -> Record:
    messages = _items(where, data, "messages")
    system = messages[0].get("role") in ("system", "developer")
    offer = _offer(where, data.get(_TOOLS) or [])
    turns = [human(offer)] if offer and not system else []
    calls: dict[str, Any] = {}
    for number, message in enumerate(messages):
        at = f"{where}: messages.{number}"
        role = message.get("role")
        if role not in ("system", "developer", "user", "assistant", "tool"):
            raise UnusableRecord(at, f"role: '{role}' is none; known: assistant, developer, system, tool, user")
        content = _text(at, message, "content") if message.get("content") is not None else ""
        if role != "assistant":
            turns.append(human("\n\n".join(filter(None, (content, offer))) if system and not number else content))
            continue
        learned = message.get("weight") != 0
        called = message.get("tool_calls") or []
        if len(called) > 1:
            raise UnusableRecord(at, f"holds {len(called)} tool calls; a turn of ours has one", "parallel_tool_calls")
        for call in called:
            name, text = _call(f"{at}.tool_calls.0", call)
            if learned and data.get("source") != AGENT:
                _check_offered(at, name, turns)
            calls[str(len(turns))] = call
            content = f"{content}\n{text}" if content else text
        turns.append(said(content, loss=learned))
    more = {_TOOL_CALLS: calls} if calls else {}
    return _made(where, data | more, turns, "messages", system or bool(offer))


def _offer(where: str, tools: Any) -> str:
    """How a model is told of tools; empty where there are none."""
    lines = []
    for number, tool in enumerate(tools if isinstance(tools, list) else [tools]):
        try:
            function = tool["function"]
            call = f"{function['name']}({', '.join(dict((function.get('parameters') or {}).get('properties') or {}))})"
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            told = f"is no function with a name and, if it has parameters, their properties ({error})"
            raise UnusableRecord(f"{where}: {_TOOLS}.{number}", told, "malformed_tools") from error
        about = " ".join(str(function.get("description") or "").split())
        lines.append(f"{call}: {about}" if about else call)
    return "\n".join([_OFFER, *lines]) if lines else ""


def _check_offered(at: str, name: str, before: Sequence[Turn]) -> None:
    if not any(name in turn.value for turn in before if turn.source == HUMAN):
        told = f"calls '{name}', which neither `{_TOOLS}` nor a turn before names, so that nobody could know of it"
        raise UnusableRecord(at, told, "unnamed_tool")


def _call(at: str, tool_call: Any) -> tuple[str, str]:
    """The name of the tool that is called, and the call as a line of text."""
    try:
        function = tool_call["function"]
        name, arguments = str(function["name"]), dict(json.loads(function["arguments"]))
    except (KeyError, TypeError, ValueError) as error:
        told = f"is no function with a name and JSON arguments ({error})"
        raise UnusableRecord(at, told, "malformed_tool_call") from error
    for argument, value in arguments.items():
        if not isinstance(value, str | bool | int | float):
            told = f"{name}: {argument} is {value!r}; arguments are texts, numbers, true or false"
            raise UnusableRecord(at, told, "arguments_of_other_form")
    return name, f"{name}({', '.join(f'{argument}={_literal(value)}' for argument, value in arguments.items())})"


def _literal(value: Value) -> str:
    """As `Call` writes it, but on one line, and numbers whole."""
    short = f"{value:g}" if isinstance(value, float) else ""
    return short if short and float(short) == value else json.dumps(value, ensure_ascii=False)


def _made(where: str, data: dict[str, Any], turns: list[Turn], key: str, system: bool) -> Record:
    more = {name: value for name, value in data.items() if name not in (key, "id")}
    if system is not _looks_like_system(turns):
        more[_SYSTEM_FIRST] = system
    name = where if data.get("id") is None else str(data["id"])
    plain = {"id": name, "conversations": [turn.model_dump(by_alias=True) for turn in turns]}
    return record(where, plain | more)


def _items(where: str, data: dict[str, Any], key: str) -> list[dict[str, Any]]:
    check_characters(where, data)
    items = data.get(key)
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        raise UnusableRecord(where, f"{key}: must be a list of objects")
    if not items:
        raise UnusableRecord(where, f"{key}: holds no turn", "empty_conversation")
    return items


def _text(at: str, item: dict[str, Any], key: str) -> str:
    value = item.get(key)
    if isinstance(value, list):
        # Parts of a message; only text can be learned from.
        parts = [str(part.get("text")) for part in value if isinstance(part, dict) and part.get("type") == "text"]
        value = "".join(parts) if len(parts) == len(value) else None
    if not isinstance(value, str):
        raise UnusableRecord(at, f"{key}: must be text")
    return value


READERS: dict[Schema, Callable[[str, dict[str, Any]], Record]] = {
    Schema.AGENT: record,
    Schema.SHAREGPT: _from_sharegpt,
    Schema.OPENAI: _from_openai,
}


def to_sharegpt(item: Record) -> dict[str, Any]:
    """Write a record as ShareGPT has it; which turns are not to be learned is lost."""
    turns = [{"from": role, "value": turn.value} for role, turn in with_system(item, "human", "gpt")]
    return {"id": item.id, **_kept(item), "conversations": turns}


def _kept(item: Record) -> dict[str, Any]:
    known = item.model_extra or {}
    return {name: known[name] for name in _KEPT if name in known}


def to_openai(item: Record) -> dict[str, Any]:
    """Write a record as OpenAI's messages; turns that are not to be learned get ``weight: 0``."""
    known = item.model_extra or {}
    came, tools = known.get(_TOOL_CALLS), known.get(_TOOLS)
    offer = _offer(item.id, tools) if isinstance(tools, list) else ""
    messages: list[dict[str, Any]] = []
    asked = ""
    for number, (role, turn) in enumerate(with_system(item, "user", "assistant")):
        if role == "assistant":
            call = came.get(str(number)) if isinstance(came, dict) else None
            found = _came(item.id, turn, call) if call else _parsed(turn) if known.get("source") == AGENT else None
            message, asked = _assistant(turn, f"call_{number}", found)
            messages.append(message)
        elif asked:
            messages.append({"role": "tool", "tool_call_id": asked, "content": turn.value})
            asked = ""
        elif role == "system" and offer:
            content = turn.value.removesuffix(offer).removesuffix("\n\n")
            messages += [{"role": role, "content": content}] if content else []
        else:
            messages.append({"role": role, "content": turn.value})
    return {"id": item.id, **_kept(item), **({_TOOLS: tools} if offer else {}), "messages": messages}


def _assistant(turn: Turn, name: str, found: tuple[str, dict[str, Any]] | None) -> tuple[dict[str, Any], str]:
    """The message, and the id of the call that it holds; empty where none was found."""
    weight = {} if turn.loss else {"weight": 0}
    if found is None:
        return {"role": "assistant", "content": turn.value, **weight}, ""
    content, call = found
    made = {"id": name, "type": "function"} | call
    return {"role": "assistant", "content": content, "tool_calls": [made], **weight}, made["id"]


def _came(where: str, turn: Turn, call: Mapping[str, Any]) -> tuple[str, dict[str, Any]] | None:
    """What a turn says before the call that it came with, and that; None where the turn no longer ends in it."""
    _, text = _call(where, call)
    if not turn.value.endswith(text):
        return None
    return turn.value.removesuffix(text).removesuffix("\n"), dict(call)


def _parsed(turn: Turn) -> tuple[str, dict[str, Any]] | None:
    """What a turn of the robot's model says before its call, and that as a tool call; None where it ends in none."""
    try:
        thought, call = parse_turn(turn.value)
    except CallRefused:
        return None
    return thought, {"function": {"name": call.skill, "arguments": json.dumps(dict(call.args), ensure_ascii=False)}}


def with_system(item: Record, person: str, model: str) -> Sequence[tuple[str, Turn]]:
    """Roles and turns. Of two human turns at the beginning the first is the system's, as our episodes have it.

    Where another schema said otherwise, it is as that did.

    Args:
        item: the conversation.
        person: what a person's role is called.
        model: what the model's is.
    """
    turns = item.conversations
    stated = (item.model_extra or {}).get(_SYSTEM_FIRST)
    system = _looks_like_system(turns) if stated is None else bool(stated)
    roles = ["system" if system and i == 0 else person if t.source == HUMAN else model for i, t in enumerate(turns)]
    return list(zip(roles, turns, strict=True))


def _looks_like_system(turns: Sequence[Turn]) -> bool:
    return len(turns) > 1 and turns[0].source == turns[1].source == HUMAN


WRITERS: dict[Schema, Callable[[Record], dict[str, Any]]] = {
    Schema.AGENT: Record.plain,
    Schema.SHAREGPT: to_sharegpt,
    Schema.OPENAI: to_openai,
}
