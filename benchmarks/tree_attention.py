# SPDX-License-Identifier: Apache-2.0
"""Attention over a tree, forward and backward: written out as in training, against torch's fused attention.

The figures are milliseconds of one layer of the default model, and their ratio within this run.
"""

import argparse
import time
from collections.abc import Callable
from itertools import pairwise

from agent_planner.llm.local import share_processors

share_processors()  # before torch is imported
import torch  # noqa: E402
from torch.nn.functional import scaled_dot_product_attention  # noqa: E402

from agent_planner.llm.weights import number_format  # noqa: E402
from agent_planner.tuning.training.tree_attention import Segment, tree_attention  # noqa: E402

HEADS, KEY_HEADS, WIDTH = 9, 3, 64
# The lengths of a tree's prefix and branches, as training has them.
LENGTHS = (490, 350, 300, 250, *[40] * 12)

Attention = Callable[[torch.Tensor, torch.Tensor, torch.Tensor], torch.Tensor]


def written_out(query: torch.Tensor, key: torch.Tensor, value: torch.Tensor) -> torch.Tensor:
    """Return what training computes, (1, n, heads, width)."""
    bounds = pairwise(sum(LENGTHS[:i]) for i in range(len(LENGTHS) + 1))
    segments = tuple(Segment(low, high, 0 if low else -1) for low, high in bounds)
    return tree_attention(torch.nn.Identity(), query, key, value, None, segments=segments)[0]


def fused(query: torch.Tensor, key: torch.Tensor, value: torch.Tensor) -> torch.Tensor:
    """Return the same by one call of torch's attention for each branch."""
    ends = [sum(LENGTHS[: i + 1]) for i in range(len(LENGTHS))]
    prefix = ends[0]
    q, k, v = query[:, :, :prefix], key[:, :, :prefix], value[:, :, :prefix]
    parts = [scaled_dot_product_attention(q, k, v, is_causal=True, enable_gqa=True)]
    for low, high in pairwise(ends):
        own_key = torch.cat([k, key[:, :, low:high]], dim=2)
        own_value = torch.cat([v, value[:, :, low:high]], dim=2)
        mask = torch.ones(high - low, prefix + high - low, dtype=torch.bool).tril(prefix)
        own = query[:, :, low:high]
        parts.append(scaled_dot_product_attention(own, own_key, own_value, attn_mask=mask, enable_gqa=True))
    return torch.cat(parts, dim=2).transpose(1, 2)


def measure(attention: Attention, rounds: int) -> tuple[float, float]:
    """Return the least milliseconds of a forward and of a backward pass."""
    torch.manual_seed(0)
    shapes = ((1, heads, sum(LENGTHS), WIDTH) for heads in (HEADS, KEY_HEADS, KEY_HEADS))
    inputs = [torch.randn(s).to(number_format("cpu")).requires_grad_() for s in shapes]
    forward, backward = [], []
    for _ in range(rounds):
        began = time.perf_counter()
        result = attention(*inputs)
        middle = time.perf_counter()
        result.sum().backward()
        forward.append(middle - began)
        backward.append(time.perf_counter() - middle)
    return min(forward) * 1e3, min(backward) * 1e3


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=10)
    rounds = parser.parse_args().rounds
    print(f"{number_format('cpu')}, {torch.get_num_threads()} threads, {sum(LENGTHS)} tokens, {rounds} rounds")
    ours, theirs = measure(written_out, rounds), measure(fused, rounds)
    for name, mine, other in zip(("forward", "backward"), ours, theirs, strict=True):
        print(f"{name:9} written out {mine:7.1f} ms   fused {other:7.1f} ms   ratio {other / mine:.2f}")


if __name__ == "__main__":
    main()
