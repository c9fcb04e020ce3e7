# SPDX-License-Identifier: Apache-2.0
"""What goes wrong in the symbolic world, planned beforehand: nothing else happens there by itself."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from agent_planner.goals.holds import cover_of
from agent_planner.scene import Relation, SceneGraph
from agent_planner.scene.graph import OPENABLE, SURFACE
from agent_planner.skills import Skill, SkillLibrary
from agent_planner.types import Call, ResultStatus, SkillResult


@dataclass(frozen=True)
class Failure:
    """A call fails: the first one from number ``at`` on; with ``call`` every try of that very call."""

    code: str
    text: str
    at: int = 0
    call: Call | None = None
    before: ClassVar[bool] = True

    def strikes(self, number: int, call: Call, skill: Skill, scene: SceneGraph) -> bool:
        """Whether it strikes as that call begins. ``number`` counts the calls whose needs held, from 0."""
        return call.key() == self.call.key() if self.call else number >= self.at

    @property
    def result(self) -> SkillResult:
        """What the robot reports: a time-out is a status of its own."""
        status = ResultStatus.TIMEOUT if self.code == ResultStatus.TIMEOUT.name else ResultStatus.FAILED
        return SkillResult(status, self.code, self.text)


@dataclass(frozen=True)
class Hollow:
    """The first call from number ``at`` on that is to change the scene is reported as done; nothing has changed.

    Training never has it, so that the panel has one kind that is new to every model.
    """

    at: int = 0
    before: ClassVar[bool] = True

    def strikes(self, number: int, call: Call, skill: Skill, scene: SceneGraph) -> bool:
        """As `Failure.strikes`."""
        return number >= self.at and bool(skill.makes)

    @property
    def result(self) -> SkillResult:
        """What the robot reports."""
        return SkillResult(ResultStatus.OK)


@dataclass(frozen=True)
class Drop:
    """On the first drive from number ``at`` on that takes something along, it falls where the robot was."""

    at: int = 0
    before: ClassVar[bool] = True

    def strikes(self, number: int, call: Call, skill: Skill, scene: SceneGraph) -> bool:
        """As `Failure.strikes`."""
        drives = any(made.name == "at" for made in skill.makes)
        return number >= self.at and drives and scene.holding is not None

    def changed(self, scene: SceneGraph) -> SceneGraph:
        """The scene as the drive begins: on the surface where the robot is, else on the floor, which is no entity."""
        held = scene.holding
        assert held is not None
        kept = [r for r in scene.relations if r.name != "holding"]
        spot = next(iter(scene.at), None)
        if spot is not None and SURFACE in scene.entities[spot].affordances:
            kept.append(Relation("on", held, spot))
        return scene.replace(relations=(*kept, Relation("at", held)))


@dataclass(frozen=True)
class Move:
    """After call ``at``, or as soon later as it can be, a person moves a thing to another surface."""

    at: int
    name: str
    to: str
    before: ClassVar[bool] = False

    def strikes(self, number: int, call: Call, skill: Skill, scene: SceneGraph) -> bool:
        """Whether it strikes after that call, in the scene that the call has led to."""
        location = scene.location(self.name)
        free = scene.holding != self.name and cover_of(self.name, scene) is None
        return number >= self.at and free and (location is None or location.b != self.to)

    def changed(self, scene: SceneGraph) -> SceneGraph:
        """The scene after it."""
        kept = [
            r
            for r in scene.relations
            if not (r.name in ("on", "in", "at") and r.a == self.name)
            and not (r.name == "near" and self.name in (r.a, r.b))
        ]
        here = [Relation("at", self.name)] if self.to in scene.at else []
        return scene.replace(relations=(*kept, Relation("on", self.name, self.to), *here))


@dataclass(frozen=True)
class Shut:
    """After call ``at``, or as soon later as it is open, a door falls shut. What is behind it stays known."""

    at: int
    name: str
    before: ClassVar[bool] = False

    def strikes(self, number: int, call: Call, skill: Skill, scene: SceneGraph) -> bool:
        """As `Move.strikes`."""
        return number >= self.at and any(p.name == self.name and p.is_open for p in scene.places)

    def changed(self, scene: SceneGraph) -> SceneGraph:
        """The scene after it."""
        places = tuple(p.model_copy(update={"is_open": False}) if p.name == self.name else p for p in scene.places)
        return scene.replace(places=places)


@dataclass(frozen=True)
class Lapse:
    """After call ``at``, or as soon later as it holds, a condition of the robot ends; of a pair, the other begins."""

    at: int
    condition: str
    other: str = ""
    before: ClassVar[bool] = False

    def strikes(self, number: int, call: Call, skill: Skill, scene: SceneGraph) -> bool:
        """As `Move.strikes`."""
        return number >= self.at and Relation(self.condition) in scene.relations

    def changed(self, scene: SceneGraph) -> SceneGraph:
        """The scene after it."""
        kept = tuple(r for r in scene.relations if r != Relation(self.condition))
        return scene.replace(relations=(*kept, *([Relation(self.other)] if self.other else [])))


Fault = Failure | Hollow | Drop | Move | Shut | Lapse


@dataclass(frozen=True)
class Faults:
    """Each fault strikes once, but for a failure of one very call, which is for good.

    Attributes:
        plan: what goes wrong.
        hopeless: whether no way leads round a failure that is for good: it is then right to give up or to ask.
    """

    plan: tuple[Fault, ...] = ()
    hopeless: bool = False

    @property
    def blocked(self) -> Call | None:
        """The call that never succeeds, if there is one."""
        return next((f.call for f in self.plan if isinstance(f, Failure) and f.call), None)


def doors_of(calls: Sequence[Call], scene: SceneGraph) -> list[str]:
    """What can be opened of all that some calls are about."""
    named = {arg for call in calls for arg in call.args.values()}
    return [p.name for p in scene.places if OPENABLE in p.affordances and p.name in named]


def lapses_of(library: SkillLibrary, at: int) -> list[Lapse]:
    """Each condition that some skill needs of the robot, as it may end after that call."""
    others: dict[str, str] = {}
    for skill in library:
        about_robot = [made for made in skill.makes if not made.args]
        begun = [made.name for made in about_robot if not made.negated]
        others |= {made.name: begun[-1] for made in about_robot if made.negated and begun}
    return [Lapse(at, atom.name, others.get(atom.name, "")) for atom in library.conditions if not atom.negated]
