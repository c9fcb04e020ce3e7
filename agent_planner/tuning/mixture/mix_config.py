# SPDX-License-Identifier: Apache-2.0
"""What a mixture is made from."""

from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field


class MixConfig(BaseModel):
    """One mixture.

    Attributes:
        agent: files of the robot's conversations.
        general: files of general conversations, in any schema that `tune import` reads.
        against: files of what models are evaluated on; a training sample that says nearly the same is left out.
        mismatches: tokens of ten that may differ where two texts count as nearly the same (the paper's, 4).
        eta: the probability that a sample is drawn from agent data (AgentTuning's, 0.2 there).
        weights: of general sources, by their names, and of several files of ``agent``, by theirs without the ending
            (within eta). Of either kind all are named, or none: then they count by their numbers of conversations.
        samples: how many are drawn.
        seed: of the order.
        base: the model whose tokenizer counts tokens: default, a folder or a Hugging Face name; none counts none.
        max_tokens: of a conversation, as training counts them; longer ones, and those that the base's chat template
            refuses, are left out before anything is drawn. None: there is no bound. Else ``base`` is needed.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    agent: tuple[Path, ...] = ()
    general: tuple[Path, ...] = ()
    against: tuple[Path, ...] = ()
    mismatches: int = Field(default=4, ge=0, le=9)
    eta: float = Field(default=0.2, ge=0, le=1)
    weights: dict[str, float] = {}
    samples: int = Field(default=10_000, ge=1)
    seed: int = 0
    base: str | None = None
    max_tokens: int | None = Field(default=None, ge=1)
