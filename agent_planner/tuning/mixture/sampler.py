# SPDX-License-Identifier: Apache-2.0
"""Instructions and answers drawn from a language model that is given nothing but its own chat template."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import torch
from jinja2 import TemplateError

from agent_planner.errors import UserError
from agent_planner.llm.base import Message
from agent_planner.llm.prompts import llama2_text
from agent_planner.llm.weights import Loaded, end_tokens

# Stands where the instruction belongs, to find what the template writes before and behind it.
_PLACE = "⁂"
# The same for a system turn.
_SYSTEM = "⁑"


class Said(NamedTuple):
    """What the model wrote, and whether it ended it by itself, with no other special token before."""

    text: str
    ended: bool


class Sampler:
    """Draws in batches; the same seed gives the same texts, and torch's own generators are left as they were.

    The template is used as the base has it, with its default system turn where it has one: without it,
    SmolLM2-135M writes mostly the middle of documents.

    Args:
        loaded: an instruction-tuned model and its tokenizer.
        top_p: only the likeliest tokens that together have this probability are drawn from.

    Attributes:
        system: that default system turn; empty where there is none, or none that could be given to the template.

    Raises:
        UserError: the template writes nothing behind a user's turn.
    """

    def __init__(self, loaded: Loaded, top_p: float):
        self._model: Any = loaded.model
        self._tokenizer: Any = loaded.tokenizer
        self._top_p = top_p
        # Ours computes rows of `LocalModel.chat`; generate() brings its own masks.
        self._model.set_attn_implementation("sdpa")
        opening, _, closing = self._prompt(_PLACE).partition(_PLACE)
        if not closing.strip():
            raise UserError(
                f"{loaded.tokenizer.name_or_path}: its chat template writes nothing behind a user's turn, so nobody "
                "could tell where an instruction ends; choose another base, or another source"
            )
        self.system = self._default_system()
        self._opening = self._encode(opening)
        self._answer_ends = end_tokens(loaded.model, loaded.tokenizer)
        self._specials = frozenset(self._tokenizer.all_special_ids)
        self._ends = self._answer_ends | ({self._encode(closing)[0]} & self._specials)
        # What ends a user turn in a template without a token for it.
        self._closing = closing.strip().partition("\n")[0]

    def instructions(self, count: int, tokens: int, temperature: float, seed: int) -> list[Said]:
        """Draw as many user turns of at most ``tokens`` tokens."""
        drawn = self._draw([self._opening] * count, tokens, temperature, seed)
        said = [self._said(ids, self._ends) for ids in drawn]
        cut = [(text.partition(self._closing), ended) for text, ended in said]
        return [Said(text.strip(), ended or bool(mark)) for (text, mark, _), ended in cut]

    def answers(self, instructions: Sequence[str], tokens: int, temperature: float, seed: int) -> list[Said]:
        """Draw an answer of at most ``tokens`` tokens to each."""
        prompts = [self._encode(self._prompt(text)) for text in instructions]
        drawn = self._draw(prompts, tokens, temperature, seed) if prompts else []
        return [Said(text.strip(), ended) for text, ended in (self._said(ids, self._answer_ends) for ids in drawn)]

    def _prompt(self, instruction: str) -> str:
        if self._tokenizer.chat_template:
            return self._templated([{"role": "user", "content": instruction}])
        begin, end = str(self._tokenizer.bos_token or ""), str(self._tokenizer.eos_token or "")
        return llama2_text([Message("user", instruction)], begin, end)

    def _templated(self, turns: list[dict[str, str]]) -> str:
        """As `PromptEncoder` has it: with no thinking aloud."""
        return str(
            self._tokenizer.apply_chat_template(
                turns, tokenize=False, add_generation_prompt=True, enable_thinking=False
            )
        )

    def _default_system(self) -> str:
        """What the template says where no system turn is given: given as one, it gives the very same prompt."""
        if not self._tokenizer.chat_template:
            return ""
        asked = {"role": "user", "content": _PLACE}
        whole = self._prompt(_PLACE)
        try:
            before, _, behind = self._templated([{"role": "system", "content": _SYSTEM}, asked]).partition(_SYSTEM)
            if not (whole.startswith(before) and whole.endswith(behind)):
                return ""
            found = whole[len(before) : len(whole) - len(behind)]
            return found if self._templated([{"role": "system", "content": found}, asked]) == whole else ""
        except TemplateError:
            return ""  # it takes no system turn, so it writes none

    def _encode(self, text: str) -> list[int]:
        return self._tokenizer(text, add_special_tokens=False)["input_ids"]

    def _draw(self, prompts: Sequence[list[int]], tokens: int, temperature: float, seed: int) -> list[list[int]]:
        width = max(map(len, prompts))
        pad = self._tokenizer.eos_token_id
        device = self._model.device
        ids = torch.tensor([[pad] * (width - len(p)) + p for p in prompts], device=device)
        mask = torch.tensor([[0] * (width - len(p)) + [1] * len(p) for p in prompts], device=device)
        with torch.random.fork_rng(), torch.inference_mode():
            torch.manual_seed(seed)
            out = self._model.generate(
                input_ids=ids,
                attention_mask=mask,
                do_sample=True,
                temperature=temperature,
                top_p=self._top_p,
                top_k=0,
                max_new_tokens=tokens,
                eos_token_id=sorted(self._ends),
                pad_token_id=pad,
            )
        return out[:, width:].tolist()

    def _said(self, ids: Sequence[int], ends: frozenset[int]) -> Said:
        length = next((place for place, token in enumerate(ids) if token in ends), None)
        text = ids[:length]
        return Said(str(self._tokenizer.decode(text)), length is not None and self._specials.isdisjoint(text))
