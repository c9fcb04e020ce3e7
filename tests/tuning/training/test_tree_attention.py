# SPDX-License-Identifier: Apache-2.0
"""The two ways to compute attention over a tree agree, and so do their gradients."""

from itertools import accumulate

import pytest
import torch

from agent_planner.tuning.training.tree_attention import one_by_one, side_by_side

pytestmark = pytest.mark.model


@pytest.mark.parametrize("trees", [[(7, 3, 5, 1)], [(4, 6), (9, 2, 2), (1, 1)]])
def test_a_padded_batch_gives_the_same_as_branch_after_branch(trees):
    torch.manual_seed(0)
    bounds, n = [], 0
    for lengths in trees:
        bounds.append(tuple(accumulate(lengths, initial=n)))
        n = bounds[-1][-1]
    inputs = [torch.randn(1, heads, n, 8, requires_grad=True) for heads in (6, 2, 2)]
    wanted = torch.randn(1, n, 6, 8)
    results = [compute(*inputs, 0.3, tuple(bounds)) for compute in (one_by_one, side_by_side)]
    assert torch.allclose(*results, atol=1e-5)
    ours, theirs = (torch.autograd.grad((r * wanted).sum(), inputs) for r in results)
    assert all(torch.allclose(a, b, atol=1e-5) for a, b in zip(ours, theirs, strict=True))
