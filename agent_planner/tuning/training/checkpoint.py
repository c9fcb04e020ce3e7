# SPDX-License-Identifier: Apache-2.0
"""What a run goes on from: learned weights, the optimizer's state and the place, in one file, whole or not at all."""

import os
from collections.abc import Mapping
from pathlib import Path

import torch
from torch.distributed import is_initialized
from torch.distributed.checkpoint.state_dict import (
    StateDictOptions,
    get_model_state_dict,
    get_optimizer_state_dict,
    set_model_state_dict,
    set_optimizer_state_dict,
)

from agent_planner.errors import ConfigError

# On the main process everything, also of a model that is spread over several; frozen weights stay with the base.
_GATHERED = StateDictOptions(full_state_dict=True, cpu_offload=True, ignore_frozen_params=True)


def learned_weights(model: torch.nn.Module) -> dict[str, torch.Tensor]:
    """The weights that are learned, by their names, on the main process; every process must call it."""
    found = get_model_state_dict(model, options=_GATHERED)
    # Of a frozen weight with two names (input and output of one table) torch leaves out only one.
    frozen = _frozen(model)
    return {name: value for name, value in found.items() if name not in frozen}  # type: ignore[misc]


def _frozen(model: torch.nn.Module) -> set[str]:
    every = model.named_parameters(remove_duplicate=False)
    return {name.removeprefix("module.") for name, weight in every if not weight.requires_grad}


def save_checkpoint(
    file: Path,
    learned: Mapping[str, torch.Tensor],
    model: torch.nn.Module,
    optimizer: torch.optim.Optimizer,
    place: Mapping[str, float],
    main: bool,
) -> None:
    """Write a checkpoint on the main process; every process must call it.

    Args:
        file: its name.
        learned: what `learned_weights` gave.
        model: the model, for the optimizer's names.
        optimizer: its state is saved.
        place: where the run stands.
        main: whether this is the main process.
    """
    state = get_optimizer_state_dict(model, optimizer, options=_GATHERED)
    if not main:
        return
    partial = file.with_suffix(".partial")
    with partial.open("wb") as stream:
        torch.save({"learned": dict(learned), "optimizer": state, "place": dict(place)}, stream)
        stream.flush()
        os.fsync(stream.fileno())
    os.replace(partial, file)


def load_checkpoint(file: Path, model: torch.nn.Module, optimizer: torch.optim.Optimizer) -> dict[str, float]:
    """Take up a checkpoint; returns the place. Every process must call it.

    Raises:
        ConfigError: it holds other weights than the ones that this model learns.
    """
    saved = torch.load(file, map_location="cpu", weights_only=True, mmap=True)
    several = is_initialized()
    learned = {name.removeprefix("module.") for name in model.state_dict()} - _frozen(model)
    if learned != saved["learned"].keys():
        lacking, extra = (
            sorted(names) for names in (learned - saved["learned"].keys(), saved["learned"].keys() - learned)
        )
        raise ConfigError(
            str(file),
            f"holds other weights than this run learns: {len(lacking)} are missing ({', '.join(lacking[:2])}), "
            f"{len(extra)} are not learned ({', '.join(extra[:2])}); choose another folder",
        )
    # Not strict: what is frozen is not in it.
    weights = StateDictOptions(full_state_dict=True, broadcast_from_rank0=several, strict=False)
    set_model_state_dict(model, saved["learned"], options=weights)
    # Nor has what got no gradient yet a state; torch makes one up, which would count as a step.
    state = StateDictOptions(
        full_state_dict=True, broadcast_from_rank0=several, ignore_frozen_params=True, strict=False
    )
    set_optimizer_state_dict(model, optimizer, saved["optimizer"], options=state)
    for name, weight in model.named_parameters():
        if name.removeprefix("module.") not in saved["optimizer"]["state"]:
            optimizer.state.pop(weight, None)
    return saved["place"]
