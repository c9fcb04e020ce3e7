# SPDX-License-Identifier: Apache-2.0
"""Attention over a tree: each branch sees the prefix and itself, and nothing is computed between branches."""

from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

import torch
from torch.nn.functional import scaled_dot_product_attention
from transformers import AttentionInterface
from transformers.masking_utils import AttentionMaskInterface

NAME = "agent_planner_tree"


# For each tree: where its prefix and each of its branches begin, and where it ends.
Bounds = tuple[tuple[int, ...], ...]


def tree_attention(
    module: torch.nn.Module,
    query: torch.Tensor,
    key: torch.Tensor,
    value: torch.Tensor,
    attention_mask: torch.Tensor | None,
    scaling: float | None = None,
    dropout: float = 0.0,
    bounds: Bounds = (),
    **_: object,
) -> tuple[torch.Tensor, None]:
    """Attend within trees that stand one after the other.

    Shapes: query (1, heads, n, d), key and value (1, key heads, n, d); returns (1, n, heads, d).
    """
    compute = side_by_side if query.is_cuda else one_by_one
    return compute(query, key, value, query.shape[3] ** -0.5 if scaling is None else scaling, bounds), None


def one_by_one(
    query: torch.Tensor, key: torch.Tensor, value: torch.Tensor, scaling: float, bounds: Bounds
) -> torch.Tensor:
    """For processors: branch after branch, nothing padded.

    Written out, since torch's fused attention on a CPU takes several times as long in the backward pass for branches
    that are short beside their prefix (benchmarks/tree_attention.py).
    """
    heads, d = query.shape[1], query.shape[3]
    shared, group = key.shape[1], heads // key.shape[1]
    lengths = [high - low for tree in bounds for low, high in pairwise(tree)]
    # split, not slices: its backward pass is one concatenation.
    queries = iter((query[0] * scaling).view(shared, group, -1, d).split(lengths, dim=2))
    keys, values = iter(key[0].split(lengths, dim=1)), iter(value[0].split(lengths, dim=1))
    parts = []
    for tree in bounds:
        prefix_key, prefix_value = key[0, :, :0], value[0, :, :0]
        for number, (low, high) in enumerate(pairwise(tree)):
            n, q = high - low, next(queries)
            k, v = torch.cat([prefix_key, next(keys)], dim=1), torch.cat([prefix_value, next(values)], dim=1)
            if number == 0:
                prefix_key, prefix_value = k, v
            total = k.shape[1]
            scores = (q.reshape(shared, group * n, d) @ k.transpose(1, 2)).view(shared, group, n, total)
            hidden = torch.full((n, total), float("-inf"), dtype=q.dtype, device=q.device).triu_(1 + total - n)
            weights = (scores + hidden).softmax(dim=-1).view(shared, group * n, total)
            parts.append((weights.to(v.dtype) @ v).view(shared, group, n, d))
    return torch.cat(parts, dim=2).view(1, heads, -1, d).transpose(1, 2).contiguous()


def side_by_side(
    query: torch.Tensor, key: torch.Tensor, value: torch.Tensor, scaling: float, bounds: Bounds
) -> torch.Tensor:
    """For GPUs: all prefixes, then all branches, each as one padded batch: starting kernels costs more than padding."""
    heads, d = query.shape[1], query.shape[3]
    batch = _batch(bounds, query.device)
    every = [query[0], *(t[0].repeat_interleave(heads // t.shape[1], dim=0) for t in (key, value))]

    def taken(tensor: torch.Tensor, tokens: torch.Tensor) -> torch.Tensor:
        """Return (rows, heads, length, d)."""
        return tensor.index_select(1, tokens.flatten()).view(heads, *tokens.shape, d).transpose(0, 1)

    q, k, v = (taken(t, batch.prefixes) for t in every)
    first = scaled_dot_product_attention(q, k, v, is_causal=True, scale=scaling)
    q, own_key, own_value = (taken(t, batch.branches) for t in every)
    k = torch.cat([k.index_select(0, batch.tree), own_key], dim=2)
    v = torch.cat([v.index_select(0, batch.tree), own_value], dim=2)
    rest = scaled_dot_product_attention(q, k, v, attn_mask=batch.seen, scale=scaling)
    slots = torch.cat([part.transpose(1, 2).reshape(-1, heads, d) for part in (first, rest)])
    return slots.index_select(0, batch.slots)[None]


class _Batch(NamedTuple):
    """Prefixes and branches of all trees as rows, each as long as the longest; what fills them up does not matter."""

    prefixes: torch.Tensor  # (trees, longest prefix): the token in each slot
    branches: torch.Tensor  # (branches, longest branch): likewise
    tree: torch.Tensor  # (branches,): whose branch it is
    seen: torch.Tensor  # (branches, 1, longest branch, longest prefix + longest branch), bool: may attend to
    slots: torch.Tensor  # (n,): the slot of each token, those of the prefixes counted first


@lru_cache(maxsize=1)  # all layers ask for the same
def _batch(bounds: Bounds, device: torch.device) -> _Batch:
    prefixes, in_prefix = _rows([tree[:2] for tree in bounds], bounds[-1][-1])
    branches, in_branch = _rows([part for tree in bounds for part in pairwise(tree[1:])], bounds[-1][-1])
    tree = torch.tensor([number for number, tree in enumerate(bounds) for _ in tree[2:]])
    length = branches.shape[1]
    own = torch.ones(length, length, dtype=torch.bool).tril() & in_branch[:, None]
    seen = torch.cat([in_prefix[tree][:, None].expand(-1, length, -1), own], dim=2)[:, None]
    filled = torch.cat([in_prefix.flatten(), in_branch.flatten()]).nonzero()[:, 0]
    slots = torch.empty_like(filled)
    slots[torch.cat([prefixes.flatten(), branches.flatten()])[filled]] = filled
    return _Batch(*(t.to(device) for t in (prefixes, branches, tree, seen, slots)))


def _rows(parts: Sequence[tuple[int, ...]], n: int) -> tuple[torch.Tensor, torch.Tensor]:
    """The tokens of each part as a row, and where a row is filled."""
    starts, ends = torch.tensor(parts).T[:, :, None]
    columns = torch.arange(int((ends - starts).max()))
    # The rest repeats different tokens, so that their gradients (zeros) are not all added to the same one.
    return (starts + columns).clamp(max=n - 1), columns < ends - starts


def register() -> str:
    """Make the attention known to transformers; returns the name to give as ``attn_implementation``."""
    AttentionInterface.register(NAME, tree_attention)
    AttentionMaskInterface.register(NAME, lambda *args, **kwargs: None)
    return NAME
