# SPDX-License-Identifier: Apache-2.0
"""The immutable scene graph."""

import re
import unicodedata
from functools import cached_property
from typing import Annotated, NamedTuple, Protocol, runtime_checkable

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from agent_planner.errors import UserError, did_you_mean
from agent_planner.scene.plain import LABEL, is_reserved, plain
from agent_planner.scene.predicates import SCENE_PREDICATES
from agent_planner.types import Atom

NAME_PATTERN = r"^[a-z0-9][a-z0-9 ]{0,39}$"
RELATION_PATTERN = r"^[a-z][a-z0-9_]{0,39}$"
# Relations that are between entities alone; facts that only skills know may be about words, too.
_BETWEEN = ("at", "on", "in", "near", "holding")
GRASPABLE, SURFACE, CONTAINER, OPENABLE = "graspable", "surface", "container", "openable"


class Pose(NamedTuple):
    """Position in metres and heading in radians, frame map."""

    x: float = 0.0
    y: float = 0.0
    z: float = 0.0
    yaw: float = 0.0


class Relation(NamedTuple):
    """``on``, ``in`` or ``near`` between two entities; ``at`` or ``holding`` of the robot with one (``b`` empty).

    Facts that only skills know may also be about one entity (``running``) or about none (``docked``).
    """

    name: str
    a: str = ""
    b: str = ""


def _no_line_of_ours(name: str) -> str:
    if is_reserved(name):
        raise ValueError(f"'{name}' begins a line of the conversation; call the entity something else")
    return name


def name_of(text: str) -> str:
    """Return a text from outside as an entity may be called: lower case, accents off, other signs as spaces, cut."""
    bare = "".join(c for c in unicodedata.normalize("NFKD", text.lower()) if not unicodedata.combining(c))
    name = " ".join(re.findall("[a-z0-9]+", bare))[:LABEL].rstrip() or "thing"
    return f"{name} thing" if is_reserved(name) else name


Name = Annotated[str, Field(pattern=NAME_PATTERN), AfterValidator(_no_line_of_ours)]
# Words from outside that stand in the prompt.
Label = Annotated[str, AfterValidator(lambda text: plain(text, LABEL))]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class SceneObject(_Frozen):
    """A movable thing. Sizes in metres along its own axes; ``age_s`` is the time since it was last seen."""

    name: Name
    category: Label = ""
    color: Label = ""
    pose: Pose = Pose()
    size: tuple[float, float, float] = (0.0, 0.0, 0.0)
    affordances: frozenset[str] = frozenset({GRASPABLE})
    confidence: float = 1.0
    age_s: float = 0.0
    kind: str = "object"


class ScenePlace(_Frozen):
    """Furniture, a fixed container or an area.

    ``is_open`` is true for whatever cannot be closed; ``explored`` is false for what is closed and was not yet
    looked into (its contents are then not part of the scene). ``poses`` belong to it by name; ``approach`` is where a
    base stands to work on it.
    """

    name: Name
    category: Label = ""
    color: Label = ""
    pose: Pose = Pose()
    size: tuple[float, float, float] = (0.0, 0.0, 0.0)
    affordances: frozenset[str] = frozenset({SURFACE})
    explored: bool = True
    is_open: bool = True
    poses: dict[str, Pose] = Field(default_factory=dict)
    kind: str = "place"


Entity = SceneObject | ScenePlace


class RobotState(_Frozen):
    """The robot as the scene source sees it. Lengths in metres, frame map.

    ``end_effector`` is between the fingertips, or in the middle of the ``deck`` (depth, width) of a robot that carries
    things on one.
    """

    name: str = "robot"
    base: Pose = Pose()
    end_effector: tuple[float, float, float] = (0.0, 0.0, 0.0)
    gripper_opening: float = 0.0
    deck: tuple[float, float] | None = None
    base_moving: bool = False
    arm_moving: bool = False


@runtime_checkable
class Floor(Protocol):
    """A map that tells where a base can stand. Metres, frame map."""

    def is_free(self, x: float, y: float) -> bool:
        """Whether a base's centre may be there."""
        ...


