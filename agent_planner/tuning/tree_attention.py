# SPDX-License-Identifier: Apache-2.0
"""Attention over a tree: each branch sees the prefix and itself, and nothing is computed between branches."""

from itertools import pairwise

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
    prefix = bounds[1]
    parts = []
    for low, high in pairwise(bounds):
        q = query[:, :, low:high]
        if low == 0:
            k, v, mask = key[:, :, :high], value[:, :, :high], None
        else:
            k = torch.cat([key[:, :, :prefix], key[:, :, low:high]], dim=2)
            v = torch.cat([value[:, :, :prefix], value[:, :, low:high]], dim=2)
            n = high - low
            mask = torch.ones(n, prefix + n, dtype=torch.bool, device=q.device).tril(prefix)
        parts.append(
            scaled_dot_product_attention(
                q, k, v, attn_mask=mask, is_causal=mask is None, scale=scaling, enable_gqa=True
            )
        )
    return torch.cat(parts, dim=2).transpose(1, 2).contiguous(), None


def register() -> str:
    """Make the attention known to transformers; returns the name to give as ``attn_implementation``."""
    AttentionInterface.register(NAME, tree_attention)
    AttentionMaskInterface.register(NAME, lambda *args, **kwargs: None)
    return NAME
