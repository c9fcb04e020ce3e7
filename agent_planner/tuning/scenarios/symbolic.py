# SPDX-License-Identifier: Apache-2.0
"""The symbolic environment: skills have their effects, nothing moves in time."""

from random import Random

from agent_planner.goals import apply, holds, unmet_needs
from agent_planner.scene import SceneGraph
from agent_planner.skills import SkillLibrary
from agent_planner.tuning.scenarios.scenes import observed
from agent_planner.types import Atom, Call, ResultStatus, SkillResult


class SymbolicWorld:
    """Carries out calls on a world of its own and shows what can be seen of it."""

    def __init__(self, world: SceneGraph, library: SkillLibrary, failure: float = 0.0, seed: int = 0):
        self.world = world
        self.done: list[Call] = []
        self._library = library
        self._failure = failure
        self._rng = Random(seed)
        self._clock = 0.0

    def execute(self, call: Call) -> SkillResult:
        """Apply the call's effects; fails where its needs do not hold in the true world."""
        self._clock += 1.0
        missing = unmet_needs(call, self._library, self.world)
        if missing:
            return SkillResult(ResultStatus.FAILED, "NEEDS", f"{', '.join(map(str, missing))} does not hold")
        if self._rng.random() < self._failure:
            return SkillResult(ResultStatus.FAILED, "GRASP_FAILED", "nothing is between the fingers")
        self.world = apply(call, self._library, self.world)
        self.done.append(call)
        return SkillResult(ResultStatus.OK)

    def observe(self) -> SceneGraph:
        """What can be seen now."""
        return observed(self.world).replace(stamp=self._clock)

    def satisfied(self, atoms: tuple[Atom, ...]) -> bool:
        """Whether the atoms hold in the true world."""
        return all(holds(atom, self.world, self.done) for atom in atoms)
