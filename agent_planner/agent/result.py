# SPDX-License-Identifier: Apache-2.0
"""How an episode ended, and the figures of its model turns."""

from dataclasses import dataclass, field

from agent_planner.agent.takeover import HumanTurn
from agent_planner.goals.goal import Stated
from agent_planner.types import Call, Outcome


@dataclass
class Counts:
    """Figures that every report shows; ``codes`` are those of the refusals, each with its number."""

    turns: int = 0
    calls: int = 0
    refused: int = 0
    codes: dict[str, int] = field(default_factory=dict)
    raw_invalid: int = 0
    sampled_tokens: int = 0
    forced_tokens: int = 0
    model_seconds: float = 0.0

    def add_refusal(self, code: str) -> None:
        """Count a goal or call that was refused."""
        self.refused += 1
        # Anew, since copies of the figures hold the same one.
        self.codes = self.codes | {code: self.codes.get(code, 0) + 1}


@dataclass(frozen=True)
class EpisodeResult:
    """``steps`` are the calls that went to a server, with their results as text; ``takeovers`` lie between them."""

    outcome: Outcome
    code: str
    message: str
    goal: Stated | None
    steps: tuple[tuple[Call, str], ...] = ()
    counts: Counts = field(default_factory=Counts)
    takeovers: tuple[HumanTurn, ...] = ()

    @property
    def summary(self) -> str:
        """One sentence for a person; success always names the goal it refers to."""
        goal = f"goal {self.goal}" if self.goal is not None else "no goal"
        did = f"{len(self.steps)} call{'s' if len(self.steps) != 1 else ''}"
        did += {0: "", 1: " and a takeover"}.get(len(self.takeovers), f" and {len(self.takeovers)} takeovers")
        why = f": {self.message}" if self.message else ""
        return f"{self.outcome.value} ({goal}) after {did}{why}"
