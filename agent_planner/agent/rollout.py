# SPDX-License-Identifier: Apache-2.0
"""A robot that only imagines: skills have the effects that the library says, nothing moves."""

import threading
from collections.abc import Callable

from agent_planner.agent.requests import Question
from agent_planner.goals import apply, unmet_needs
from agent_planner.scene import SceneGraph
from agent_planner.skills import Skill, SkillLibrary
from agent_planner.types import Call, ResultStatus, SkillResult


class Rollout:
    """Executor, scene source and operator in one, for an episode that is to give a plan."""

    def __init__(self, scene: SceneGraph, library: SkillLibrary):
        self._scene = scene
        self._library = library

    def execute(self, call: Call, skill: Skill, scene: SceneGraph, on_feedback: Callable[[str], None]) -> SkillResult:
        """Apply the call's effects."""
        missing = unmet_needs(call, self._library, self._scene)
        if missing:
            text = f"{', '.join(map(str, missing))} does not hold"
            return SkillResult(ResultStatus.FAILED, "NEEDS", text)
        self._scene = apply(call, self._library, self._scene)
        return SkillResult(ResultStatus.OK)

    def observe(self, cancel: threading.Event) -> SceneGraph:
        """Return the imagined scene."""
        return self._scene

    def ask(self, question: Question, cancel: threading.Event) -> None:
        """Nobody is asked while a plan is made."""
        return
