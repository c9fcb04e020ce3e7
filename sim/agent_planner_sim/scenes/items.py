# SPDX-License-Identifier: Apache-2.0
"""Movable objects: what they look like and where on a piece of furniture they stand."""

import math
from random import Random

from agent_planner_sim.scenes.description import Furniture, Item, MovingPart, Placement
from agent_planner_sim.scenes.words import COLORS, OBJECTS, Wanted
from agent_planner_sim.shapes import Color, Cylinder, Solid, extent, volume
from agent_planner_sim.transforms import turn

_DENSITY = 500.0
_LIGHTEST, _HEAVIEST = 0.05, 0.25
# Fingers that close on one object must not meet its neighbour.
GAP = 0.125
_LIFT = 0.0005  # a hair above the surface, so that nothing starts inside something


def make_item(rng: Random, wanted: Wanted) -> Item:
    """Return an object of that name at the origin; its shape is drawn."""
    shapes, own_color = OBJECTS[wanted.noun]
    shape = rng.choice(shapes)
    color = wanted.color or own_color or rng.choice(tuple(COLORS))
    mass = min(max(volume(shape) * _DENSITY, _LIGHTEST), _HEAVIEST)
    solids = [Solid(shape, color=COLORS[color])]
    if isinstance(shape, Cylinder):
        rim: Color = (0.25, 0.25, 0.26, 1.0) if wanted.noun in ("cup", "mug") else (0.80, 0.80, 0.82, 1.0)
        lid = Cylinder(shape.radius * 0.86, 0.002)
        solids.append(Solid(lid, (0.0, 0.0, shape.length / 2 + 0.0003), color=rim, collides=False))
    return Item(wanted.name, wanted.noun, color, Placement(), extent(shape), tuple(solids), mass)


def place_item(item: Item, spot: Placement, yaw: float) -> Item:
    """Return the item standing on a spot (the spot's height is that of the surface)."""
    placement = Placement(spot.x, spot.y, spot.z + item.size[2] / 2 + _LIFT, yaw)
    return Item(item.name, item.category, item.color, placement, item.size, item.solids, item.mass)


class Spots:
    """Draws free spots on and in furniture, far enough apart from each other."""

    def __init__(self, rng: Random):
        self._rng = rng
        self._taken: list[tuple[float, float, float]] = []  # x, y, radius

    def block(self, x: float, y: float, radius: float) -> None:
        """Keep a disc free of objects (something else stands there)."""
        self._taken.append((x, y, radius))

    def on_top(self, piece: Furniture) -> Placement | None:
        """Return a spot near the front edge of the top, or None if it is full."""
        depth, width, height = piece.size
        return self._draw(piece, (depth / 2 - min(0.30, depth - 0.07), depth / 2 - 0.07), width / 2 - 0.08, height)

    def in_drawer(self, piece: Furniture, part: MovingPart) -> Placement | None:
        """Return a spot in the closed drawer that comes out from under the top when it opens."""
        width = piece.size[1] / 2 - 0.11
        x = (piece.size[0] / 2 - part.travel + 0.06, piece.size[0] / 2 - 0.075)
        return self._draw(piece, x, width, part.xyz[2] + 0.015)

    def in_cabinet(self, piece: Furniture, floor: float) -> Placement | None:
        """Return a spot behind the door."""
        x = piece.size[0] / 2
        return self._draw(piece, (x - 0.16, x - 0.08), piece.size[1] / 2 - 0.10, floor)

    def _draw(self, piece: Furniture, xs: tuple[float, float], y_max: float, z: float) -> Placement | None:
        for _ in range(40):
            local = (self._rng.uniform(*xs), self._rng.uniform(-y_max, y_max))
            dx, dy = turn(local, piece.placement.yaw)
            x, y = piece.placement.x + dx, piece.placement.y + dy
            if all(math.hypot(x - a, y - b) >= max(GAP, radius) for a, b, radius in self._taken):
                self._taken.append((x, y, GAP))
                return Placement(x, y, piece.placement.z + z)
        return None
