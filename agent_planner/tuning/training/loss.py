# SPDX-License-Identifier: Apache-2.0
"""Scores and loss of one forward pass."""

from typing import Any

import torch
from torch.nn.functional import cross_entropy

from agent_planner.tuning.training.packing import Pass


def pass_scores(
    model: torch.nn.Module, head: torch.nn.Module, packed: Pass, computed: torch.dtype | None = None
) -> torch.Tensor:
    """The scores of all words, in fp32, at the places where something is learned, and nowhere else.

    Args:
        model: a causal language model, wrapped or not.
        head: its output layer.
        packed: what to compute.
        computed: the number format of the computation; None is the model's own.

    Returns:
        (m, vocabulary): a row for each of the pass's predictors.
    """
    device = next(head.parameters()).device
    inputs: dict[str, Any] = {k: v.to(device) if isinstance(v, torch.Tensor) else v for k, v in packed.inputs.items()}
    places = packed.predictors.to(device)
    hook = head.register_forward_pre_hook(lambda _, given: (given[0].flatten(0, 1)[places], *given[1:]))
    try:
        with torch.autocast(device.type, computed, enabled=computed not in (None, torch.float32)):
            return model(**inputs, use_cache=False).logits.float()
    finally:
        hook.remove()


def pass_loss(model: torch.nn.Module, head: torch.nn.Module, packed: Pass, computed: torch.dtype) -> torch.Tensor:
    """The sum over the learned tokens of a pass, each by its weight; arguments as for `pass_scores`."""
    scores = pass_scores(model, head, packed, computed)
    each = cross_entropy(scores, packed.targets.to(scores.device), reduction="none")
    return (each * packed.weights.to(scores.device)).sum()
