# SPDX-License-Identifier: Apache-2.0
"""What went wrong, in one word for each failed episode. The first rule that fits decides.

1.  The model declined instead of stating a goal: with ``which`` where nothing was ambiguous, NEEDLESS_ASK; with
    ``missing`` or ``no_skill`` where neither was so, NEEDLESS_REFUSAL.
2.  It stated another goal than the scenario's. The same atoms in other steps: WRONG_ORDER. Some of them only:
    MISSING_STEP. All of them and more: EXTRA_STEP. Else, and where it stated none that can be used: WRONG_GOAL.
3.  The goal was right and it asked a person (QUESTION): NEEDLESS_ASK; or gave up (GAVE_UP): GAVE_UP.
4.  The episode ended on a refused call, or most of its turns were refused: by the most frequent reason UNKNOWN_SKILL,
    BAD_ARGUMENT (a call that cannot be read counts, too), NEED_NOT_MET, or LOOP (NO_PROGRESS: it leads nowhere).
5.  The same state came back again and again, or the same call failed more often than its retries allow: LOOP.
6.  It ran out of turns, time or context, and a successful call was none of the plan's (`goals.plan` from the first
    scene), or was made more often than there: EXTRA_STEP.
7.  OTHER: too slow, or nothing of all this.
"""

from collections import Counter
from collections.abc import Sequence
from enum import StrEnum

from agent_planner.goals import Declined, Goal, plan
from agent_planner.llm.base import Message
from agent_planner.tuning.panel.evaluate import Score
from agent_planner.tuning.scenarios.scenes import observed
from agent_planner.types import Outcome


class Category(StrEnum):
    """The kinds of errors, in the order in which tables and plots have them."""

    WRONG_GOAL = "wrong goal"
    WRONG_ORDER = "wrong order"
    MISSING_STEP = "missing step"
    EXTRA_STEP = "extra step"
    UNKNOWN_SKILL = "unknown skill"
    BAD_ARGUMENT = "bad argument"
    NEED_NOT_MET = "need not met"
    LOOP = "loop"
    NEEDLESS_ASK = "needless ask"
    NEEDLESS_REFUSAL = "needless refusal"
    GAVE_UP = "gave up"
    OTHER = "other"


_REFUSED = {
    "UNKNOWN_SKILL": Category.UNKNOWN_SKILL,
    "NEEDS": Category.NEED_NOT_MET,
    "NO_PROGRESS": Category.LOOP,
} | dict.fromkeys(
    (
        "BAD_FORM",
        "BAD_TYPE",
        "MISSING_ARGUMENT",
        "OUT_OF_BOUNDS",
        "SAME_ENTITY",
        "UNKNOWN_ARGUMENT",
        "UNKNOWN_ENTITY",
        "UNKNOWN_VALUE",
        "WRONG_KIND",
    ),
    Category.BAD_ARGUMENT,
)
_REFUSALS = ("missing", "no_skill")


def category(score: Score, messages: Sequence[Message]) -> Category | None:
    """The place of an episode in the taxonomy; None for a success.

    Args:
        score: of the episode.
        messages: its conversation.
    """
    if score.success:
        return None
    if not score.goal_exact:
        return _goal_error(score)
    code = score.result.code
    if code in ("QUESTION", "GAVE_UP"):
        return Category.NEEDLESS_ASK if code == "QUESTION" else Category.GAVE_UP
    return _refused(score, messages) or _calls_error(score)


def _goal_error(score: Score) -> Category:
    truth, stated = score.scenario.goal, score.result.goal
    if isinstance(stated, Declined):
        known = truth.kind if isinstance(truth, Declined) else ""
        if stated.kind == "which" != known:
            return Category.NEEDLESS_ASK
        needless = stated.kind in _REFUSALS and known not in _REFUSALS
        return Category.NEEDLESS_REFUSAL if needless else Category.WRONG_GOAL
    if stated is None or isinstance(truth, Declined):
        return Category.WRONG_GOAL
    wanted, said = _atoms(truth), _atoms(stated)
    if said == wanted:
        return Category.WRONG_ORDER
    if said < wanted:
        return Category.MISSING_STEP
    return Category.EXTRA_STEP if said > wanted else Category.WRONG_GOAL


def _atoms(goal: Goal) -> set:
    return {atom for step in goal.steps for atom in step}


def _refused(score: Score, messages: Sequence[Message]) -> Category | None:
    """By the most frequent reason for a refusal, if refusals are what the episode ended by."""
    codes = [code for m in messages if m.role == "user" and (code := _refusal(m.content))]
    reasons = Counter(_REFUSED[code] for code in codes if code in _REFUSED)
    counts = score.result.counts
    # A refusal that ends the episode is told to nobody: one more was counted than the conversation holds.
    if not reasons or not (counts.refused > len(codes) or 2 * reasons.total() > counts.turns):
        return None
    return reasons.most_common(1)[0][0]


def _refusal(content: str) -> str:
    """The code in ``refused CODE: text``; empty in any other turn."""
    word, _, rest = content.partition(" ")
    return rest.partition(":")[0] if word == "refused" else ""


def _calls_error(score: Score) -> Category:
    result, scenario = score.result, score.scenario
    ran_out = result.outcome is Outcome.TIMEOUT or result.code == "MODEL_ERROR"
    if result.outcome is Outcome.FAILED and not ran_out:
        return Category.LOOP
    if ran_out and isinstance(scenario.goal, Goal):
        planned = plan(scenario.goal, scenario.library, observed(scenario.world)) or ()
        made = Counter(call.key() for call, text in result.steps if text == "ok")
        if made - Counter(call.key() for call in planned):
            return Category.EXTRA_STEP
    return Category.OTHER
