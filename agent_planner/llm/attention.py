# SPDX-License-Identifier: Apache-2.0
"""Attention over rows of different lengths in one forward pass, each with a cache of its own.

The rows' new tokens lie one behind the other in a single sequence, so that the linear layers see no padding;
only here, through the attention interface of transformers, are they told apart.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

import torch
from torch.nn.functional import scaled_dot_product_attention

from agent_planner.errors import ModelError
from agent_planner.llm.cache import RowCache

NAME = "agent_planner_rows"
_REMEDY = "serve it with an OpenAI-compatible server and choose openai:MODEL@URL"


@dataclass(frozen=True)
class Span:
    """The new tokens of one row: where they lie in the joint sequence, and the cache that they extend."""

    cache: RowCache
    begin: int
    end: int

    @property
    def positions(self) -> range:
        """Their positions in their own conversation."""
        held = len(self.cache.tokens)
        return range(held, held + self.end - self.begin)


class Step:
    """One forward pass: its spans, and their masks, made once for all layers."""

    def __init__(self, spans: Sequence[Span]):
        self.spans = spans
        self._masks: dict[tuple[int, int, int | None], torch.Tensor | None] = {}

    def mask(self, number: int, groups: int, window: int | None, device: torch.device) -> torch.Tensor | None:
        """Which of a row's tokens (second axis) its new ones attend to; None means all."""
        key = (number, groups, window)
        if key not in self._masks:
            self._masks[key] = _mask(self.spans[number].positions, groups, window, device)
        return self._masks[key]


def _mask(positions: range, groups: int, window: int | None, device: torch.device) -> torch.Tensor | None:
    if len(positions) == 1 and (window is None or positions.stop <= window):
        return None
    query = torch.arange(positions.start, positions.stop, device=device)[:, None]
    key = torch.arange(positions.stop, device=device)[None, :]
    seen = key <= query
    if window is not None:
        seen &= key > query - window
    return seen.repeat(groups, 1)


_CURRENT: ContextVar[Step] = ContextVar("agent_planner_step")


@contextmanager
def running(step: Step) -> Iterator[None]:
    """Within this, the model's layers attend as ``step`` says."""
    token = _CURRENT.set(step)
    try:
        yield
    finally:
        _CURRENT.reset(token)


def attend(
    module: torch.nn.Module,
    query: torch.Tensor,
    key: torch.Tensor,
    value: torch.Tensor,
    attention_mask: torch.Tensor | None,
    scaling: float | None = None,
    sliding_window: int | None = None,
    **unused: Any,
) -> tuple[torch.Tensor, None]:
    """The attention function that transformers calls.

    Args:
        module: the attention layer; its ``layer_idx`` says whose cache is meant.
        query: (1, heads, tokens, width).
        key: (1, key heads, tokens, width).
        value: (1, key heads, tokens, width).
        attention_mask: not used: the current step knows.
        scaling: of the scores; None is one over the root of the width.
        sliding_window: how far back a token sees.
        **unused: what other kinds of attention need; those that would change the result are refused.

    Returns:
        (1, tokens, heads, width), and no weights.
    """
    for name in ("softcap", "s_aux", "position_bias"):
        if unused.get(name) is not None:
            raise ModelError(f"this model's attention needs '{name}', which the local backend lacks; {_REMEDY}")
    step = _CURRENT.get()
    layer = int(module.layer_idx)  # type: ignore[arg-type]
    heads, tokens, width = query.shape[1:]
    key_heads = key.shape[1]
    groups = heads // key_heads
    compute = _written_out if query.dtype is torch.bfloat16 and query.device.type == "cpu" else _fused
    scale = width**-0.5 if scaling is None else scaling
    out = value.new_empty(1, tokens, heads, value.shape[3])
    for number, span in enumerate(step.spans):
        part = slice(span.begin, span.end)
        new = span.end - span.begin
        keys, values = span.cache.extend(layer, key[0, :, part], value[0, :, part])
        # Query heads that share a key head count as more queries of that head: nothing is repeated in memory.
        queries = query[0, :, part].reshape(key_heads, groups * new, width)
        mask = step.mask(number, groups, sliding_window, query.device)
        found = compute(queries, keys, values, mask, scale)
        out[0, part] = found.view(heads, new, -1).transpose(0, 1)
    return out, None


def _fused(
    queries: torch.Tensor, keys: torch.Tensor, values: torch.Tensor, mask: torch.Tensor | None, scale: float
) -> torch.Tensor:
    return scaled_dot_product_attention(queries[None], keys[None], values[None], attn_mask=mask, scale=scale)


def _written_out(
    queries: torch.Tensor, keys: torch.Tensor, values: torch.Tensor, mask: torch.Tensor | None, scale: float
) -> torch.Tensor:
    """In bf16 on a processor with avx512_bf16, some 0.7 of the fused one's time for a token of a row.

    Keys come first in the product: many of them meet few queries, and the second factor is what is packed anew.
    """
    scores = (keys @ (queries * scale).transpose(1, 2)).transpose(1, 2)
    if mask is not None:
        scores = torch.where(mask, scores, float("-inf"))
    return scores.softmax(dim=-1) @ values


def register() -> None:
    """Make `NAME` known to transformers; twice does no harm."""
    from transformers import AttentionInterface

    AttentionInterface.register(NAME, attend)


def check_layers(step: Step, layers: int) -> None:
    """Raise unless every layer went through `attend`: else rows would have seen one another."""
    if any(span.cache.layers != layers for span in step.spans):
        raise ModelError(f"not every layer of this model uses the attention interface of transformers; {_REMEDY}")
