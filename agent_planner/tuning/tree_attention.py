# SPDX-License-Identifier: Apache-2.0
"""Attention over a tree: each branch sees the prefix and itself, and nothing is computed between branches."""

from itertools import pairwise

import torch
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

    Written out, since torch's fused attention on a CPU takes several times as long in the backward pass for branches
    that are short beside their prefix (benchmarks/tree_attention.py).

    Shapes: query (1, heads, n, d), key and value (1, key heads, n, d); returns (1, n, heads, d).
    """
    heads, d = query.shape[1], query.shape[3]
    shared, group = key.shape[1], heads // key.shape[1]
    lengths = [high - low for low, high in pairwise(bounds)]
    # split, not slices: its backward pass is one concatenation.
    queries = (query[0] * (d**-0.5 if scaling is None else scaling)).view(shared, group, -1, d).split(lengths, dim=2)
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
    return torch.cat(parts, dim=2).view(1, heads, -1, d).transpose(1, 2).contiguous(), None


def register() -> str:
    """Make the attention known to transformers; returns the name to give as ``attn_implementation``."""
    AttentionInterface.register(NAME, tree_attention)
    AttentionMaskInterface.register(NAME, lambda *args, **kwargs: None)
    return NAME
