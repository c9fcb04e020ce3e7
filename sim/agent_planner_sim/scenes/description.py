# SPDX-License-Identifier: Apache-2.0
"""What a scene is made of, as data that knows no simulator. Metres, radians, kilograms; frame map unless said."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from agent_planner_sim.shapes import Solid
from agent_planner_sim.transforms import Vec3

DRAWER, DOOR = "drawer", "door"
FLOOR_MARGIN = 0.6  # metres of floor that can be seen around the bounds


class Placement(NamedTuple):
    """Where a thing stands: position and heading."""

    x: float = 0.0
    y: float = 0.0
    z: float = 0.0
    yaw: float = 0.0


@dataclass(frozen=True)
class Region:
    """A place of the scene graph, given in the frame of its furniture, or of the moving part it belongs to.

    Attributes:
        part: name of the moving part whose motion opens it; empty: it cannot be closed.
        moves: true if the place moves with the part (a drawer's tray), false if it stays (a cabinet).
    """

    name: str
    category: str
    centre: Vec3
    size: Vec3
    affordances: tuple[str, ...]
    color: str = ""
    part: str = ""
    moves: bool = False


@dataclass(frozen=True)
class MovingPart:
    """A drawer or a door; its frame is in that of its furniture when closed.

    Attributes:
        mechanism: ``drawer`` or ``door``.
        axis: of sliding or turning, in the part's own frame (a door turns about its frame's origin).
        travel: from closed to open, metres or radians.
        handle: centre of the bar in the part's frame; the bar's frame has x along the opening, y along the bar.
    """

    name: str
    mechanism: str
    xyz: Vec3
    axis: Vec3
    travel: float
    solids: tuple[Solid, ...]
    mass: float
    handle: Vec3
    handle_rpy: Vec3 = (0.0, 0.0, 0.0)
    damping: float = 4.0
    friction: float = 1.0


@dataclass(frozen=True)
class Furniture:
    """Something that stands still. Its frame is on the floor, in the middle; x points to the free front side.

    Attributes:
        size: of the footprint and height; the footprint is that of the closed piece without handles.
        room_to_open: how far in front of it must be free, so that a robot can stand there and open it.
    """

    name: str
    placement: Placement
    size: Vec3
    solids: tuple[Solid, ...]
    parts: tuple[MovingPart, ...] = ()
    regions: tuple[Region, ...] = ()
    room_to_open: float = 0.0


@dataclass(frozen=True)
class Item:
    """A movable object; its solids are centred on its frame and the first one is its outline."""

    name: str
    category: str
    color: str
    placement: Placement
    size: Vec3
    solids: tuple[Solid, ...]
    mass: float


@dataclass(frozen=True)
class Scene:
    """A whole scene.

    Attributes:
        bounds: of the floor: x from, y from, x to, y to.
        walls: solids in frame map.
        areas: places without a body, such as rooms.
    """

    name: str
    seed: int
    bounds: tuple[float, float, float, float]
    walls: tuple[Solid, ...]
    furniture: tuple[Furniture, ...]
    items: tuple[Item, ...]
    areas: tuple[Region, ...]
    start: Placement

    def regions(self) -> Iterator[tuple[Furniture | None, Region]]:
        """All places with the furniture they belong to (None for areas)."""
        for piece in self.furniture:
            for region in piece.regions:
                yield piece, region
        for area in self.areas:
            yield None, area

    @property
    def names(self) -> list[str]:
        """Names of all entities, places first."""
        return [region.name for _, region in self.regions()] + [item.name for item in self.items]
