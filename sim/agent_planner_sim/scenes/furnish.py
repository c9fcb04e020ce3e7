# SPDX-License-Identifier: Apache-2.0
"""From a cast to furniture in rooms and objects on it."""

import math
from collections.abc import Sequence
from dataclasses import replace
from random import Random

from agent_planner_sim.scenes.cast import Cast
from agent_planner_sim.scenes.description import DRAWER, Furniture, Item, Placement
from agent_planner_sim.scenes.furniture import WOODS, bin_on_foot, cabinet, chest, table, tray
from agent_planner_sim.scenes.items import Spots, make_item, place_item
from agent_planner_sim.scenes.layout import Room
from agent_planner_sim.scenes.words import COLORS
from agent_planner_sim.transforms import turn

_LOW = ("coffee table", "low table", "bench")
_TALLEST_IN_DRAWER, _TALLEST_IN_CABINET = 0.07, 0.13
_HIDDEN_SHARE = 0.3


def build_pieces(rng: Random, cast: Cast) -> list[Furniture]:
    """Return all furniture of a cast but trays, at the origin; sizes and colours are drawn."""
    woods = tuple(WOODS)
    pieces = []
    for wanted in cast.surface:
        height = rng.uniform(0.42, 0.48) if wanted.noun in _LOW else rng.uniform(0.55, 0.75)
        size = (rng.uniform(0.40, 0.45), rng.uniform(0.54, 0.60), height)
        pieces.append(table(wanted.name, wanted.noun, size, rng.choice(woods)))
    for wanted, drawer in zip(cast.chest, cast.drawer, strict=True):
        size = (0.40, rng.uniform(0.46, 0.56), rng.uniform(0.68, 0.75))
        pieces.append(chest(wanted.name, wanted.noun, drawer.name, size, rng.choice(woods), rng.uniform(0.22, 0.25)))
    for wanted in cast.cabinet:
        size = (0.38, rng.uniform(0.40, 0.44), rng.uniform(0.72, 0.75))
        pieces.append(cabinet(wanted.name, wanted.noun, size, rng.choice(woods), rng.random() < 0.5))
    for wanted in cast.bin:
        color = wanted.color or rng.choice(tuple(COLORS))
        pieces.append(bin_on_foot(wanted, color, rng.uniform(0.36, 0.50)))
    return pieces


def add_trays(rng: Random, cast: Cast, pieces: list[Furniture], spots: Spots) -> list[Furniture]:
    """Return the trays of a cast, each standing on another table."""
    tables = [p for p in pieces if p.regions and not p.parts and "surface" in p.regions[0].affordances]
    found = []
    for wanted, base in zip(cast.tray, tables, strict=False):
        depth, width, height = base.size
        local = (depth / 2 - 0.13, rng.choice((-1, 1)) * (width / 2 - 0.14))
        dx, dy = turn(local, base.placement.yaw)
        spot = Placement(base.placement.x + dx, base.placement.y + dy, height, base.placement.yaw)
        found.append(replace(tray(wanted, wanted.color or rng.choice(tuple(COLORS))), placement=spot))
        spots.block(spot.x, spot.y, 0.22)
    return found


def furnish(rng: Random, rooms: Sequence[Room], pieces: Sequence[Furniture]) -> bool:
    """Spread pieces over rooms; tell whether all found room."""
    order = sorted(pieces, key=lambda piece: -piece.room_to_open)
    for piece in order:
        # The emptiest room first, so that things spread.
        candidates = sorted(rooms, key=lambda room: (len(room.pieces), rng.random()))
        if not any(room.add_along_wall(rng, piece) for room in candidates):
            return False
    return True


def put_items(rng: Random, cast: Cast, pieces: Sequence[Furniture], spots: Spots) -> tuple[Item, ...] | None:
    """Return the objects of a cast on tops, and some that were not asked for in drawers and cabinets.

    Drawn objects that find no room are left out; None means that one that was asked for found none.
    """
    closed = [p for p in pieces if p.parts]
    tops = [p for p in pieces if p.regions and "surface" in p.regions[0].affordances]
    found = []
    for number, wanted in enumerate(cast.object):
        item = make_item(rng, wanted)
        spot = None
        # One at least is hidden where that is possible, so that looking into things pays.
        hide = wanted.name not in cast.asked and (number == len(cast.object) - 1 or rng.random() < _HIDDEN_SHARE)
        if hide and closed:
            spot = _hidden_spot(rng.choice(closed), item, spots)
        for piece in rng.sample(tops, len(tops)):
            spot = spot or spots.on_top(piece)
        if spot is not None:
            found.append(place_item(item, spot, rng.uniform(-math.pi, math.pi)))
        elif wanted.name in cast.asked:
            return None
    return tuple(found)


def _hidden_spot(piece: Furniture, item: Item, spots: Spots) -> Placement | None:
    part = piece.parts[0]
    if part.mechanism == DRAWER:
        return spots.in_drawer(piece, part) if item.size[2] <= _TALLEST_IN_DRAWER else None
    region = piece.regions[0]
    floor = region.centre[2] - region.size[2] / 2
    return spots.in_cabinet(piece, floor) if item.size[2] <= _TALLEST_IN_CABINET else None
