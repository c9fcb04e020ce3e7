# SPDX-License-Identifier: Apache-2.0
"""The symbolic environment: skills have their effects; nothing moves in time but by planned faults."""

from collections.abc import Iterator

from agent_planner.goals import apply, holds, unmet_needs
from agent_planner.scene import SceneGraph
from agent_planner.skills import SkillLibrary
from agent_planner.tuning.scenarios.faults import Failure, Fault, Faults, Hollow
from agent_planner.tuning.scenarios.scenes import observed
from agent_planner.types import Atom, Call, ResultStatus, SkillResult


class SymbolicWorld:
    """Carries out calls on a world of its own and shows what can be seen of it.

    Attributes:
        world: the truth.
        done: the calls that succeeded.
        struck: the faults that have struck.
    """

    def __init__(self, world: SceneGraph, library: SkillLibrary, faults: Faults | None = None):
        self.world = world
        self.done: list[Call] = []
        self.struck: list[Fault] = []
        self._library = library
        self._pending = list(faults.plan) if faults else []
        self._tries = 0
        self._clock = 0.0

    def execute(self, call: Call) -> SkillResult:
        """Apply the call's effects; fails where its needs do not hold in the true world, or by a fault."""
        self._clock += 1.0
        missing = unmet_needs(call, self._library, self.world)
        if missing:
            return SkillResult(ResultStatus.FAILED, "NEEDS", f"{', '.join(map(str, missing))} does not hold")
        number = self._tries
        self._tries += 1
        for fault in self._striking(number, call, before=True):
            if isinstance(fault, Failure | Hollow):
                return fault.result
            self.world = fault.changed(self.world)
        self.world = apply(call, self._library, self.world)
        self.done.append(call)
        for fault in self._striking(number, call, before=False):
            assert not isinstance(fault, Failure | Hollow)
            self.world = fault.changed(self.world)
        return SkillResult(ResultStatus.OK)

    def observe(self) -> SceneGraph:
        """What can be seen now."""
        return observed(self.world).replace(stamp=self._clock)

    def satisfied(self, atoms: tuple[Atom, ...]) -> bool:
        """Whether the atoms hold in the true world."""
        return all(holds(atom, self.world, self.done) for atom in atoms)

    def _striking(self, number: int, call: Call, before: bool) -> Iterator[Fault]:
        """The faults that strike before or after the call, each once, but for what is for good."""
        for fault in list(self._pending):
            if fault.before is before and fault.strikes(number, call, self._library[call.skill], self.world):
                self.struck.append(fault)
                if not (isinstance(fault, Failure) and fault.call):
                    self._pending.remove(fault)
                yield fault
