# SPDX-License-Identifier: Apache-2.0
"""What ends an episode that would not end by itself."""

from collections import Counter
from collections.abc import Hashable
from dataclasses import dataclass

from agent_planner.errors import CallRefused
from agent_planner.safety.gate import DENIED
from agent_planner.types import Autonomy, Call, Level, SkillResult

# A server that reports what it has not done may do it when it is asked once more.
_TWICE = 2


@dataclass(frozen=True)
class LoopConfig:
    """Limits and switches of one episode; recorded with it."""

    level: Level = Level.APPLICABLE
    look_ahead: bool = True
    autonomy: Autonomy = Autonomy.AUTO
    max_turns: int = 40
    max_seconds: float = 900.0
    goal_tries: int = 4
    # Have the goal stated part by part where the instruction's words part it for certain.
    by_parts: bool = True
    same_refusals: int = 3
    same_states: int = 8
    check_plan: bool = False
    # Look into what nobody has looked into before a thing that the instruction names counts as missing.
    look_for_missing: bool = True
    # Ask a person who listens before an episode ends because its own means are at an end.
    ask_before_giving_up: bool = False

    @property
    def plans_first(self) -> bool:
        """Whether the whole plan is checked before the first motion; at ``plan_only`` it is all there is."""
        return self.autonomy is Autonomy.CONFIRM or (self.check_plan and self.autonomy is Autonomy.AUTO)


class Tallies:
    """Counts refusals, failures, calls and states, and tells what was once too often.

    Attributes:
        spent: calls, as keys, that failed oftener than their skill's retries allow, and what came of them at last.
    """

    def __init__(self, config: LoopConfig):
        self.spent: dict[tuple, SkillResult] = {}
        self._config = config
        self._refusals: Counter[tuple[Hashable, Hashable, str]] = Counter()
        self._failures: Counter[tuple] = Counter()
        self._made: Counter[tuple[Hashable, tuple]] = Counter()
        self._states: Counter[Hashable] = Counter()

    def left_out(self, state: Hashable) -> set[tuple]:
        """The calls, as keys, that are not to be offered in that state.

        Refused in it, or made twice and led back to it; or failed too often, wherever.
        """
        refused = {said for known, said, _ in self._refusals if known == state and isinstance(said, tuple)}
        led_back = {key for (known, key), count in self._made.items() if known == state and count >= _TWICE}
        return refused | led_back | set(self.spent)

    def made(self, state: Hashable, call: Call) -> None:
        """Count a call that succeeded in that state."""
        self._made[state, call.key()] += 1

    def check(self, state: Hashable, call: Call) -> None:
        """Raise CallRefused (NO_PROGRESS) for a call that has led back to that state twice."""
        if self._made[state, call.key()] >= _TWICE:
            raise CallRefused("NO_PROGRESS", f"{call} was made twice when all was as it is now, and led back to it")

    def refusal(self, state: Hashable, said: Hashable, code: str) -> bool:
        """Count a refusal: the same call, in the same state, for the same reason."""
        self._refusals[state, said, code] += 1
        return self._refusals[state, said, code] >= self._config.same_refusals

    def failure(self, call: Call, result: SkillResult, retries: int) -> bool:
        """Count a failed call against its skill's retries; whether it is ``spent`` now."""
        self._failures[call.key()] += 1
        if self._failures[call.key()] > retries:
            self.spent[call.key()] = result
        return call.key() in self.spent

    @property
    def failed(self) -> set[tuple]:
        """The calls, as keys, that have failed so far."""
        return set(self._failures)

    @property
    def any_denied(self) -> bool:
        """Whether any call was denied by the gate."""
        return any(code == DENIED for _, _, code in self._refusals)

    def visit(self, state: Hashable) -> bool:
        """Count a state that a successful call led to."""
        self._states[state] += 1
        return self._states[state] >= self._config.same_states
