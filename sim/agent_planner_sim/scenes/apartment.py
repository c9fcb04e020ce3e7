# SPDX-License-Identifier: Apache-2.0
"""Three rooms, doors between them, furniture along the walls, things to open and things to carry."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from random import Random

import numpy as np

from agent_planner_sim.scenes.cast import draw_cast
from agent_planner_sim.scenes.description import Furniture, Placement, Region, Scene
from agent_planner_sim.scenes.furnish import add_trays, build_pieces, furnish, put_items
from agent_planner_sim.scenes.furniture import bed, couch
from agent_planner_sim.scenes.items import Spots
from agent_planner_sim.scenes.layout import (
    WALL_THICKNESS,
    Rectangle,
    Room,
    draw_start,
    wall,
    wall_with_doors,
)
from agent_planner_sim.scenes.occupancy import occupancy
from agent_planner_sim.scenes.words import AREAS, clashes
from agent_planner_sim.shapes import Solid

_HALF = WALL_THICKNESS / 2
_AREA = 0.3


@dataclass(frozen=True)
class _Plan:
    rooms: tuple[Room, ...]
    walls: tuple[Solid, ...]
    bounds: tuple[float, float, float, float]


def apartment(rng: Random, seed: int, must_have: Sequence[str]) -> Scene | None:
    """Return an apartment, or None if this draw did not fit."""
    numbers = {
        "surface": 3,
        "chest": rng.choice((1, 2)),
        "cabinet": 1,
        "bin": 3,
        "tray": 1,
        "object": rng.randint(6, 12),
    }
    cast = draw_cast(rng, must_have, numbers, most=14)
    plan = _rooms(rng, [name for name in AREAS if not clashes(name, cast.names)])
    if not _furnish_for_show(rng, plan) or not furnish(rng, plan.rooms, build_pieces(rng, cast)):
        return None
    pieces = [piece for room in plan.rooms for piece in room.pieces]
    spots = Spots(rng)
    trays = add_trays(rng, cast, pieces, spots)
    items = put_items(rng, cast, pieces, spots)
    if items is None:
        return None
    scene = Scene("apartment", seed, plan.bounds, plan.walls, (*pieces, *trays), items, (), Placement())
    scene = replace(scene, areas=tuple(_area(room, scene) for room in plan.rooms))
    start = draw_start(rng, scene, list(plan.rooms))
    return None if start is None else replace(scene, start=start)


def _rooms(rng: Random, names: list[str]) -> _Plan:
    """One room over the whole depth, two beside it; which side is which is drawn."""
    width, depth = rng.uniform(7.4, 8.2), rng.uniform(5.6, 6.4)
    across = rng.uniform(0.50, 0.54) * width
    along = rng.uniform(0.48, 0.52) * depth
    to_low, to_high = along / 2 + rng.uniform(-0.3, 0.3), along + (depth - along) / 2 + rng.uniform(-0.3, 0.3)
    mirrored = rng.random() < 0.5

    def x(value: float) -> float:
        return width - value if mirrored else value

    def area(x_from: float, y_from: float, x_to: float, y_to: float) -> Rectangle:
        low, high = sorted((x(x_from), x(x_to)))
        return Rectangle(low + _HALF, y_from + _HALF, high - _HALF, y_to - _HALF)

    big, low, high = rng.sample(names, 3)
    doors = ((x(across), to_low), (x(across), to_high))
    rooms = (
        Room(big, area(0.0, 0.0, across, depth), doors),
        Room(low, area(across, 0.0, width, along), doors[:1]),
        Room(high, area(across, along, width, depth), doors[1:]),
    )
    inner = wall_with_doors((x(across), 0.0), (x(across), depth), (to_low, to_high))
    walls = (
        wall(0.0, 0.0, width, 0.0), wall(0.0, depth, width, depth), wall(0.0, 0.0, 0.0, depth),
        wall(width, 0.0, width, depth), wall(x(across), along, x(width), along), *inner,
    )  # fmt: skip
    return _Plan(rooms, walls, (-_HALF, -_HALF, width + _HALF, depth + _HALF))


def _furnish_for_show(rng: Random, plan: _Plan) -> bool:
    """Add what fills rooms without being a place."""
    shown: list[Furniture] = [couch(), bed()]
    return all(room.add_along_wall(rng, piece) for room, piece in zip(plan.rooms, shown, strict=False))


def _area(room: Room, scene: Scene) -> Region:
    """A room as a place is its widest free spot: to be at the kitchen means to have driven there."""
    grid = occupancy(scene)
    clearance = grid.clearance()
    low, high = grid.cell(room.area.x0, room.area.y0), grid.cell(room.area.x1, room.area.y1)
    inside = clearance[low[0] : high[0] + 1, low[1] : high[1] + 1]
    row, column = np.unravel_index(int(inside.argmax()), inside.shape)
    x = grid.origin[0] + (low[1] + int(column) + 0.5) * grid.resolution
    y = grid.origin[1] + (low[0] + int(row) + 0.5) * grid.resolution
    return Region(room.name, "area", (x, y, 0.005), (_AREA, _AREA, 0.01), ())
