# SPDX-License-Identifier: Apache-2.0
"""What conversations of the base model itself are drawn with."""

from pydantic import BaseModel, ConfigDict, Field

from agent_planner.tuning.mixture.names import Split


class SynthesisConfig(BaseModel):
    """What decides which samples are drawn.

    Attributes:
        base: the model: default, a folder or a Hugging Face name.
        seed: samples of another seed, or of another split, are others.
        split: the instructions that are kept, by a hash of their words.
        batch: samples that are drawn together; another number gives other samples.
        temperature: of instructions.
        answer_temperature: of answers. Lower, since the samples are to be learned from.
        top_p: only the likeliest tokens that together have this probability are drawn from.
        instruction_tokens: the longest instruction.
        answer_tokens: the longest answer.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    base: str = "default"
    seed: int = 0
    split: Split = Split.TRAIN
    batch: int = Field(default=16, ge=1)
    temperature: float = Field(default=1.0, gt=0)
    answer_temperature: float = Field(default=0.7, gt=0)
    top_p: float = Field(default=0.9, gt=0, le=1)
    instruction_tokens: int = Field(default=96, ge=1)
    answer_tokens: int = Field(default=320, ge=1)
