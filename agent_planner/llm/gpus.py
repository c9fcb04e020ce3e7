# SPDX-License-Identifier: Apache-2.0
"""Which GPU a process has of those that work side by side: a model takes the first that it sees."""

import os
from collections.abc import Sequence

from agent_planner.llm.local import share_processors

_VISIBLE = "CUDA_VISIBLE_DEVICES"


def visible_gpus() -> list[str]:
    """The GPUs of this process, as CUDA_VISIBLE_DEVICES calls them: those that it lists, else all."""
    listed = os.environ.get(_VISIBLE)
    if listed is not None:
        return [name.strip() for name in listed.split(",") if name.strip()]
    share_processors()
    import torch

    return [str(number) for number in range(torch.cuda.device_count())]


def own_gpu(gpus: Sequence[str], place: int) -> dict[str, str]:
    """What the environment of a process says besides, so that it sees one GPU of several; with fewer nothing.

    Args:
        gpus: what `visible_gpus` gave to who begins the processes.
        place: the number of the process among those side by side; GPUs are dealt out in turn.
    """
    return {_VISIBLE: gpus[place % len(gpus)]} if len(gpus) > 1 else {}
