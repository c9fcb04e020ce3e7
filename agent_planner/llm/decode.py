# SPDX-License-Identifier: Apache-2.0
"""Decoding of many answers at once: rows of any length share every forward pass."""

import threading
import time
from collections.abc import Callable, Sequence

import torch
from transformers import PreTrainedModel

from agent_planner.llm.attention import Span, Step, check_layers, running
from agent_planner.llm.cache import RowCache
from agent_planner.llm.row import Row

# The most tokens in one forward pass. On a CPU larger ones gain nothing and delay a cancel.
_STEP_TOKENS = {"cpu": 256, "cuda": 4096}


class Decoder:
    """Runs a model whose attention is `agent_planner.llm.attention`."""

    def __init__(self, model: PreTrainedModel):
        self._model = model
        self._layers = int(model.config.get_text_config().num_hidden_layers)
        self._step_tokens = _STEP_TOKENS.get(model.device.type, _STEP_TOKENS["cpu"])

    def decode(
        self, rows: Sequence[Row], cancel: threading.Event | None = None, heard: Callable[[Row], None] | None = None
    ) -> None:
        """Carry every row to its end.

        Args:
            rows: answers on their way.
            cancel: looked at before every forward pass.
            heard: called with each row that was given tokens.
        """
        began = time.monotonic()
        while active := [row for row in rows if row.finish is None]:
            if cancel is not None and cancel.is_set():
                for row in active:
                    row.finish = "cancelled"
                return
            for row in self._advance(active):
                row.seconds = time.monotonic() - began
                if not row.seconds_prompt:
                    row.seconds_prompt = row.seconds
                if heard is not None:
                    heard(row)

    def fill(self, cache: RowCache, tokens: Sequence[int], cancel: threading.Event | None = None) -> None:
        """Compute ``tokens`` from where ``cache`` ends; a cancel leaves it shorter."""
        while len(cache.tokens) < len(tokens) and not (cancel is not None and cancel.is_set()):
            piece = list(tokens[len(cache.tokens) :][: self._step_tokens])
            self._forward([Span(cache, 0, len(piece))], piece, [len(piece) - 1])
            cache.tokens += piece

    def _advance(self, active: Sequence[Row]) -> list[Row]:
        """One forward pass; returns the rows whose prompt is through."""
        spans: list[Span] = []
        shares: list[tuple[Row, int, range]] = []
        tokens: list[int] = []
        kept: list[int] = []
        for row in sorted(active, key=lambda r: len(r.pending)):  # one long prompt does not hold up the others
            begin = len(tokens)
            take = min(len(row.pending), self._step_tokens - begin)
            if take == 0:
                break
            tokens += row.pending[:take]
            spans.append(Span(row.cache, begin, len(tokens)))
            shares.append((row, take, row.wanted(take)))
            kept += [begin + i for i in row.wanted(take)]
        scores = self._forward(spans, tokens, kept or [len(tokens) - 1])
        best = scores.argmax(dim=-1).tolist()
        start = 0
        for row, take, wanted in shares:
            end = start + len(wanted)
            row.read(take, best[start:end], scores[start:end])
            start = end
        return [row for row, _, wanted in shares if wanted]

    @torch.inference_mode()
    def _forward(self, spans: Sequence[Span], tokens: list[int], kept: list[int]) -> torch.Tensor:
        device = self._model.device
        step = Step(spans)
        positions = [p for span in spans for p in span.positions]
        with running(step):
            out = self._model(
                input_ids=torch.tensor([tokens], device=device),
                position_ids=torch.tensor([positions], device=device),
                use_cache=False,
                logits_to_keep=torch.tensor(kept, device=device),
            )
        check_layers(step, self._layers)
        return out.logits[0].float()
