# SPDX-License-Identifier: Apache-2.0
"""The learning rate of each step: it rises linearly, and falls as half a cosine."""

import math

from agent_planner.errors import ConfigError
from agent_planner.tuning.training.config import TrainConfig


def warmup_steps(config: TrainConfig, steps: int) -> float:
    """How many of a run's steps are its warm-up.

    Raises:
        ConfigError: it is told in steps, and none would come after it.
    """
    if config.warmup < 1:
        return round(config.warmup * steps)
    if config.warmup >= steps:
        raise ConfigError(
            "warmup",
            f"is {config.warmup:g} steps, and the run has {steps} in all, so that the rate would never fall; "
            "give fewer, or a share of all (below 1)",
        )
    return config.warmup


def learning_rate(config: TrainConfig, step: int, steps: int) -> float:
    """The rate of a step, 0 the first.

    With w steps of warm-up it is (step + 1) / w of the highest until that is reached, in step w - 1 and again in step
    w, where the cosine begins. That would end at ``final_fraction`` of the highest one step after the last one: the
    last step itself has a little more.

    Args:
        config: the highest, the warm-up, and the fraction.
        step: less than ``steps``.
        steps: of the run.
    """
    warmup = warmup_steps(config, steps)
    if step < warmup:
        return config.learning_rate * (step + 1) / warmup
    done = (step - warmup) / max(1, steps - warmup)
    share = config.final_fraction + (1 - config.final_fraction) * (1 + math.cos(math.pi * done)) / 2
    return config.learning_rate * share
