# SPDX-License-Identifier: Apache-2.0
"""What a collection is told."""

from collections.abc import Iterable

from pydantic import BaseModel, ConfigDict, Field

from agent_planner.errors import UserError
from agent_planner.types import Level

EXPERT = "expert"
# What only the expert is made to do: a model goes wrong by itself.
_OWN_MISTAKES = ("wrong_call", "premature", "wrong_goal")


class Mistakes(BaseModel):
    """Probabilities of what goes wrong while somebody acts; see `expert.Injection`.

    They are chosen so that enough goes wrong to learn from, not measured: a robot that fails as rarely as one in the
    simulator would show too little. What was measured is how a call fails then, and which skill's fail more often than
    others' (`failure_table`).
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    failure: float = Field(default=0.04, ge=0, le=1)
    wrong_call: float = Field(default=0.15, ge=0, le=1)
    premature: float = Field(default=0.4, ge=0, le=1)
    wrong_goal: float = Field(default=0.15, ge=0, le=1)
    disturbance: float = Field(default=0.02, ge=0, le=1)
    lasting: float = Field(default=0.04, ge=0, le=1)
    drop: float = Field(default=0.06, ge=0, le=1)
    shut: float = Field(default=0.06, ge=0, le=1)
    lapse: float = Field(default=0.06, ge=0, le=1)


class CollectConfig(BaseModel):
    """One collection of trajectories.

    Attributes:
        teacher: ``expert`` (search in the symbolic world) or the name of a model, as ``--model`` takes it.
        student: a model that acts while the expert says what it would have done (DAgger).
        seed: of mistakes, failures, and what a model draws.
        whole: how many whole episodes of a situation the expert gives; of its other tasks the goal alone is stated,
            since most of what is hard stands there.
        mistakes: see there.
        repeat: how often a model is given each task.
        temperature: of what a model says; 0 for the likeliest.
        level: how far its decoding is constrained; with ``look_ahead`` as `tune evaluate` has it, so that it gets into
            the states in which it is measured.
        look_ahead: see there.
        example: whether it is shown a finished task first.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    teacher: str = EXPERT
    student: str = ""
    seed: int = 0
    whole: int | None = Field(default=None, ge=0)
    mistakes: Mistakes = Mistakes()
    repeat: int = Field(default=1, ge=1)
    temperature: float = Field(default=0.0, ge=0, le=2)
    level: Level = Level.GRAMMAR
    look_ahead: bool = False
    example: bool = False

    @property
    def model(self) -> str:
        """The name of the model that acts; empty where the expert does."""
        return self.student or ("" if self.teacher == EXPERT else self.teacher)

    def settled(self) -> "CollectConfig":
        """Return it without what only the expert is made to do, where a model acts.

        Raises:
            UserError: it says what does not apply to who acts.
        """
        if self.student and self.teacher != EXPERT:
            raise UserError(
                f"--student {self.student}: only the expert knows what to say in any state; leave out --teacher"
            )
        if not self.model:
            self._refuse(("repeat", "example", "temperature", "level", "look_ahead"), "for models, not for the expert")
            return self
        self._refuse(("whole",), "for the expert, which a model's goals alone are no use to")
        if self.student:
            self._refuse(("repeat", "example"), "for --teacher MODEL, not for --student")
        if self.repeat > 1 and not self.temperature:
            raise UserError(
                f"--repeat {self.repeat} at --temperature 0 gives every episode {self.repeat} times; "
                "give e.g. --temperature 0.7"
            )
        given = self.mistakes.model_dump(include=self.mistakes.model_fields_set & {*_OWN_MISTAKES})
        if any(given.values()):
            raise UserError(f"mistakes: {', '.join(given)} are for the expert; a model goes wrong by itself")
        own = self.mistakes.model_copy(update=dict.fromkeys(_OWN_MISTAKES, 0.0))
        return self.model_copy(update={"mistakes": own})

    def _refuse(self, names: Iterable[str], why: str) -> None:
        defaults = type(self).model_fields
        given = [f"--{name.replace('_', '-')}" for name in names if getattr(self, name) != defaults[name].default]
        if given:
            raise UserError(f"{', '.join(given)}: {'is' if len(given) == 1 else 'are'} {why}")
