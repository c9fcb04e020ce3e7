# SPDX-License-Identifier: Apache-2.0
"""A robot that only imagines: skills have the effects that the library says, nothing moves."""

import threading
from collections.abc import Callable, Generator
from typing import Any

from agent_planner.agent.requests import Dispatch, Observe, Question, Request
from agent_planner.agent.result import EpisodeResult
from agent_planner.goals import apply, unmet_needs
from agent_planner.safety.gate import Executor, Gate
from agent_planner.safety.judge import Judge
from agent_planner.safety.places import drives_to, is_placed
from agent_planner.scene import Pose, SceneGraph, SceneObject
from agent_planner.scene.approach import approach_pose
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
        driven = _driven(call, skill, self._scene)
        self._scene = _carried(call, skill, apply(call, self._library, driven))
        return SkillResult(ResultStatus.OK)

    def gated(self, judge: Judge | None) -> Executor:
        """Itself behind the gate (where there is a judge), as if the person always said yes and did what is theirs."""
        if judge is None:
            return self
        return Gate(self, self._library, judge, lambda text: "yes", observe=lambda: self._scene, imagined=True)

    def observe(self, cancel: threading.Event) -> SceneGraph:
        """Return the imagined scene."""
        return self._scene

    def ask(self, question: Question, cancel: threading.Event) -> None:
        """Nobody is asked while a plan is made."""
        return


def imagined(
    loop: Generator[Request, Any, EpisodeResult], world: Rollout, executor: Executor
) -> Generator[Request, Any, EpisodeResult]:
    """Run a loop in the imagined world; what is for the model and for the person is passed on."""
    answer: Any = None
    nobody = threading.Event()
    try:
        while True:
            request = loop.send(answer)
            match request:
                case Dispatch(call, skill, scene):
                    answer = executor.execute(call, skill, scene, lambda text: None)
                case Observe():
                    answer = world.observe(nobody)
                case _:
                    answer = yield request
    except StopIteration as stop:
        return stop.value
    finally:
        loop.close()


def _driven(call: Call, skill: Skill, scene: SceneGraph) -> SceneGraph:
    """The base stands where the call leads it, so that places and reach are judged from there."""
    for entity in drives_to(call, skill, scene):
        if is_placed(entity):
            robot = scene.robot.model_copy(update={"base": approach_pose(entity, scene)})
            return scene.replace(robot=robot)
    return scene


def _carried(call: Call, skill: Skill, scene: SceneGraph) -> SceneGraph:
    """What was put somewhere is where that is (and nowhere, if nobody knows where that is)."""
    to: dict[str, Pose] = {}
    for atom in skill.made(call):
        if atom.name in ("on", "in", "near") and not atom.negated:
            thing, target = atom.args
            to[thing] = scene.entities[target].pose
    if not to:
        return scene
    return scene.replace(objects=tuple(_moved(o, to[o.name]) if o.name in to else o for o in scene.objects))


def _moved(thing: SceneObject, pose: Pose) -> SceneObject:
    size = thing.size if pose != Pose() else (0.0, 0.0, 0.0)
    return thing.model_copy(update={"pose": pose, "size": size})
