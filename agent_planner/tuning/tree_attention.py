# SPDX-License-Identifier: Apache-2.0
"""Attention over a tree: each branch sees the prefix and itself, and nothing is computed between branches."""

from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

import torch
from torch.nn.functional import scaled_dot_product_attention
from transformers import AttentionInterface
from transformers.masking_utils import AttentionMaskInterface

NAME = "agent_planner_tree"


def tree_attention(
    module: torch.nn.Module,
    query: torch.Tensor,
    key: torch.Tensor,
    value: torch.Tensor,
    attention_mask: torch.Tensor | None,
    scaling: float | None = None,
    dropout: float = 0.0,
    bounds: tuple[int, ...] = (),
    **_: object,
) -> tuple[torch.Tensor, None]:
    """Attend within ``bounds``: ``(0, end of the prefix, end of the first branch, …, n)``.

    Shapes: query (1, heads, n, d), key and value (1, key heads, n, d); returns (1, n, heads, d).
    """
    compute = side_by_side if query.is_cuda else one_by_one
    return compute(query, key, value, query.shape[3] ** -0.5 if scaling is None else scaling, bounds), None


def one_by_one(
    query: torch.Tensor, key: torch.Tensor, value: torch.Tensor, scaling: float, bounds: tuple[int, ...]
) -> torch.Tensor:
    """For processors: branch after branch, nothing padded.

    Written out, since torch's fused attention on a CPU takes several times as long in the backward pass for branches
    that are short beside their prefix (benchmarks/tree_attention.py).
    """
    heads, d = query.shape[1], query.shape[3]
    shared, group = key.shape[1], heads // key.shape[1]
    lengths = [high - low for low, high in pairwise(bounds)]
    # split, not slices: its backward pass is one concatenation.
    queries = (query[0] * scaling).view(shared, group, -1, d).split(lengths, dim=2)
    keys, values = key[0].split(lengths, dim=1), value[0].split(lengths, dim=1)
    parts = []
    for number, (n, q) in enumerate(zip(lengths, queries, strict=True)):
        k, v = keys[number], values[number]
        if number > 0:
            k, v = torch.cat([keys[0], k], dim=1), torch.cat([values[0], v], dim=1)
        total = k.shape[1]
        scores = (q.reshape(shared, group * n, d) @ k.transpose(1, 2)).view(shared, group, n, total)
        hidden = torch.full((n, total), float("-inf"), dtype=q.dtype, device=q.device).triu_(1 + total - n)
        weights = (scores + hidden).softmax(dim=-1).view(shared, group * n, total)
        parts.append((weights.to(v.dtype) @ v).view(shared, group, n, d))
    return torch.cat(parts, dim=2).view(1, heads, -1, d).transpose(1, 2).contiguous()


def side_by_side(
    query: torch.Tensor, key: torch.Tensor, value: torch.Tensor, scaling: float, bounds: tuple[int, ...]
) -> torch.Tensor:
    """For GPUs: all branches as one padded batch, since starting a kernel costs more than padding."""
    heads, d = query.shape[1], query.shape[3]
    key, value = (t.repeat_interleave(heads // t.shape[1], dim=1) for t in (key, value))
    prefix, batch = bounds[1], _batch(bounds, query.device)
    shared_query, shared_key, shared_value = (t[:, :, :prefix] for t in (query, key, value))
    first = scaled_dot_product_attention(shared_query, shared_key, shared_value, is_causal=True, scale=scaling)
    count, length = batch.tokens.shape
    own = [t[0].index_select(1, batch.tokens.flatten()).view(heads, count, length, d) for t in (query, key, value)]
    q, k, v = (t.transpose(0, 1) for t in own)
    k = torch.cat([shared_key.expand(count, -1, -1, -1), k], dim=2)
    v = torch.cat([shared_value.expand(count, -1, -1, -1), v], dim=2)
    rest = scaled_dot_product_attention(q, k, v, attn_mask=batch.seen, scale=scaling)
    rest = rest.transpose(1, 2).reshape(count * length, heads, d).index_select(0, batch.rows)
    return torch.cat([first[0].transpose(0, 1), rest])[None]


class _Batch(NamedTuple):
    """The branches of a tree as rows of the longest one's length."""

    tokens: torch.Tensor  # (branches, length): which token stands there; what stands in the padding does not matter
    seen: torch.Tensor  # (branches, 1, length, prefix + length), bool: may attend to
    rows: torch.Tensor  # (n - prefix,): where in the flattened batch each token is


@lru_cache(maxsize=1)  # all layers ask for that of one tree
def _batch(bounds: tuple[int, ...], device: torch.device) -> _Batch:
    starts = torch.tensor(bounds[1:-1])[:, None]
    lengths = torch.tensor([high - low for low, high in pairwise(bounds[1:])])[:, None]
    columns = torch.arange(int(lengths.max()))
    # Padding repeats different tokens, so that their gradients (zeros) are not all added to the same one.
    tokens = (starts + columns).clamp(max=bounds[-1] - 1)
    inside = columns < lengths
    own = (columns[None, :, None] >= columns[None, None, :]) & inside[:, None, :]
    seen = torch.cat([torch.ones(*own.shape[:2], bounds[1], dtype=torch.bool), own], dim=2)[:, None]
    rows = inside.flatten().nonzero()[:, 0]
    return _Batch(tokens.to(device), seen.to(device), rows.to(device))


def register() -> str:
    """Make the attention known to transformers; returns the name to give as ``attn_implementation``."""
    AttentionInterface.register(NAME, tree_attention)
    AttentionMaskInterface.register(NAME, lambda *args, **kwargs: None)
    return NAME
