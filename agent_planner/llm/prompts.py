# SPDX-License-Identifier: Apache-2.0
"""A conversation as the tokens that a local model expects, by its own chat template where it has one."""

from collections.abc import Mapping, Sequence
from typing import Any

from transformers import PreTrainedTokenizerFast

from agent_planner.llm.base import Message
from agent_planner.llm.chatml import encode_conversation, speaks_chatml


class PromptEncoder:
    """Encodes for one tokenizer: ChatML, another template, or Llama 2's form where there is none (AgentLM)."""

    def __init__(self, tokenizer: PreTrainedTokenizerFast):
        self._tokenizer = tokenizer
        self._chatml = speaks_chatml(tokenizer)

    def encode(self, messages: Sequence[Message], tools: Sequence[Mapping[str, Any]] = ()) -> list[int]:
        """Tokens up to where the assistant speaks next."""
        if self._chatml:
            return encode_conversation(self._tokenizer, messages, open_turn=True)[0]
        if self._tokenizer.chat_template:
            plain = [{"role": m.role, "content": m.content} for m in messages]
            schemas: list[Any] | None = list(tools) or None
            text = str(
                self._tokenizer.apply_chat_template(plain, tools=schemas, tokenize=False, add_generation_prompt=True)
            )
        else:
            text = llama2_text(messages, str(self._tokenizer.bos_token or ""), str(self._tokenizer.eos_token or ""))
        return self._tokenizer(text, add_special_tokens=False)["input_ids"]

    def prefix(self, messages: Sequence[Message]) -> list[int]:
        """Tokens of the system turn alone, which other conversations may share; none where that is not clear."""
        if self._chatml and messages and messages[0].role == "system":
            return encode_conversation(self._tokenizer, messages[:1])[0]
        return []


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
