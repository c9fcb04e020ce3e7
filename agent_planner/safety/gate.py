# SPDX-License-Identifier: Apache-2.0
"""The gate: a wrapper around whatever carries out calls, through which every one of them passes. It fails closed.

It relies on nothing that was checked before: library, arguments, entities and needs are looked at again, then the
policy decides. What is refused never reaches the executor.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from agent_planner.errors import CallRefused
from agent_planner.goals import unmet_needs
from agent_planner.safety.judge import Judge, Opinion
from agent_planner.safety.policy import Effect
from agent_planner.scene import SceneGraph
from agent_planner.scene.predicates import NEEDED_PREDICATES, SCENE_PREDICATES
from agent_planner.skills import Skill, SkillLibrary
from agent_planner.types import Call, ResultStatus, SkillResult

DENIED = "DENIED"
# Denied to the robot: a person is to take over and do it.
FOR_A_PERSON = "FOR_A_PERSON"
# Needs that every scene source shows; others only the loop can know.
_SHOWN = frozenset({*SCENE_PREDICATES, *NEEDED_PREDICATES})


class Executor(Protocol):
    """Carries out calls; `agent.driver.SkillExecutor` is the same."""

    def execute(self, call: Call, skill: Skill, scene: SceneGraph, on_feedback: Callable[[str], None]) -> SkillResult:
        """Block until the call's end is certain, or is known to be uncertain."""
        ...


@dataclass
class Gate:
    """Stands in front of an executor, and is one.

    Args:
        executor: what carries out calls that pass.
        library: the skills that there are.
        judge: decides by the policy.
        ask: asks the person whether a call may be carried out; gets the question, returns ``yes``, another answer,
            or None where nobody answers. None in its place: there is nobody to ask.
        observe: the scene as it is now, to judge anew after the person took their time; None where there is none.
        asked_before: whether a person has said yes to the call before it came here (autonomy ``confirm``).
        imagined: nothing moves, so that what is for a person to do may be thought of as done.
    """

    executor: Executor
    library: SkillLibrary
    judge: Judge
    ask: Callable[[str], str | None] | None = None
    observe: Callable[[], SceneGraph | None] = lambda: None
    asked_before: Callable[[], bool] = lambda: False
    imagined: bool = False

    def execute(self, call: Call, skill: Skill, scene: SceneGraph, on_feedback: Callable[[str], None]) -> SkillResult:
        """Carry out the call if it may be; else the result says why not, and nothing was sent."""
        try:
            admitted = self._admitted(call, scene)
        except CallRefused as refusal:
            code = FOR_A_PERSON if refusal.code == FOR_A_PERSON else DENIED
            return SkillResult(ResultStatus.DENIED, code, refusal.message)
        except Exception as error:  # noqa: BLE001 - a check that breaks must not let anything through
            return SkillResult(ResultStatus.DENIED, DENIED, f"a check broke ({type(error).__name__}: {error})")
        return self.executor.execute(call, self.library[call.skill], admitted, on_feedback)

    def _admitted(self, call: Call, scene: SceneGraph) -> SceneGraph:
        """Return the scene to carry the call out in.

        Raises:
            CallRefused: it may not be.
        """
        opinion = self._opinion(call, scene)
        if not self.asked_before():
            if opinion.effect is Effect.ALLOW:
                return scene
            self._approved(call, opinion)
        now = self.observe()
        if now is None:
            raise CallRefused(DENIED, "no scene is newer than the person's yes")
        again = self._opinion(call, now)
        if again != opinion and again.effect is not Effect.ALLOW:
            raise CallRefused(DENIED, f"the scene is another one since a person was asked ({again})")
        return now

    def _opinion(self, call: Call, scene: SceneGraph) -> Opinion:
        skill = self.library.skill_of(call)
        if dict(call.args) != skill.check(call.args, scene):
            raise CallRefused(DENIED, f"{call} is not in its checked form")
        lost = [a for a in unmet_needs(call, self.library, scene) if a.name in _SHOWN]
        if lost:
            raise CallRefused(DENIED, f"{call.skill} needs {', '.join(map(str, lost))}")
        opinion = self.judge.decide(call, skill, scene)
        if opinion.effect is Effect.DENY:
            raise CallRefused(DENIED, str(opinion))
        if opinion.effect is Effect.HAND_OVER and not self.imagined:
            raise CallRefused(FOR_A_PERSON, str(opinion))
        return opinion

    def _approved(self, call: Call, opinion: Opinion) -> None:
        if self.ask is None:
            raise CallRefused(DENIED, f"{opinion}; there is nobody to ask")
        answer = self.ask(f"{call}: may it be carried out? ({opinion})")
        if answer is None:
            raise CallRefused(DENIED, f"{opinion}; nobody answered")
        if answer != "yes":
            raise CallRefused(DENIED, f"{opinion}; the person said {answer}")