class SceneGraph(_Frozen):
    """Everything that is known at one moment. ``stamp`` is the time of the observation in seconds of ROS time.

    ``floor`` is a map where one is known; it is not recorded.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)

    stamp: float = 0.0
    objects: tuple[SceneObject, ...] = ()
    places: tuple[ScenePlace, ...] = ()
    relations: tuple[Relation, ...] = ()
    robot: RobotState = RobotState()
    floor: Floor | None = Field(default=None, exclude=True, repr=False)

    @model_validator(mode="after")
    def _names_are_unique(self) -> "SceneGraph":
        names = [e.name for e in (*self.objects, *self.places)]
        if len(names) != len(set(names)):
            twice = sorted({n for n in names if names.count(n) > 1})
            raise ValueError(f"entity names must be unique; given twice: {', '.join(twice)}")
        return self

    @model_validator(mode="after")
    def _relations_are_named(self) -> "SceneGraph":
        for name in {r.name for r in self.relations}:
            if not re.fullmatch(RELATION_PATTERN, name):
                raise ValueError(f"{name!r} is not a relation's name; lower case, digits and underscores, at most 40")
        return self

    @model_validator(mode="after")
    def _relations_are_between_entities(self) -> "SceneGraph":
        names = {e.name for e in (*self.objects, *self.places)}
        for relation in self.relations:
            if relation.name not in _BETWEEN:
                continue
            given, wanted = [n for n in relation[1:] if n], SCENE_PREDICATES[relation.name]
            text = f"relation {relation.name}({', '.join(given)})"
            if len(given) != wanted:
                raise ValueError(f"{text}: it is about {wanted} of the entities, not {len(given)}")
            for name in given:
                if name not in names:
                    raise ValueError(f"{text}: '{name}' is not in the scene; {did_you_mean(name, names)}")
        return self

    def replace(self, **update: object) -> "SceneGraph":
        """Return a copy with these fields changed (`model_copy` would carry over what is cached below)."""
        fields = {name: getattr(self, name) for name in type(self).model_fields}
        return SceneGraph.model_construct(**(fields | update))  # type: ignore[arg-type]

    @cached_property
    def entities(self) -> dict[str, Entity]:
        """Every entity by name, places first."""
        return {e.name: e for e in (*self.places, *self.objects)}

    def entity(self, name: str) -> Entity:
        """Return the entity of that name.

        Raises:
            UserError: there is none; the message names the nearest.
        """
        if name not in self.entities:
            raise UserError(f"'{name}' is not in the scene; {did_you_mean(name, self.entities)}")
        return self.entities[name]

    @cached_property
    def holding(self) -> str | None:
        """Name of the object in the hand."""
        return next((r.a for r in self.relations if r.name == "holding"), None)

    @cached_property
    def at(self) -> tuple[str, ...]:
        """Names of the entities that the robot is at, in the order of the relations (the nearest first)."""
        return tuple(r.a for r in self.relations if r.name == "at")

    def location(self, name: str) -> Relation | None:
        """Return the ``on`` or ``in`` relation of that entity, if it has one."""
        return self._locations.get(name)

    @cached_property
    def _locations(self) -> dict[str, Relation]:
        return {r.a: r for r in self.relations if r.name in ("on", "in")}

    @cached_property
    def facts(self) -> frozenset[Atom]:
        """The scene as positive ground atoms (``hand_free``, ``at``, ``on``, ``open``, ``explored`` …)."""
        found = {Atom(r.name, tuple(arg for arg in (r.a, r.b) if arg)) for r in self.relations}
        if self.holding is None:
            found.add(Atom("hand_free"))
        for place in self.places:
            found.add(Atom("open" if place.is_open else "closed", (place.name,)))
            if place.explored:
                found.add(Atom("explored", (place.name,)))
        for thing in self.objects:
            if CONTAINER in thing.affordances:
                found.add(Atom("open", (thing.name,)))
        if self.robot.base_moving:
            found.add(Atom("base_moving"))
        if self.robot.arm_moving:
            found.add(Atom("arm_moving"))
        return frozenset(found)
