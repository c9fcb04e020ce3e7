# SPDX-License-Identifier: Apache-2.0
"""What an OpenAI-compatible server answers, whole or in pieces, put together as one turn of text."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from agent_planner.errors import ModelError
from agent_planner.types import Call, Value

_SHOWN = 200


class Answer:
    """Collects one choice of one answer.

    Attributes:
        content: the text so far.
        finish: the server's reason for the end, None until it gave one.
        usage: the server's token counts, where it sends them.
    """

    def __init__(self, where: str, heard: Callable[[str], None] | None = None):
        self._where = where
        self._heard = heard
        self._calls: list[_ToolCall] = []
        self.content = ""
        self.finish: str | None = None
        self.usage: Mapping[str, Any] = {}
        self.pieces = 0

    def add_line(self, line: str) -> bool:
        """Take a line of a server-sent event stream; True once the server says that this was all."""
        if not line.startswith("data:"):
            return False
        data = line[len("data:") :].strip()
        if data == "[DONE]":
            if self.finish is None and (self.content or self._calls):
                self.finish = "stop"
            return True
        self.add(self._parsed(data), "delta")
        return False

    def add_whole(self, body: str) -> None:
        """Take an answer that was not streamed."""
        self.add(self._parsed(body), "message")
        if self.finish is None:
            self.finish = "stop"

    def add(self, chunk: Any, part: str) -> None:
        """Take one JSON object; ``part`` names the field that holds the turn or its next piece."""
        try:
            if chunk.get("error"):
                raise ModelError(f"{self._where}: the server broke off: {shown(chunk['error'])}")
            if isinstance(usage := chunk.get("usage"), Mapping):
                self.usage = usage
            for choice in chunk["choices"][:1]:
                self._add_turn(choice.get(part) or {})
                self.finish = choice.get("finish_reason") or self.finish
        except (AttributeError, KeyError, TypeError) as error:
            raise ModelError(
                f"{self._where}: this is no chat completion: {shown(chunk)}; is the URL that of an "
                "OpenAI-compatible server, /v1 included?"
            ) from error

    def text(self) -> str:
        """The turn as the agent reads it: the text, then the first tool call as ``name(argument="value")``."""
        content = self.content.strip()
        if not self._calls:
            return _whole(content)
        call = call_text(self._calls[0].name, self._calls[0].arguments)
        return _whole(f"{content}\n{call}" if content else call)

    def _add_turn(self, turn: Mapping[str, Any]) -> None:
        piece = turn.get("content") or ""
        if not isinstance(piece, str):
            raise TypeError("content")
        if piece:
            self.pieces += 1
            self.content += piece
            if self._heard is not None:
                self._heard(piece)
        for number, call in enumerate(turn.get("tool_calls") or ()):
            known = self._call(call, number)
            known.name += _written(call["function"].get("name"))
            known.arguments += _written(call["function"].get("arguments"))

    def _call(self, piece: Mapping[str, Any], number: int) -> "_ToolCall":
        """The call that a piece belongs to: some servers give every call the index 0, or none at all."""
        index = number if piece.get("index") is None else piece["index"]
        known = next((call for call in reversed(self._calls) if call.index == index), None)
        own = piece.get("id")
        if known is None or (own and known.id and own != known.id):
            known = _ToolCall(index)
            self._calls.append(known)
        known.id = own or known.id
        return known

    def _parsed(self, data: str) -> Any:
        try:
            return json.loads(data)
        except (ValueError, RecursionError) as error:
            raise ModelError(f"{self._where}: what came is not JSON: {shown(data)}") from error


@dataclass
class _ToolCall:
    """One tool call, as far as it has come."""

    index: Any
    id: Any = None
    name: str = ""
    arguments: str = ""


def _written(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value) if value else ""


def call_text(name: str, arguments: str) -> str:
    """A tool call in the text form; arguments that cannot be read stay as they are, for the agent to refuse."""
    try:
        args = json.loads(arguments or "{}")
    except (ValueError, RecursionError):
        return f"{name}({' '.join(arguments.split())})"
    if not isinstance(args, dict):
        return f"{name}({' '.join(arguments.split())})"
    return str(Call(name, {key: _value(value) for key, value in args.items()}))


def _value(value: Any) -> Value:
    if isinstance(value, str):
        return " ".join(value.split())
    return value if isinstance(value, bool | int | float) else json.dumps(value)


def shown(value: Any) -> str:
    """A server's words, short enough for a message."""
    if isinstance(value, Mapping) and isinstance(value.get("message"), str):
        value = value["message"]
    text = " ".join(_whole(value if isinstance(value, str) else json.dumps(value, default=str)).split())
    return text if len(text) <= _SHOWN else text[:_SHOWN] + "…"


def _whole(text: str) -> str:
    """The text with the two halves of a character, which JSON may escape and a stream may part, put together.

    A half that is alone cannot be encoded, in a file or in a ROS message: U+FFFD stands for it.
    """
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
