# SPDX-License-Identifier: Apache-2.0
"""Where furniture stands: along walls, with free floor in front of it, and all of it within the robot's reach."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from random import Random

import numpy as np
from scipy import ndimage

from agent_planner_sim.scenes.description import Furniture, Placement, Scene
from agent_planner_sim.scenes.occupancy import occupancy
from agent_planner_sim.shapes import Box, Color, Solid
from agent_planner_sim.transforms import turn

WALL_HEIGHT, WALL_THICKNESS = 0.40, 0.10
DOOR_WIDTH = 0.9
_WALL_COLOR: Color = (0.86, 0.84, 0.80, 1.0)
_GAP = 0.14  # between neighbours
# The robot's footprint with some air, and where its base stands in front of things.
CLEARANCE, NEAR, FAR = 0.30, 0.42, 0.62


@dataclass(frozen=True)
class Rectangle:
    """An area of the floor along the axes."""

    x0: float
    y0: float
    x1: float
    y1: float

    def overlaps(self, other: "Rectangle", gap: float = 0.0) -> bool:
        """Whether two areas come nearer to each other than the gap."""
        return (
            self.x0 < other.x1 + gap
            and other.x0 < self.x1 + gap
            and self.y0 < other.y1 + gap
            and other.y0 < self.y1 + gap
        )

    def holds(self, other: "Rectangle") -> bool:
        """Whether the other area lies within this one."""
        return self.x0 <= other.x0 and self.y0 <= other.y0 and self.x1 >= other.x1 and self.y1 >= other.y1

    @property
    def centre(self) -> tuple[float, float]:
        """Middle of the area."""
        return (self.x0 + self.x1) / 2, (self.y0 + self.y1) / 2


class Room:
    """A room that fills up with furniture."""

    def __init__(self, name: str, area: Rectangle, doors: tuple[tuple[float, float], ...] = ()):
        self.name = name
        self.area = area
        self.pieces: list[Furniture] = []
        self._bodies: list[Rectangle] = []
        self._free = [Rectangle(x - 0.75, y - 0.75, x + 0.75, y + 0.75) for x, y in doors]

    def add_along_wall(self, rng: Random, piece: Furniture, tries: int = 60) -> bool:
        """Stand a piece with its back to a wall, if there is room; tell whether there was."""
        for _ in range(tries):
            placed = replace(piece, placement=self._draw(rng, piece))
            if self._accept(placed):
                return True
        return False

    def add_at(self, piece: Furniture) -> bool:
        """Stand a piece where its placement says, if there is room; tell whether there was."""
        return self._accept(piece)

    def _draw(self, rng: Random, piece: Furniture) -> Placement:
        depth, width, _ = piece.size
        side = rng.randrange(4)
        yaw = (0.0, math.pi / 2, math.pi, -math.pi / 2)[side]
        back = depth / 2 + 0.02
        area = self.area
        if side in (0, 2):
            y = rng.uniform(area.y0 + width / 2 + 0.04, max(area.y1 - width / 2 - 0.04, area.y0 + width / 2 + 0.04))
            return Placement(area.x0 + back if side == 0 else area.x1 - back, y, 0.0, yaw)
        x = rng.uniform(area.x0 + width / 2 + 0.04, max(area.x1 - width / 2 - 0.04, area.x0 + width / 2 + 0.04))
        return Placement(x, area.y0 + back if side == 1 else area.y1 - back, 0.0, yaw)

    def _accept(self, piece: Furniture) -> bool:
        depth, width, _ = piece.size
        body = footprint(piece, -depth / 2, depth / 2, width)
        front = footprint(piece, depth / 2, depth / 2 + piece.room_to_open, max(width, 0.66))
        if not self.area.holds(body) or not self.area.holds(front):
            return False
        if any(body.overlaps(other, _GAP) or front.overlaps(other) for other in self._bodies):
            return False
        if any(body.overlaps(free) for free in self._free):
            return False
        self._bodies.append(body)
        self._free.append(front)
        self.pieces.append(piece)
        return True


def footprint(piece: Furniture, x_from: float, x_to: float, width: float) -> Rectangle:
    """Return a part of the floor given in a piece's frame (its heading a multiple of a right angle)."""
    corners = [turn((x, y), piece.placement.yaw) for x in (x_from, x_to) for y in (-width / 2, width / 2)]
    xs = [piece.placement.x + c[0] for c in corners]
    ys = [piece.placement.y + c[1] for c in corners]
    return Rectangle(min(xs), min(ys), max(xs), max(ys))


def wall(x0: float, y0: float, x1: float, y1: float) -> Solid:
    """Return a wall between two corners, along an axis, reaching half its thickness beyond both."""
    size = (abs(x1 - x0) + WALL_THICKNESS, abs(y1 - y0) + WALL_THICKNESS, WALL_HEIGHT)
    return Solid(Box(size), ((x0 + x1) / 2, (y0 + y1) / 2, WALL_HEIGHT / 2), color=_WALL_COLOR)


def wall_with_doors(a: tuple[float, float], b: tuple[float, float], doors: Sequence[float]) -> tuple[Solid, ...]:
    """Return a wall from a to b with doorways, their middles told as distances from a in rising order."""
    length = math.dist(a, b)
    ux, uy = (b[0] - a[0]) / length, (b[1] - a[1]) / length
    # Walls reach half their thickness beyond their corners: shorten them, so that a doorway is as wide as told.
    half = (DOOR_WIDTH + WALL_THICKNESS) / 2
    ends = [0.0, *(d + s * half for d in doors for s in (-1, 1)), length]
    pairs = zip(ends[::2], ends[1::2], strict=True)
    return tuple(wall(a[0] + ux * p, a[1] + uy * p, a[0] + ux * q, a[1] + uy * q) for p, q in pairs)


def approach(piece: Furniture) -> tuple[float, float]:
    """Return where the base stands to work at a piece."""
    distance = piece.size[0] / 2 + (FAR if piece.parts else NEAR)
    dx, dy = turn((distance, 0.0), piece.placement.yaw)
    return piece.placement.x + dx, piece.placement.y + dy


def reachable(scene: Scene) -> np.ndarray:
    """Return where the base can drive from its start, (rows, columns), on the grid of `occupancy`."""
    grid = occupancy(scene)
    labels, _ = ndimage.label(grid.clearance() >= CLEARANCE)  # type: ignore[misc]
    here = labels[grid.cell(scene.start.x, scene.start.y)]
    return (labels == here) & (here > 0)


def all_approachable(scene: Scene) -> bool:
    """Whether the robot can drive from its start to a place in front of every piece that has places."""
    grid, free = occupancy(scene), reachable(scene)
    pieces = [p for p in scene.furniture if p.regions and p.room_to_open]
    return all(free[grid.cell(*approach(piece))] for piece in pieces)


def draw_start(rng: Random, scene: Scene, rooms: list[Room], distance: float = 0.72) -> Placement | None:
    """Return a free pose at which the robot is at no place yet, or None if it finds none."""
    grid = occupancy(scene)
    clearance = grid.clearance()
    for _ in range(200):
        area = rng.choice(rooms).area
        x, y = rng.uniform(area.x0, area.x1), rng.uniform(area.y0, area.y1)
        if clearance[grid.cell(x, y)] >= distance:
            return Placement(x, y, 0.0, rng.uniform(-math.pi, math.pi))
    return None
