# SPDX-License-Identifier: Apache-2.0
"""A conversation as the tokens that a local model expects, by its own chat template where it has one."""

from collections.abc import Mapping, Sequence
from typing import Any

from jinja2 import TemplateError
from transformers import PreTrainedTokenizerFast

from agent_planner.errors import UserError
from agent_planner.llm.base import Message
from agent_planner.llm.chatml import encode_conversation, speaks_chatml

_PROBE = "system's words"


class TemplateRefuses(UserError):
    """A chat template does not take the turns of one conversation; it may take those of others."""


class PromptEncoder:
    """Encodes for one tokenizer: ChatML, another template, or Llama 2's form where there is none (AgentLM).

    Models that can think aloud are asked not to (``enable_thinking``, as Qwen3's template calls it): a turn begins
    with what the grammar allows. A system turn that a template refuses or leaves out stands in the first user turn.
    """

    def __init__(self, tokenizer: PreTrainedTokenizerFast):
        self._tokenizer = tokenizer
        self._chatml = speaks_chatml(tokenizer)
        self._folds = not self._chatml and bool(tokenizer.chat_template) and not self._takes_system()
        self._special = {i for i, token in tokenizer.added_tokens_decoder.items() if token.special}

    def encode(self, messages: Sequence[Message], tools: Sequence[Mapping[str, Any]] = ()) -> list[int]:
        """Tokens up to where the assistant speaks next.

        Raises:
            TemplateRefuses: the chat template does not take such a conversation.
        """
        if self._chatml:
            return encode_conversation(self._tokenizer, messages, open_turn=True)[0]
        return self._tokens(self._text(messages, tools, open_turn=True))

    def answer(self, messages: Sequence[Message], content: str) -> list[int]:
        """Tokens of what the assistant says behind `encode`'s, with the one that ends its turn.

        Raises:
            TemplateRefuses: the chat template does not take such a conversation.
            UserError: it marks no end of a turn, or writes one otherwise than it opens it.
        """
        whole = [*messages, Message("assistant", content)]
        if self._chatml:
            rest = encode_conversation(self._tokenizer, whole)[0][len(self.encode(messages)) :]
        else:
            rest = self._added(self._text(messages, (), open_turn=True), self._text(whole, (), open_turn=False))
        ends = [place for place, token in enumerate(rest) if token in self._special]
        if not ends:
            raise UserError(
                f"{self._tokenizer.name_or_path}: its chat template ends the assistant's turn with no special token, "
                "so a model could not learn to stop; choose a model whose template does"
            )
        return rest[: ends[-1] + 1]

    def prefix(self, messages: Sequence[Message]) -> list[int]:
        """Tokens of the system turn alone, which other conversations may share; none where that is not clear."""
        if self._chatml and messages and messages[0].role == "system":
            return encode_conversation(self._tokenizer, messages[:1])[0]
        return []

    def _added(self, opening: str, whole: str) -> list[int]:
        """Tokens of what ``whole`` adds to ``opening``."""
        if not whole.startswith(opening):
            raise UserError(
                f"{self._tokenizer.name_or_path}: its chat template writes an assistant's turn otherwise than it "
                f"opens one ({opening[-40:]!r}); choose another model"
            )
        before, after = self._tokens(opening), self._tokens(whole)
        if after[: len(before)] == before:
            return after[len(before) :]
        # The turn's first letters melt into the opening's last: encoded apart, as they are decoded.
        return self._tokens(whole.removeprefix(opening))

    def _takes_system(self) -> bool:
        try:
            return _PROBE in self._templated([Message("system", _PROBE), Message("user", "hello")], (), False)
        except TemplateError:
            return False

    def _text(self, messages: Sequence[Message], tools: Sequence[Mapping[str, Any]], open_turn: bool) -> str:
        if not self._tokenizer.chat_template:
            return llama2_text(messages, str(self._tokenizer.bos_token or ""), str(self._tokenizer.eos_token or ""))
        try:
            return self._templated(_folded(messages) if self._folds else messages, tools, open_turn)
        except TemplateError as error:
            roles = ", ".join(message.role for message in messages)
            raise TemplateRefuses(
                f"{self._tokenizer.name_or_path}: its chat template refuses the turns {roles}: {error}"
            ) from error

    def _templated(self, messages: Sequence[Message], tools: Sequence[Mapping[str, Any]], open_turn: bool) -> str:
        plain = [{"role": m.role, "content": m.content} for m in messages]
        schemas: list[Any] | None = list(tools) or None
        return str(
            self._tokenizer.apply_chat_template(
                plain, tools=schemas, tokenize=False, add_generation_prompt=open_turn, enable_thinking=False
            )
        )

    def _tokens(self, text: str) -> list[int]:
        return self._tokenizer(text, add_special_tokens=False)["input_ids"]


def _folded(messages: Sequence[Message]) -> list[Message]:
    """The system's words in front of the first user turn."""
    if len(messages) < 2 or messages[0].role != "system" or messages[1].role != "user":
        return list(messages)
    return [Message("user", f"{messages[0].content}\n\n{messages[1].content}"), *messages[2:]]


def llama2_text(messages: Sequence[Message], begin: str, end: str) -> str:
    """The form of Llama-2-chat and AgentLM: the system's words stand in the first user turn."""
    text, system = "", ""
    for message in messages:
        if message.role == "system":
            system = f"<<SYS>>\n{message.content}\n<</SYS>>\n\n"
        elif message.role == "user":
            text += f"{begin}[INST] {system}{message.content} [/INST]"
            system = ""
        else:
            text += f" {message.content} {end}"
    return text
