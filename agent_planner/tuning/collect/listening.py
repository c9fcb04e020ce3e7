# SPDX-License-Identifier: Apache-2.0
"""A model whose conversations are kept, for those who collect them."""

import threading
from collections.abc import Sequence
from dataclasses import replace

from agent_planner.llm.base import ChatModel, ChatReply, ChatRequest, Message, OnToken, Progress


class Listening:
    """Passes everything on to a model and keeps each conversation as it stands after the model's last turn.

    Args:
        model: who answers.
        example: turns that the model sees after the system's; they are no part of what is kept.
    """

    def __init__(self, model: ChatModel, example: Sequence[Message] = ()):
        self._model = model
        self._example = tuple(example)
        self.conversations: dict[str, tuple[Message, ...]] = {}

    @property
    def name(self) -> str:
        """The model's own."""
        return self._model.name

    def load(self, progress: Progress | None = None) -> None:
        """As the model does."""
        self._model.load(progress)

    def chat(
        self,
        requests: Sequence[ChatRequest],
        cancel: threading.Event | None = None,
        on_token: OnToken | None = None,
    ) -> list[ChatReply]:
        """Answer every request; see `ChatModel.chat`."""
        shown = [replace(r, messages=(*r.messages[:1], *self._example, *r.messages[1:])) for r in requests]
        replies = self._model.chat(shown, cancel, on_token)
        for request, reply in zip(requests, replies, strict=True):
            self.conversations[request.conversation_id] = (*request.messages, Message("assistant", reply.text))
        return replies

    def forget(self, conversation_id: str) -> None:
        """Free what the model keeps for a conversation."""
        self._model.forget(conversation_id)

    def close(self) -> None:
        """Free the model."""
        self._model.close()
