# SPDX-License-Identifier: Apache-2.0
"""The loss of one forward pass."""

from typing import Any

import torch
from torch.nn.functional import cross_entropy

from agent_planner.tuning.training.packing import Pass


def pass_loss(model: torch.nn.Module, head: torch.nn.Module, packed: Pass, computed: torch.dtype) -> torch.Tensor:
    """The sum over the learned tokens of a pass, each by its weight.

    The scores of all words are computed only at the places where something is learned.

    Args:
        model: a causal language model, wrapped or not.
        head: its output layer.
        packed: what to compute.
        computed: the number format of the computation.
    """
    device = next(head.parameters()).device
    inputs: dict[str, Any] = {k: v.to(device) if isinstance(v, torch.Tensor) else v for k, v in packed.inputs.items()}
    places = packed.predictors.to(device)
    hook = head.register_forward_pre_hook(lambda _, given: (given[0].flatten(0, 1)[places], *given[1:]))
    try:
        with torch.autocast(device.type, computed, enabled=computed != torch.float32):
            scores = model(**inputs, use_cache=False).logits
    finally:
        hook.remove()
    each = cross_entropy(scores.float(), packed.targets.to(device), reduction="none")
    return (each * packed.weights.to(device)).sum()
