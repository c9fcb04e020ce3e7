# SPDX-License-Identifier: Apache-2.0
"""The two ways to compute attention over trees agree, and so do their gradients."""

import pytest
import torch

from agent_planner.errors import UserError
from agent_planner.tuning.training.tree_attention import FUSED_FROM, Segment, one_by_one, side_by_side, tree_attention

# (length, parent) of each segment.
TREES = [
    [(7, -1), (3, 0), (5, 0), (1, 0)],
    [(4, -1), (6, 0), (9, -1), (2, 2), (2, 2), (1, -1)],
    [(3, -1), (4, 0), (2, 1), (5, 2), (1, 0), (6, -1), (1, 5)],
    [(FUSED_FROM, -1), (5, 0), (FUSED_FROM + 3, 1), (2, 2), (FUSED_FROM + 1, -1)],
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


def test_the_scores_of_a_long_segment_are_not_kept_for_the_backward_pass():
    n, heads, kept = 4 * FUSED_FROM, 3, []
    inputs = [torch.randn(1, heads, n, 8, requires_grad=True) for _ in range(3)]
    with torch.autograd.graph.saved_tensors_hooks(lambda t: kept.append(t.numel()) or t, lambda t: t):
        one_by_one(*inputs, 0.3, segments([(n, -1)]), None)
    assert sum(kept) < heads * n * n / 4


def test_what_would_change_the_result_is_refused():
    query = torch.zeros(1, 1, 1, 8)
    with pytest.raises(UserError, match="'softcap', which trees lack"):
        tree_attention(torch.nn.Identity(), query, query, query, None, segments=segments([(1, -1)]), softcap=50.0)
