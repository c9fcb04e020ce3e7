# SPDX-License-Identifier: Apache-2.0
"""A map of places and of the names that people give to things; YAML. Metres, frame map."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, model_validator

from agent_planner.config import parse_yaml, read_text
from agent_planner.perception.rigid import Vec3, apply, inverse, transform, upright
from agent_planner.scene.graph import CONTAINER, SURFACE, Label, Name

# A door or drawer counts as open from the upper share of its travel on, and as closed again below the lower one.
OPEN_FROM, CLOSED_BELOW = 0.5, 0.1


class _Entry(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Opens(_Entry):
    """How a place is opened; everything as it is when closed."""

    mechanism: Literal["drawer", "door"]
    travel: float = Field(gt=0.0, le=6.3, description="of the handle, from closed to open: metres or radians")
    handle: tuple[float, float, float, float, float, float, float] = Field(
        description="x, y, z and the quaternion x, y, z, w of the grasp; its x is the direction of opening"
    )
    hinge: Vec3 | None = Field(None, description="of a door: a point of the axis, which is vertical")
    front: float = Field(0.0, ge=0.0, le=0.2, description="how far the front's face stands out before the place's own")
    moves: bool = Field(False, description="whether the place itself moves along, as a drawer's tray does")

    @model_validator(mode="after")
    def _fits(self) -> "Opens":
        if self.mechanism == "door" and self.hinge is None:
            raise ValueError("a door needs its hinge")
        transform(self.handle[:3], self.handle[3:])
        return self


class PlaceEntry(_Entry):
    """Furniture, a fixed container or an area. The pose is that of its middle.

    Attributes:
        wall: how thick the sides of a container are.
        floor: how thick its bottom is, within its own height.
        poses: poses that belong to it by name; ``approach`` is where a base stands to work on it.
    """

    name: Name
    category: Label = ""
    color: Label = ""
    pose: tuple[float, float, float, float] = Field(description="x, y, z and heading in radians")
    size: Vec3
    affordances: frozenset[str] = frozenset({SURFACE})
    wall: float = Field(0.01, ge=0.0, le=0.2)
    floor: float = Field(0.01, ge=0.0, le=0.2)
    opens: Opens | None = None
    poses: dict[str, tuple[float, float, float, float]] = Field(
        default_factory=dict, description="x, y, z and heading in radians, by name"
    )


class KnownObject(_Entry):
    """A name that people give to a thing. What is left empty may be anything."""

    name: Name
    category: Label = ""
    color: Label = ""
    size: Vec3 | None = None
    tag: int | None = Field(None, ge=0, description="the number of the ArUco or AprilTag that it carries")


class SceneMap(_Entry):
    """What stands still where the robot works, and what people call the things there."""

    places: tuple[PlaceEntry, ...]
    objects: tuple[KnownObject, ...] = ()

    @model_validator(mode="after")
    def _names_are_unique(self) -> "SceneMap":
        names = [entry.name for entry in (*self.places, *self.objects)]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(f"two entries have the name '{twice[0]}'")
        return self

    @classmethod
    def load(cls, path: Path | str) -> "SceneMap":
        """Read a map file.

        Raises:
            ConfigError: it is missing, is no YAML, or a field is wrong; names file, line and field.
        """
        return cls.parse(read_text(path), str(path))

    @classmethod
    def parse(cls, text: str, where: str = "<text>") -> "SceneMap":
        """Read a map from YAML text; errors as in `load`."""
        return parse_yaml(cls, text, where, needs="places")[0]


@dataclass(frozen=True, eq=False)
class Place:
    """A place as it is now.

    Attributes:
        entry: what the map says of it.
        opening: 0 closed to 1 open, as far as it is known.
        is_open: true for what cannot be closed.
        explored: whether it stood open at some time.
    """

    entry: PlaceEntry
    opening: float = 0.0
    is_open: bool = True
    explored: bool = True

    @classmethod
    def of(cls, entry: PlaceEntry) -> "Place":
        """A place of which nothing has been seen yet: what can be closed counts as closed."""
        closed = entry.opens is not None
        return cls(entry, 0.0, not closed, not closed)

    def opened(self, opening: float) -> "Place":
        """The place after its opening was measured."""
        is_open = opening >= OPEN_FROM or (self.is_open and opening >= CLOSED_BELOW)
        return Place(self.entry, opening, is_open, self.explored or is_open)

    @property
    def name(self) -> str:
        """Its name."""
        return self.entry.name

    @property
    def size(self) -> Vec3:
        """Extents along its own axes."""
        return self.entry.size

    @property
    def pose(self) -> np.ndarray:
        """Pose of its middle, (4, 4)."""
        closed = upright(*self.entry.pose)
        return self.moved(closed) if self.entry.opens and self.entry.opens.moves else closed

    @property
    def handle(self) -> np.ndarray | None:
        """Pose of the handle, (4, 4), x along the direction of opening."""
        opens = self.entry.opens
        return self.moved(transform(opens.handle[:3], opens.handle[3:])) if opens else None

    @property
    def top(self) -> float:
        """Height of its upper face."""
        return self.entry.pose[2] + self.size[2] / 2

    @property
    def bottom(self) -> float:
        """Height of its lower face."""
        return self.entry.pose[2] - self.size[2] / 2

    @property
    def holds_things(self) -> bool:
        """Whether something can stand on it or in it."""
        return bool({SURFACE, CONTAINER} & self.entry.affordances)

    @property
    def looks_open(self) -> bool:
        """Whether a camera can see into it."""
        return self.entry.opens is None or self.opening >= CLOSED_BELOW

    def moved(self, closed: np.ndarray, opening: float | None = None) -> np.ndarray:
        """Return where a frame of the moving part, (4, 4), is when it stands open that far (as it is now: None)."""
        opens = self.entry.opens
        if opens is None:
            return closed
        travel = opens.travel * (self.opening if opening is None else opening)
        outward = transform(opens.handle[:3], opens.handle[3:])[:3, 0]
        if opens.mechanism == "drawer":
            out = closed.copy()
            out[:3, 3] += outward * travel
            return out
        assert opens.hinge is not None
        axis = transform(opens.hinge)
        # The handle sets off in the direction of opening: that tells which way round the door turns.
        arm = np.array(opens.handle[:3]) - axis[:3, 3]
        side = 1.0 if arm[0] * outward[1] - arm[1] * outward[0] >= 0 else -1.0
        turn = upright(0.0, 0.0, 0.0, side * travel)
        about = axis @ turn @ inverse(axis)
        return about @ closed

    def local(self, points: np.ndarray) -> np.ndarray:
        """Return points of the map, (..., 3), in the frame of its middle."""
        return apply(inverse(self.pose), points)


def places_of(scene_map: SceneMap) -> tuple[Place, ...]:
    """The places of a map, before anything was seen of them."""
    return tuple(Place.of(entry) for entry in scene_map.places)


def nearest_first(places: tuple[Place, ...], camera: np.ndarray, reach: float) -> Iterator[Place]:
    """Places of which some part is within reach of the camera, metres."""

    def distance(place: Place) -> float:
        gap = np.abs(place.local(camera[:3, 3])) - np.array(place.size) / 2
        return float(np.linalg.norm(np.maximum(gap, 0.0)))

    near = [(d, place) for place in places if (d := distance(place)) <= reach]
    return (place for _, place in sorted(near, key=lambda pair: pair[0]))
