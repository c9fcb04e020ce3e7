# SPDX-License-Identifier: Apache-2.0
"""What a training run is told."""

from pathlib import Path

from pydantic import BaseModel, ConfigDict


class TrainConfig(BaseModel):
    """One training run.

    ``steps`` counts optimizer steps, each over ``trees_per_step`` trees; ``base`` is a folder, ``base_name`` what the
    adapter calls it, so that no path of this machine is saved.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    base: str
    base_name: str | None = None
    out: Path
    seed: int = 0
    steps: int = 760
    trees_per_step: int = 1
    branches: int = 24
    episodes: int = 1
    max_tokens: int = 2600
    rank: int = 32
    alpha: int = 64
    first_layer: int = 6
    learning_rate: float = 6e-4
    final_fraction: float = 0.1
    warmup_steps: int = 25
    weight_decay: float = 0.01
    clip: float = 1.0
    save_every: int = 20
    start_adapter: Path | None = None
