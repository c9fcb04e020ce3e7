# SPDX-License-Identifier: Apache-2.0
"""A reward for an episode of a real robot, where nobody knows the truth: does the goal that was stated hold in the end?

That is weaker than a scenario's own predicates: a goal that misreads its instruction is rewarded, too. Records that got
their reward so say ``reward_from: stated_goal``.
"""

from typing import Any

from pydantic import ValidationError

from agent_planner.agent.conversation import parse_turn
from agent_planner.errors import CallRefused, fault_text
from agent_planner.goals import Goal, parse_goal, unmet
from agent_planner.scene import SceneGraph
from agent_planner.tuning.data.records import Record, UnusableRecord
from agent_planner.types import Call, Outcome


def by_stated_goal(item: Record) -> Record:
    """The record with a reward: 1 if it succeeded and its goal's last step holds in the scene observed last, else 0.

    It stays as it is where it has a reward already, no scene, or no goal that a scene could show (a question, say).

    Raises:
        UnusableRecord: its goal, its scene or a call cannot be read.
    """
    known: dict[str, Any] = item.model_extra or {}
    if "reward" in known or not known.get("goal") or "scene" not in known:
        return item
    try:
        goal = parse_goal(f"goal: {known['goal']}")
        scene = SceneGraph.model_validate(known["scene"])
        done = [_call(step) for step in known.get("steps", ()) if step["result"] == "ok" and "call" in step]
    except ValidationError as error:
        told = f"scene: {'; '.join(map(fault_text, error.errors()[:4]))}"
        raise UnusableRecord(item.id, told, "unreadable_episode") from error
    except CallRefused as error:
        raise UnusableRecord(item.id, error.message, "unreadable_episode") from error
    if not isinstance(goal, Goal):
        return item
    reached = known.get("outcome") == Outcome.SUCCEEDED.value and not unmet(goal.steps[-1], scene, done)
    family = "+".join(step[-1].name for step in goal.steps)
    facts = {"family": family, "reward": float(reached), "reward_from": "stated_goal"}
    return Record.model_validate(facts | item.plain())


def _call(step: dict[str, str]) -> Call:
    return parse_turn(step["call"])[1]
