# SPDX-License-Identifier: Apache-2.0
"""A reward for an episode of a real robot, where nobody knows the truth: does the goal that was stated hold in the end?

That is weaker than a scenario's own predicates: a goal that misreads its instruction is rewarded, too. Records that got
their reward so say ``reward_from: stated_goal``.
"""

from typing import Any

from pydantic import BaseModel, ValidationError

from agent_planner.agent.conversation import parse_turn
from agent_planner.errors import CallRefused, faults_text
from agent_planner.goals import Goal, parse_goal, unmet
from agent_planner.scene import SceneGraph
from agent_planner.tuning.data.records import Record, UnusableRecord, reward_of
from agent_planner.types import Call, Outcome

_UNREADABLE = "unreadable_episode"


class _Step(BaseModel):
    result: str
    call: str | None = None


class _Seen(BaseModel):
    """What is read of an episode."""

    goal: str
    scene: SceneGraph
    steps: tuple[_Step, ...] = ()


def by_stated_goal(where: str, item: Record) -> Record:
    """The record with a reward: 1 if it succeeded and its goal's last step holds in the scene observed last, else 0.

    It stays as it is where it has a reward already, no scene, or no goal that a scene could show (a question, say).

    Args:
        where: it stands, for messages.
        item: the record.

    Raises:
        UnusableRecord: its goal, its scene or a step cannot be read.
    """
    known: dict[str, Any] = item.model_extra or {}
    if reward_of(item) is not None or not known.get("goal") or "scene" not in known:
        return item
    try:
        seen = _Seen.model_validate(known)
    except ValidationError as error:
        raise UnusableRecord(where, faults_text(error), _UNREADABLE) from error
    try:
        goal = parse_goal(f"goal: {seen.goal}")
    except CallRefused as error:
        raise UnusableRecord(where, f"goal: {error.message}", _UNREADABLE) from error
    done = [
        _call(f"{where}: steps.{number}", step.call)
        for number, step in enumerate(seen.steps)
        if step.result == "ok" and step.call is not None
    ]
    if not isinstance(goal, Goal):
        return item
    reached = known.get("outcome") == Outcome.SUCCEEDED.value and not unmet(goal.steps[-1], seen.scene, done)
    family = "+".join(step[-1].name for step in goal.steps)
    given = {"reward": float(reached), "reward_from": "stated_goal"}
    return Record.model_validate({"family": family} | item.plain() | given)


def _call(where: str, text: str) -> Call:
    try:
        return parse_turn(text)[1]
    except CallRefused as error:
        raise UnusableRecord(where, f"call: {error.message}", _UNREADABLE) from error
