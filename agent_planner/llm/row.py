# SPDX-License-Identifier: Apache-2.0
"""One answer on its way: what was said, what waits to be computed, and where its grammar stands."""

from collections import deque
from collections.abc import Sequence

import torch

from agent_planner.llm.base import Finish
from agent_planner.llm.cache import RowCache
from agent_planner.llm.matcher import TurnMatcher


class Row:
    """The state of one answer; it computes nothing itself.

    Args:
        prompt: all tokens before the answer.
        cache: holds a prefix of them, at least one token short.
        matcher: follows the grammar; None leaves the model free.
        max_tokens: the longest answer.
        ends: tokens that end an answer.
        temperature: as `ChatRequest` has it, with ``seed``.
        seed: see there.

    Attributes:
        said: the answer's tokens so far, without the end.
        pending: tokens that the model has not seen yet; the last of them may be forced ones.
        finish: why it ended, None until then.
        raw_invalid: whether a first choice of the model (its likeliest token, whatever is drawn) left the grammar; None
            without a grammar.
        sampled: how many tokens the model chose, the end included.
        seconds_prompt: until its first choice.
        seconds: until now, or until it ended.
    """

    def __init__(
        self,
        prompt: Sequence[int],
        cache: RowCache,
        matcher: TurnMatcher | None,
        max_tokens: int,
        ends: frozenset[int],
        temperature: float = 0.0,
        seed: int = 0,
    ):
        self.cache = cache
        self.said: list[int] = []
        self.pending = list(prompt[len(cache.tokens) :])
        self.finish: Finish | None = None
        self.raw_invalid = None if matcher is None else False
        self.sampled = 0
        self.prompt_tokens = len(prompt)
        self.cached_tokens = len(cache.tokens)
        self.seconds_prompt = 0.0
        self.seconds = 0.0
        self._matcher = matcher
        self._ends = ends
        self._limit = max_tokens
        self._temperature = temperature
        # On the processor, so that a GPU draws the same.
        self._dice = torch.Generator().manual_seed(seed) if temperature else None
        self._unread: deque[int] = deque()  # the forced ones at the end of `pending`
        self._queue_forced()

    @property
    def forced(self) -> int:
        """How many of the answer's tokens needed no choice."""
        return len(self.said) - self.sampled + (1 if self.sampled and self.finish == "stop" else 0)

    def wanted(self, take: int) -> range:
        """Of the first ``take`` pending tokens, those after which the model's choice matters."""
        first = len(self.pending) - 1 - len(self._unread)
        return range(max(first, 0), take)

    def read(self, take: int, best: Sequence[int], scores: torch.Tensor) -> None:
        """Hear what the model made of the first ``take`` pending tokens.

        Args:
            take: how many it saw.
            best: its first choice after each wanted one of them.
            scores: (wanted, vocabulary), the scores that the choices come from.
        """
        self.cache.tokens += self.pending[:take]
        del self.pending[:take]
        for number, choice in enumerate(best):
            if self.finish is not None:
                return
            if self._unread:
                self._read_forced(choice)
            else:
                self._choose(choice, scores[number])

    def _read_forced(self, choice: int) -> None:
        if self._matcher is not None and not self.raw_invalid and not self._matcher.admits(choice):
            self.raw_invalid = True
        self._take(self._unread.popleft())

    def _choose(self, choice: int, scores: torch.Tensor) -> None:
        self.sampled += 1
        if self._matcher is not None:
            allowed = self._matcher.allowed().to(scores.device)
            scores = scores.masked_fill(~allowed, -torch.inf)
            if not allowed[choice]:
                self.raw_invalid = True
                choice = int(scores.argmax())
        if self._dice is not None:
            chances = (scores.cpu() / self._temperature).softmax(dim=-1)
            choice = int(torch.multinomial(chances, 1, generator=self._dice))
        if choice in self._ends:
            self.finish = "stop"
            return
        self.pending.append(choice)
        self._take(choice)
        self._queue_forced()

    def _take(self, token: int) -> None:
        if self._matcher is not None:
            self._matcher.take(token)
        self.said.append(token)
        if len(self.said) >= self._limit:
            self.finish = "length"

    def _queue_forced(self) -> None:
        """Line up what needs no choice.

        The model's own choices along the way only matter until one was invalid; then nothing waits for them,
        not even an end that is the only thing left.
        """
        if self._matcher is None or self.finish is not None:
            return
        self._unread.extend(self._matcher.forced())
        self.pending.extend(self._unread)
        if not self.raw_invalid:
            return
        while self._unread and self.finish is None:
            self._take(self._unread.popleft())
        if self.finish is None and self._matcher.done:
            self.finish = "stop"
