# SPDX-License-Identifier: Apache-2.0
"""A model that says what was written down for it: for tests, demonstrations and replays."""

import json
import threading
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from agent_planner.errors import ModelError, UserError
from agent_planner.llm.base import ChatReply, ChatRequest, OnToken, Progress

Script = Iterable[str] | Callable[[ChatRequest], str]


class ScriptedModel:
    """Answers from a list, the same for every conversation, or from a function.

    Args:
        script: answers in their order (each conversation begins with the first), or a function of the request.
        name: for logs and figures.

    Attributes:
        heard: every request so far.
    """

    def __init__(self, script: Script, name: str = "scripted"):
        self._answer = script if callable(script) else None
        self._lines = [] if callable(script) else list(script)
        self._said: dict[str, int] = {}
        self._name = name
        self.heard: list[ChatRequest] = []

    @classmethod
    def from_file(cls, path: Path) -> "ScriptedModel":
        """Read a JSON list of answers."""
        try:
            lines = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise UserError(f"{path}: cannot read the script ({error}); it is a JSON list of answers") from error
        if not isinstance(lines, list) or not all(isinstance(line, str) for line in lines):
            raise UserError(f'{path}: a script is a JSON list of answers, e.g. ["goal: at(desk)", "…"]')
        return cls(lines, f"scripted:{path}")

    @property
    def name(self) -> str:
        """What it is called in logs and figures."""
        return self._name

    def load(self, progress: Progress | None = None) -> None:
        """Nothing to load."""

    def chat(
        self,
        requests: Sequence[ChatRequest],
        cancel: threading.Event | None = None,
        on_token: OnToken | None = None,
    ) -> list[ChatReply]:
        """Answer every request; a script that has come to its end raises `ModelError`."""
        replies = []
        for request in requests:
            self.heard.append(request)
            cancelled = cancel is not None and cancel.is_set()
            text = "" if cancelled else self._next(request)
            if on_token is not None and text:
                on_token(request.conversation_id, text)
            replies.append(ChatReply(text, None, 0, 0, 0, 0, 0.0, 0.0, "cancelled" if cancelled else "stop"))
        return replies

    def forget(self, conversation_id: str) -> None:
        """Let a conversation of this name begin again with the first answer."""
        self._said.pop(conversation_id, None)

    def close(self) -> None:
        """Nothing to free."""

    def _next(self, request: ChatRequest) -> str:
        if self._answer is not None:
            return self._answer(request)
        number = self._said.get(request.conversation_id, 0)
        if number >= len(self._lines):
            raise ModelError(
                f"the script of {self._name} has {len(self._lines)} answers and turn {number + 1} was asked for; "
                f"the last thing said to it: {request.messages[-1].content[:200]!r}"
            )
        self._said[request.conversation_id] = number + 1
        return self._lines[number]
