# SPDX-License-Identifier: Apache-2.0
"""What a grammar admits next, token by token (llguidance)."""

from collections import OrderedDict
from collections.abc import Collection

import llguidance
import llguidance.hf
import llguidance.numpy
import numpy as np
import torch
from transformers import PreTrainedTokenizerFast

from agent_planner.errors import ModelError

_KEPT = 64


class TurnMatcher:
    """Follows one answer through its grammar."""

    def __init__(self, matcher: llguidance.LLMatcher, vocabulary: int, ends: frozenset[int]):
        self._matcher = matcher
        self._ends = ends
        self._vocabulary = vocabulary
        self._bits = llguidance.numpy.allocate_token_bitmask(1, vocabulary)

    @property
    def done(self) -> bool:
        """Nothing can be added any more but the end."""
        return self._matcher.is_stopped()

    @property
    def complete(self) -> bool:
        """What was taken so far is a whole sentence of the grammar."""
        return self._matcher.is_accepting()

    def allowed(self) -> torch.Tensor:
        """Which tokens may come next: (vocabulary,) bool; the end is among them where the answer may end."""
        llguidance.numpy.fill_next_token_bitmask(self._matcher, self._bits)
        self._check()
        bits = np.unpackbits(self._bits[0].view(np.uint8), bitorder="little")[: self._vocabulary]
        return torch.from_numpy(bits.view(np.bool_))

    def admits(self, token: int) -> bool:
        """Whether this token may come next."""
        if token in self._ends:
            return self.complete
        return self._matcher.validate_tokens([token]) == 1

    def forced(self) -> list[int]:
        """Tokens that the grammar leaves no choice about, without the end; not taken yet."""
        tokens = self._matcher.compute_ff_tokens()
        return [t for t in tokens if t not in self._ends]

    def take(self, token: int) -> None:
        """Go on by one token."""
        self._matcher.consume_token(token)
        self._check()

    def _check(self) -> None:
        if self._matcher.is_error():
            raise ModelError(f"the grammar could not be followed: {self._matcher.get_error()}")


class Grammars:
    """Compiles grammars for one tokenizer, and keeps the latest."""

    def __init__(self, tokenizer: PreTrainedTokenizerFast, vocabulary: int, ends: Collection[int]):
        self._tokenizer = llguidance.hf.from_tokenizer(tokenizer, n_vocab=vocabulary, eos_token=sorted(ends))
        self._vocabulary = vocabulary
        self._ends = frozenset(ends)
        self._compiled: OrderedDict[str, llguidance.LLMatcher] = OrderedDict()

    def start(self, grammar: str) -> TurnMatcher:
        """A matcher at the beginning of ``grammar``.

        Raises:
            ValueError: the grammar is wrong; the text says where.
        """
        if grammar not in self._compiled:
            source = llguidance.LLMatcher.grammar_from_lark(grammar)
            compiled = llguidance.LLMatcher(self._tokenizer, source, log_level=0)
            if compiled.is_error():
                raise ValueError(f"bad grammar: {compiled.get_error()}\n{grammar}")
            self._compiled[grammar] = compiled
        self._compiled.move_to_end(grammar)
        while len(self._compiled) > _KEPT:
            self._compiled.popitem(last=False)
        return TurnMatcher(self._compiled[grammar].deep_copy(), self._vocabulary, self._ends)
