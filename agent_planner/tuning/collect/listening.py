# SPDX-License-Identifier: Apache-2.0
"""Models around a model, for those who collect what it says."""

import threading
from collections.abc import Sequence
from dataclasses import replace

from agent_planner.llm.base import ChatModel, ChatReply, ChatRequest, Message, OnToken, Progress

# What every server takes for a seed.
_SEEDS = 2**31


class _Around:
    """Passes everything on to a model."""

    def __init__(self, model: ChatModel):
        self._model = model

    @property
    def name(self) -> str:
        """The model's own."""
        return self._model.name

    def load(self, progress: Progress | None = None) -> None:
        """As the model does."""
        self._model.load(progress)

    def forget(self, conversation_id: str) -> None:
        """Free what the model keeps for a conversation."""
        self._model.forget(conversation_id)

    def close(self) -> None:
        """Free the model."""
        self._model.close()


class Listening(_Around):
    """Keeps each conversation with a model as it stands after the model's last turn, or as it began if there was none.

    Args:
        model: who answers.
        example: turns that the model sees after the system's; they are no part of what is kept.
    """

    def __init__(self, model: ChatModel, example: Sequence[Message] = ()):
        super().__init__(model)
        self._example = tuple(example)
        self.conversations: dict[str, tuple[Message, ...]] = {}

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
            if reply.finish == "full":
                self.conversations.setdefault(request.conversation_id, request.messages)
            else:
                self.conversations[request.conversation_id] = (*request.messages, Message("assistant", reply.text))
        return replies


class Drawing(_Around):
    """Lets a model draw what it says, each turn with a seed of its own.

    Args:
        model: who answers.
        temperature: as `ChatRequest` has it.
        seeds: by the numbers that are the conversations' ids.
    """

    def __init__(self, model: ChatModel, temperature: float, seeds: Sequence[int]):
        super().__init__(model)
        self._temperature = temperature
        self._seeds = seeds

    def chat(
        self,
        requests: Sequence[ChatRequest],
        cancel: threading.Event | None = None,
        on_token: OnToken | None = None,
    ) -> list[ChatReply]:
        """Answer every request; see `ChatModel.chat`."""
        return self._model.chat([self._drawn(request) for request in requests], cancel, on_token)

    def _drawn(self, request: ChatRequest) -> ChatRequest:
        seed = (self._seeds[int(request.conversation_id)] + len(request.messages)) % _SEEDS
        return replace(request, temperature=self._temperature, seed=seed)
