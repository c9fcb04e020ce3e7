# SPDX-License-Identifier: Apache-2.0
"""How an instruction ended, in the words and codes of ExecuteInstruction."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from agent_planner_interfaces.action import ExecuteInstruction

from agent_planner.agent.result import EpisodeResult
from agent_planner.types import Outcome

_Result = ExecuteInstruction.Result


class Status(Enum):
    """The goal's final status."""

    SUCCEEDED = "succeeded"
    CANCELED = "canceled"
    ABORTED = "aborted"


_STATUS = {
    Outcome.SUCCEEDED: Status.SUCCEEDED,
    Outcome.ANSWERED: Status.SUCCEEDED,
    Outcome.CANCELLED: Status.CANCELED,
}
_CODES = {
    Outcome.SUCCEEDED: _Result.NONE,
    Outcome.ANSWERED: _Result.NONE,
    Outcome.INFEASIBLE: _Result.INFEASIBLE,
    Outcome.NEEDS_OPERATOR: _Result.NEEDS_OPERATOR,
    Outcome.FAILED: _Result.FAILED,
    Outcome.CANCELLED: _Result.CANCELLED,
    Outcome.TIMEOUT: _Result.TIMEOUT,
    Outcome.PREEMPTED: _Result.PREEMPTED,
    Outcome.UNKNOWN: _Result.UNKNOWN,
}
# Codes of the loop that have a code of their own in the action.
_OWN_CODES = {
    "SCENE_STALE": _Result.SCENE_STALE,
    "MODEL_ERROR": _Result.MODEL_ERROR,
    "STOPPED": _Result.STOPPED,
    "SUPERVISOR_LOST": _Result.SUPERVISOR_LOST,
}


@dataclass(frozen=True)
class Verdict:
    """What goes back to the client."""

    status: Status
    outcome: str
    error_code: int
    error_msg: str
    summary: str
    goal: str = ""
    steps: Sequence[str] = ()
    episode_id: str = ""

    def message(self) -> ExecuteInstruction.Result:
        """The action's result."""
        return _Result(
            outcome=self.outcome,
            error_code=self.error_code,
            error_msg=self.error_msg,
            summary=self.summary,
            goal=self.goal,
            steps=list(self.steps),
            episode_id=self.episode_id,
        )


def aborted(outcome: str, error_code: int, text: str) -> Verdict:
    """An end without an episode."""
    return Verdict(Status.ABORTED, outcome, error_code, text, f"{outcome}: {text}")


def stopped(outcome: Outcome, text: str) -> Verdict:
    """Ended before the episode began."""
    status = _STATUS.get(outcome, Status.ABORTED)
    return Verdict(status, outcome.value, _CODES[outcome], text, f"{outcome.value}: {text}")


def verdict_of(result: EpisodeResult, episode_id: str) -> Verdict:
    """An episode's end."""
    good = result.outcome in (Outcome.SUCCEEDED, Outcome.ANSWERED)
    code = f"{result.code}: " if result.code else ""
    return Verdict(
        _STATUS.get(result.outcome, Status.ABORTED),
        result.outcome.value,
        _OWN_CODES.get(result.code, _CODES[result.outcome]),
        "" if good else f"{code}{result.message}",
        result.summary,
        str(result.goal) if result.goal is not None else "",
        [str(call) for call, _ in result.steps],
        episode_id,
    )
