# SPDX-License-Identifier: Apache-2.0
"""Attention over trees of segments: each sees those above it and itself; between branches nothing is computed."""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

import torch
from torch.nn.functional import scaled_dot_product_attention
from transformers import AttentionInterface, PretrainedConfig
from transformers.masking_utils import AttentionMaskInterface

from agent_planner.errors import UserError

NAME = "agent_planner_tree"
# Architectures whose layers hand `segments` on to the attention, and need nothing of it that is not done here; a test
# compares each with its own attention.
KNOWN = frozenset({"gemma3_text", "llama", "mistral", "qwen2", "qwen3"})


class Segment(NamedTuple):
    """The tokens ``begin`` to ``end`` - 1; ``parent`` is the place of the segment above it, -1 where there is none."""

    begin: int
    end: int
    parent: int


# That many rows of scores are written out at once. Longer segments are left to torch's fused attention in fp32: it is
# then the faster one, and keeps no scores. In bf16 it takes half as long again as blocks of rows, which are kept.
ROWS = 256

# A padded batch has less than that many slots for each of its tokens.
PADDING = 2

# Parents stand before their children; together they cover the tokens in order.
Segments = tuple[Segment, ...]


def register() -> str:
    """Make the attention known to transformers; returns the name to give as ``attn_implementation``."""
    AttentionInterface.register(NAME, tree_attention)
    AttentionMaskInterface.register(NAME, lambda *args, **kwargs: None)
    return NAME


def works_for(config: PretrainedConfig) -> bool:
    """Whether a model of that configuration can be trained on trees."""
    return config.model_type in KNOWN and not getattr(config, "attention_dropout", 0.0)


def tree_attention(
    module: torch.nn.Module,
    query: torch.Tensor,
    key: torch.Tensor,
    value: torch.Tensor,
    attention_mask: torch.Tensor | None,
    scaling: float | None = None,
    sliding_window: int | None = None,
    segments: Segments = (),
    **unused: object,
) -> tuple[torch.Tensor, None]:
    """The attention function that transformers calls.

    Args:
        module: the attention layer.
        query: (1, heads, n, d).
        key: (1, key heads, n, d).
        value: (1, key heads, n, d).
        attention_mask: not used: the segments say it.
        scaling: of the scores; None is one over the root of d.
        sliding_window: how far back a token sees, itself counted; None is everything.
        segments: of the n tokens.
        **unused: what other kinds of attention need; those that would change the result are refused.

    Returns:
        (1, n, heads, d), and no weights.
    """
    for name in ("softcap", "s_aux", "position_bias"):
        if unused.get(name) is not None:
            raise UserError(f"this model's attention needs '{name}', which trees lack; choose packing: padded")
    compute = side_by_side if query.is_cuda else one_by_one
    scale = query.shape[3] ** -0.5 if scaling is None else scaling
    return compute(query, key, value, scale, segments, sliding_window), None


def one_by_one(
    query: torch.Tensor, key: torch.Tensor, value: torch.Tensor, scaling: float, segments: Segments, window: int | None
) -> torch.Tensor:
    """For processors: segment after segment, nothing padded.

    Short segments are written out, since torch's fused attention on a CPU takes several times as long in the backward
    pass for branches that are short beside their prefix (benchmarks/tree_attention.py).
    """
    heads, d = query.shape[1], query.shape[3]
    shared, group = key.shape[1], heads // key.shape[1]
    lengths = [s.end - s.begin for s in segments]
    # split, not slices: its backward pass is one concatenation.
    queries = (query[0] * scaling).view(shared, group, -1, d).split(lengths, dim=2)
    keys, values = list(key[0].split(lengths, dim=1)), list(value[0].split(lengths, dim=1))
    parts = []
    for place, (n, q, segment) in enumerate(zip(lengths, queries, segments, strict=True)):
        if segment.parent >= 0:
            keys[place] = torch.cat([keys[segment.parent], keys[place]], dim=1)
            values[place] = torch.cat([values[segment.parent], values[place]], dim=1)
        k, v = keys[place], values[place]
        if n >= ROWS and q.dtype is torch.float32:
            parts.append(_fused(q, k, v, window))
            continue
        before = k.shape[1] - n
        for low, rows in zip(range(0, n, ROWS), q.split(ROWS, dim=2), strict=True):
            seen = before + low + rows.shape[2]
            parts.append(_written_out(rows, k[:, :seen], v[:, :seen], window))
    return torch.cat(parts, dim=2).view(1, heads, -1, d).transpose(1, 2).contiguous()


def _written_out(q: torch.Tensor, k: torch.Tensor, v: torch.Tensor, window: int | None) -> torch.Tensor:
    """Attention of the last tokens of a path; q (key heads, group, n, d), scaled; k and v (key heads, total, d)."""
    shared, group, n, d = q.shape
    scores = (q.reshape(shared, group * n, d) @ k.transpose(1, 2)).view(shared, group, n, -1)
    with torch.autocast(q.device.type, enabled=False):  # it would have the weights in fp32
        weights = (scores + _hidden(q, k.shape[1], window)).softmax(dim=-1)
    return (weights.view(shared, group * n, -1) @ v).view(shared, group, n, d)


def _fused(q: torch.Tensor, k: torch.Tensor, v: torch.Tensor, window: int | None) -> torch.Tensor:
    """The same for all tokens of a segment."""
    causal = q.shape[2] == k.shape[1] and window is None
    mask = None if causal else _hidden(q, k.shape[1], window)
    k, v = (t[:, None].expand(-1, q.shape[1], -1, -1) for t in (k, v))
    return scaled_dot_product_attention(q, k, v, attn_mask=mask, is_causal=causal, scale=1.0)


