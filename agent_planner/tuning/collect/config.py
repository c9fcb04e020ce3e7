# SPDX-License-Identifier: Apache-2.0
"""What a collection is told."""

from pydantic import BaseModel, ConfigDict, Field

from agent_planner.types import Level

EXPERT = "expert"


class Mistakes(BaseModel):
    """Probabilities of what goes wrong while the expert acts; see `expert.Injection`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    failure: float = Field(default=0.04, ge=0, le=1)
    wrong_call: float = Field(default=0.15, ge=0, le=1)
    wrong_goal: float = Field(default=0.15, ge=0, le=1)
    disturbance: float = Field(default=0.02, ge=0, le=1)
    lasting: float = Field(default=0.04, ge=0, le=1)
    drop: float = Field(default=0.06, ge=0, le=1)
    shut: float = Field(default=0.06, ge=0, le=1)


class CollectConfig(BaseModel):
    """One collection of trajectories.

    ``teacher`` is ``expert`` (search in the symbolic world) or the name of a model, as ``--model`` takes it.
    ``student`` is a model that acts while the expert says what it would have done (DAgger).
    ``whole`` is how many whole episodes of a situation the expert gives; of its other tasks the goal alone is
    stated, since most of what is hard stands there. ``repeat``: how often a model is given each task.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    teacher: str = EXPERT
    student: str = ""
    seed: int = 0
    whole: int | None = Field(default=None, ge=0)
    mistakes: Mistakes = Mistakes()
    repeat: int = Field(default=1, ge=1)
    level: Level = Level.APPLICABLE
    example: bool = False
