# SPDX-License-Identifier: Apache-2.0
"""What the agent knows of a language model: conversations in a list, answers in a list."""

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol

Role = Literal["system", "user", "assistant"]
Finish = Literal["stop", "length", "cancelled", "full"]
# What is being done, and how much of it is done (0 to 1).
Progress = Callable[[str, float], None]
# The conversation's id and a piece of its answer.
OnToken = Callable[[str, str], None]


@dataclass(frozen=True)
class Message:
    """One turn of a conversation."""

    role: Role
    content: str


@dataclass(frozen=True)
class ChatRequest:
    """One conversation that waits for the assistant's next turn.

    Attributes:
        conversation_id: a model may keep what it computed for this id until `ChatModel.forget`.
        messages: the whole conversation so far.
        grammar: what may be said, in llguidance's Lark dialect; None leaves the model free (level raw).
        max_tokens: the longest answer.
        tools: the skills in the OpenAI tools format, for models that call tools in a way of their own.
        temperature: 0 takes the likeliest token every time; above, tokens are drawn, the unlikely ones more often the
            higher it is.
        seed: of what is drawn.
    """

    conversation_id: str
    messages: tuple[Message, ...]
    grammar: str | None = None
    max_tokens: int = 320
    tools: tuple[Mapping[str, Any], ...] = ()
    temperature: float = 0.0
    seed: int = 0


@dataclass(frozen=True)
class ChatReply:
    """The assistant's turn and what it cost.

    Attributes:
        text: what was said, without the end marker.
        raw_invalid: whether the model's own first choice left the grammar at any step; None without a grammar.
        prompt_tokens: length of the prompt, what was cached included.
        cached_tokens: how much of the prompt was not computed again.
        sampled_tokens: tokens that the model chose (the end marker included).
        forced_tokens: tokens that the grammar left no choice about.
        seconds_prompt: until the first token could be chosen; a batch's rows share it.
        seconds_decode: from then to this row's last token.
        finish: `stop` (the model ended), `length` (``max_tokens`` reached), `cancelled`, or `full` (the
            conversation is longer than the model reads: there is no answer).
    """

    text: str
    raw_invalid: bool | None
    prompt_tokens: int
    cached_tokens: int
    sampled_tokens: int
    forced_tokens: int
    seconds_prompt: float
    seconds_decode: float
    finish: Finish


class ChatModel(Protocol):
    """A language model that continues conversations. One thread at a time may call `chat`."""

    @property
    def name(self) -> str:
        """What it is called in logs and figures."""
        ...

    def load(self, progress: Progress | None = None) -> None:
        """Get ready; may take long. A second call does nothing."""
        ...

    def chat(
        self,
        requests: Sequence[ChatRequest],
        cancel: threading.Event | None = None,
        on_token: OnToken | None = None,
    ) -> list[ChatReply]:
        """Answer every request, in their order. One that is too long is answered `full`, for the others' sake.

        Args:
            requests: conversations with ids that differ.
            cancel: looked at in every step; once set, what was said so far comes back as `cancelled`.
            on_token: called with each piece of text as it is decided.
        """
        ...

    def forget(self, conversation_id: str) -> None:
        """Free what is kept for a conversation; an unknown id is no error."""
        ...

    def close(self) -> None:
        """Free everything."""
        ...
