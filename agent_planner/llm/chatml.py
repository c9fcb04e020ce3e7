# SPDX-License-Identifier: Apache-2.0
"""Conversations in ChatML, as text and as tokens. Run time and training both encode with this."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from jinja2 import TemplateError

from agent_planner.llm.base import Message

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

START = "<|im_start|>"
END = "<|im_end|>"
# What the assistant's turn begins with: the prompt ends here.
OPENING = f"{START}assistant\n"


def render_conversation(messages: Sequence[Message], open_turn: bool = False) -> str:
    """The conversation as text; ``open_turn`` adds the opening of the assistant's next turn."""
    turns = "".join(f"{START}{m.role}\n{m.content}{END}\n" for m in messages)
    return turns + OPENING if open_turn else turns


def encode_conversation(
    tokenizer: "PreTrainedTokenizerBase", messages: Sequence[Message], open_turn: bool = False
) -> tuple[list[int], list[bool]]:
    """The conversation as tokens, and which of them the assistant says.

    An assistant's content is encoded apart from its opening, because that is how it comes about when it is
    decoded; its span is the content and the end marker, never the opening or the line break behind.

    Returns:
        Token ids and, of the same length, True where the assistant speaks.
    """
    ids: list[int] = []
    spoken: list[bool] = []

    def add(text: str, by_assistant: bool) -> None:
        piece = tokenizer(text, add_special_tokens=False)["input_ids"]
        ids.extend(piece)
        spoken.extend([by_assistant] * len(piece))

    for message in messages:
        if message.role == "assistant":
            add(OPENING, False)
            add(f"{message.content}{END}", True)
            add("\n", False)
        else:
            add(f"{START}{message.role}\n{message.content}{END}\n", False)
    if open_turn:
        add(OPENING, False)
    return ids, spoken


def speaks_chatml(tokenizer: "PreTrainedTokenizerBase") -> bool:
    """Whether the tokenizer's own chat template writes exactly what `render_conversation` does."""
    if not getattr(tokenizer, "chat_template", None) or tokenizer.eos_token != END:
        return False
    probe = [Message("system", "a"), Message("user", "b"), Message("assistant", "c\nd"), Message("user", "e")]
    plain = [{"role": m.role, "content": m.content} for m in probe]
    try:
        theirs = tokenizer.apply_chat_template(plain, tokenize=False, add_generation_prompt=True, enable_thinking=False)
    except TemplateError:  # it takes no system turn, say
        return False
    return theirs == render_conversation(probe, open_turn=True)