def _hidden(q: torch.Tensor, total: int, window: int | None) -> torch.Tensor:
    """What is added to the scores of the last n of ``total`` tokens, (n, total): minus infinity where none sees."""
    n = q.shape[2]
    hidden = torch.full((n, total), float("-inf"), dtype=q.dtype, device=q.device).triu_(1 + total - n)
    if window is not None:
        hidden += torch.full_like(hidden, float("-inf")).tril_(total - n - window)
    return hidden


def side_by_side(
    query: torch.Tensor, key: torch.Tensor, value: torch.Tensor, scaling: float, segments: Segments, window: int | None
) -> torch.Tensor:
    """For GPUs: level after level, each in as few padded batches as `PADDING` lets: starting kernels costs more."""
    heads, d = query.shape[1], query.shape[3]
    every = [query[0], *(t[0].repeat_interleave(heads // t.shape[1], dim=0) for t in (key, value))]
    parts = []
    plan = _plan(segments, window, query.device)
    for batch in plan.batches:
        q, k, v = (
            tensor.index_select(1, places.flatten()).view(heads, *places.shape, d).transpose(0, 1)
            for tensor, places in zip(every, (batch.own, batch.path, batch.path), strict=True)
        )
        causal = batch.seen is None
        part = scaled_dot_product_attention(q, k, v, attn_mask=batch.seen, is_causal=causal, scale=scaling)
        parts.append(part.transpose(1, 2).reshape(-1, heads, d))
    return torch.cat(parts).index_select(0, plan.slots)[None]


class _Batch(NamedTuple):
    """Segments of one depth and of like length as rows, each as long as the longest; what fills up does not matter."""

    own: torch.Tensor  # (segments, longest): the token in each slot
    path: torch.Tensor  # (segments, longest above + longest): those above and their own
    seen: torch.Tensor | None  # (segments, 1, longest, longest above + longest), bool: may attend to; None: all before


class _Plan(NamedTuple):
    batches: list[_Batch]
    slots: torch.Tensor  # (n,): the slot of each token, batches one after the other


@lru_cache(maxsize=2)  # all layers ask for the same, those with a window and those without
def _plan(segments: Segments, window: int | None, device: torch.device) -> _Plan:
    above: list[torch.Tensor] = []  # the tokens that each segment's path begins with
    depths: list[int] = []
    for segment in segments:
        if segment.parent < 0:
            above.append(torch.arange(0))
            depths.append(0)
        else:
            parent = segments[segment.parent]
            above.append(torch.cat([above[segment.parent], torch.arange(parent.begin, parent.end)]))
            depths.append(depths[segment.parent] + 1)
    batches, slots, used = [], torch.empty(segments[-1].end, dtype=torch.int64), 0
    for depth in range(max(depths) + 1):
        for here in _alike([place for place, found in enumerate(depths) if found == depth], segments, above):
            batch, filled = _batch([above[p] for p in here], [segments[p] for p in here], window)
            found = filled.flatten().nonzero()[:, 0]
            slots[batch.own.flatten()[found]] = used + found
            used += filled.numel()
            batches.append(_Batch(*(None if t is None else t.to(device) for t in batch)))  # type: ignore[arg-type]
    return _Plan(batches, slots.to(device))


def _alike(places: Sequence[int], segments: Segments, above: Sequence[torch.Tensor]) -> Iterator[list[int]]:
    """Parts of a level, as large as `PADDING` lets, both of the segments' own tokens and of those above them."""
    sizes = {place: (segments[place].end - segments[place].begin, len(above[place])) for place in places}
    part: list[int] = []
    longest = total = (0, 0)
    for place in sorted(places, key=lambda p: (sizes[p][0].bit_length(), *reversed(sizes[p])), reverse=True):
        own, over = sizes[place]
        longest = max(longest[0], own), max(longest[1], over)
        total = total[0] + own, total[1] + over
        # Above the segments of the first level there is nothing to fill up.
        if part and any(PADDING * t <= (len(part) + 1) * n > 0 for n, t in zip(longest, total, strict=True)):
            yield part
            part, longest, total = [], sizes[place], sizes[place]
        part.append(place)
    yield part


def _batch(
    above: Sequence[torch.Tensor], segments: Sequence[Segment], window: int | None
) -> tuple[_Batch, torch.Tensor]:
    """The batch, and which slots of its own tokens are filled."""
    own, in_own = _rows([torch.arange(s.begin, s.end) for s in segments])
    over, in_over = _rows(above)
    path = torch.cat([over, own], dim=1)
    if over.shape[1] == 0 and window is None:
        return _Batch(own, path, None), in_own
    # Positions count along each row's path.
    begin = in_over.sum(dim=1, keepdim=True)
    at = begin + torch.arange(own.shape[1])
    of = torch.cat([torch.arange(over.shape[1]).expand(len(segments), -1), at], dim=1)
    seen = torch.cat([in_over, in_own], dim=1)[:, None] & (of[:, None] <= at[:, :, None])
    if window is not None:
        seen &= of[:, None] > at[:, :, None] - window
    # A slot that is not filled sees itself: a row that sees nothing would be no number.
    seen[:, :, over.shape[1] :] |= torch.eye(own.shape[1], dtype=torch.bool)
    return _Batch(own, path, seen[:, None]), in_own


def _rows(parts: Sequence[torch.Tensor]) -> tuple[torch.Tensor, torch.Tensor]:
    """The parts as rows, filled up at their ends, and where they are filled."""
    longest = max(map(len, parts))
    filled = torch.arange(longest) < torch.tensor([[len(part)] for part in parts])
    # The rest repeats different tokens, so that their gradients (zeros) are not all added to the same one.
    rows = torch.arange(longest).repeat(len(parts), 1)
    rows[filled] = torch.cat(list(parts))
    return rows, filled
