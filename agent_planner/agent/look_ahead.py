# SPDX-License-Identifier: Apache-2.0
"""Refuse calls that lead away from the goal, by rolling skills' effects forward (a switch, always reported)."""

from collections.abc import Sequence

from agent_planner.errors import CallRefused
from agent_planner.goals import Goal, apply, plan
from agent_planner.scene import SceneGraph
from agent_planner.skills import SkillLibrary
from agent_planner.types import Call


class LookAhead:
    """Remembers how near to the goal the episode has come. The distance is the number of calls in a plan."""

    def __init__(self, library: SkillLibrary):
        self._library = library
        self._nearest: int | None = None
        self._expected: int | None = None
        self._idled = False
        self._asked = False

    def check_stopping(
        self, skill: str, stuck: bool, goal: Goal, at_step: int, scene: SceneGraph, done: Sequence[Call]
    ) -> None:
        """Raise CallRefused (NO_PROGRESS) at the first ``ask``, and at a ``give_up`` of who is not ``stuck``.

        Nothing is refused where no plan is known.
        """
        too_early = not self._asked if skill == "ask" else not stuck
        if too_early and plan(goal, self._library, scene, at_step, done):
            self._asked = self._asked or skill == "ask"
            again = ", or ask once more" if skill == "ask" else ""
            raise CallRefused("NO_PROGRESS", f"the goal can still be reached; go on{again}")

    def check(self, call: Call, goal: Goal, at_step: int, scene: SceneGraph, done: Sequence[Call]) -> None:
        """Raise CallRefused (NO_PROGRESS) as design.md says; nothing is refused where no plan is known now.

        A call that brings the goal no nearer is let through once, and once again after the episode has come nearer
        than it ever was: going away and coming back is no progress.
        """
        now = plan(goal, self._library, scene, at_step, done)
        if now is None:
            return
        after_done = done if self._library[call.skill].makes else (*done, call)
        after = plan(goal, self._library, apply(call, self._library, scene), at_step, after_done)
        if after is None:
            raise CallRefused("NO_PROGRESS", f"after {call} the goal could no longer be reached")
        if self._nearest is None or self._expected is None or len(now) > self._expected:
            # The beginning; or a call failed, or somebody moved a thing: what was reached before is lost.
            self._nearest, self._idled = len(now), False
        idle = len(after) >= len(now)
        if idle and self._idled:
            raise CallRefused("NO_PROGRESS", f"{call} brings the goal no nearer, as an earlier call")
        if len(after) < self._nearest:
            self._nearest, self._idled = len(after), False
        self._idled = self._idled or idle
        self._expected = len(after)
