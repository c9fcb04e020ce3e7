# SPDX-License-Identifier: Apache-2.0
"""The two ways to compute attention over trees agree, and so do their gradients."""

import numpy as np
import pytest
import torch

from agent_planner.errors import UserError
from agent_planner.tuning.training.tree_attention import (
    PADDING,
    ROWS,
    Segment,
    _plan,
    one_by_one,
    side_by_side,
    tree_attention,
)

# (length, parent) of each segment.
TREES = [
    [(7, -1), (3, 0), (5, 0), (1, 0)],
    [(4, -1), (6, 0), (9, -1), (2, 2), (2, 2), (1, -1)],
    [(3, -1), (4, 0), (2, 1), (5, 2), (1, 0), (6, -1), (1, 5)],
    [(ROWS, -1), (5, 0), (ROWS + 3, 1), (2, 2), (ROWS + 1, -1)],
    [(90, -1), (3, -1), (2, -1), (40, 0), (1, 0), (5, 1), (2, 0), (35, 1), (1, 5), (7, 3), (1, -1), (9, 3)],
]


def segments(tree) -> tuple[Segment, ...]:
    found, end = [], 0
    for length, parent in tree:
        found.append(Segment(end, end + length, parent))
        end += length
    return tuple(found)


@pytest.mark.parametrize("window", [None, 4])
@pytest.mark.parametrize("tree", TREES)
def test_a_padded_batch_gives_the_same_as_segment_after_segment(tree, window):
    torch.manual_seed(0)
    laid = segments(tree)
    n = laid[-1].end
    inputs = [torch.randn(1, heads, n, 8, requires_grad=True) for heads in (6, 2, 2)]
    wanted = torch.randn(1, n, 6, 8)
    results = [compute(*inputs, 0.3, laid, window) for compute in (one_by_one, side_by_side)]
    assert torch.allclose(*results, atol=1e-5)
    ours, theirs = (torch.autograd.grad((r * wanted).sum(), inputs) for r in results)
    assert all(torch.allclose(a, b, atol=1e-5) for a, b in zip(ours, theirs, strict=True))


@pytest.mark.parametrize("kind", ["conversations", "mixture", "few long", "branches"])
def test_of_segments_of_any_lengths_no_batch_is_padded_more_than_said(kind):
    draw = np.random.default_rng(0)
    lengths = {
        "conversations": np.clip(draw.lognormal(5.8, 1.0, 20), 12, 4096),
        "mixture": [*draw.integers(40, 80, 51), *draw.integers(700, 3500, 2)],
        "few long": [*draw.integers(30, 60, 60), 4000],
        "branches": draw.lognormal(4, 1.5, 40) + 1,
    }[kind]
    # The branches hang below the first ten and below one another.
    parents = [draw.integers(0, n - 5) if kind == "branches" and n >= 10 else -1 for n in range(len(lengths))]
    laid = segments([(int(n), int(parent)) for n, parent in zip(lengths, parents, strict=True)])
    batches = _plan(laid, None, torch.device("cpu")).batches
    above = [0] * len(laid)
    for place, segment in enumerate(laid):
        if segment.parent >= 0:
            parent = laid[segment.parent]
            above[place] = above[segment.parent] + parent.end - parent.begin
    tokens = laid[-1].end
    assert sum(batch.own.numel() for batch in batches) < PADDING * tokens
    assert sum(batch.path.numel() for batch in batches) < PADDING * (tokens + sum(above))
    assert sum(len(batch.own) for batch in batches) == len(laid)


def test_segments_of_like_length_are_one_batch():
    laid = segments([(50, -1), *((n, 0) for n in (20, 30, 25, 18))])
    assert [len(batch.own) for batch in _plan(laid, None, torch.device("cpu")).batches] == [1, 4]


@pytest.mark.parametrize("window", [None, 4])
@pytest.mark.parametrize("tree", TREES)
def test_bf16_differs_by_its_rounding_alone(tree, window):
    torch.manual_seed(0)
    laid = segments(tree)
    exact = [torch.randn(1, heads, laid[-1].end, 8).bfloat16().float().requires_grad_() for heads in (6, 2, 2)]
    rounded = [t.detach().bfloat16().requires_grad_() for t in exact]
    wanted = torch.randn(1, laid[-1].end, 6, 8)
    results = [one_by_one(*inputs, 0.3, laid, window) for inputs in (exact, rounded)]
    grads = [
        torch.autograd.grad((r * wanted).sum(), inputs) for r, inputs in zip(results, (exact, rounded), strict=True)
    ]
    for a, b in zip((results[0], *grads[0]), (results[1], *grads[1]), strict=True):
        assert b.dtype is torch.bfloat16
        assert (a - b.float()).norm() < 0.02 * a.norm()


def test_the_scores_of_a_long_segment_are_not_kept_for_the_backward_pass():
    n, heads, kept = 4 * ROWS, 3, []
    inputs = [torch.randn(1, heads, n, 8, requires_grad=True) for _ in range(3)]
    with torch.autograd.graph.saved_tensors_hooks(lambda t: kept.append(t.numel()) or t, lambda t: t):
        one_by_one(*inputs, 0.3, segments([(n, -1)]), None)
    assert sum(kept) < heads * n * n / 4


def test_what_would_change_the_result_is_refused():
    query = torch.zeros(1, 1, 1, 8)
    with pytest.raises(UserError, match="'softcap', which trees lack"):
        tree_attention(torch.nn.Identity(), query, query, query, None, segments=segments([(1, -1)]), softcap=50.0)
