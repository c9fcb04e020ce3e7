# SPDX-License-Identifier: Apache-2.0
"""One room to tidy up: a few pieces of furniture, a drawer, two bins, some objects. The demo's default."""

from collections.abc import Sequence
from dataclasses import replace
from random import Random

from agent_planner_sim.scenes.cast import draw_cast
from agent_planner_sim.scenes.description import Placement, Scene
from agent_planner_sim.scenes.furnish import add_trays, build_pieces, furnish, put_items
from agent_planner_sim.scenes.items import Spots
from agent_planner_sim.scenes.layout import WALL_THICKNESS, Rectangle, Room, draw_start, wall


def tidy(rng: Random, seed: int, must_have: Sequence[str]) -> Scene | None:
    """Return a room of about four by four metres, or None if this draw did not fit."""
    width, depth = rng.uniform(4.0, 4.4), rng.uniform(4.0, 4.4)
    numbers = {
        "surface": rng.choice((1, 2)),
        "chest": 1,
        "cabinet": rng.choice((0, 1)),
        "bin": 2,
        "object": rng.randint(4, 6),
    }
    cast = draw_cast(rng, must_have, numbers, most=8)
    room = Room("room", Rectangle(-width / 2, -depth / 2, width / 2, depth / 2))
    if not furnish(rng, [room], build_pieces(rng, cast)):
        return None
    spots = Spots(rng)
    trays = add_trays(rng, cast, room.pieces, spots)
    items = put_items(rng, cast, room.pieces, spots)
    if items is None:
        return None
    scene = replace(room_scene("tidy", seed, room), furniture=(*room.pieces, *trays), items=items)
    start = draw_start(rng, scene, [room])
    return None if start is None else replace(scene, start=start)


def room_scene(name: str, seed: int, room: Room) -> Scene:
    """Return an empty scene of one room with its four walls."""
    area, half = room.area, WALL_THICKNESS / 2
    x0, y0, x1, y1 = area.x0 - half, area.y0 - half, area.x1 + half, area.y1 + half
    walls = (wall(x0, y0, x1, y0), wall(x0, y1, x1, y1), wall(x0, y0, x0, y1), wall(x1, y0, x1, y1))
    bounds = (x0 - half, y0 - half, x1 + half, y1 + half)
    return Scene(name, seed, bounds, walls, (), (), (), Placement())
