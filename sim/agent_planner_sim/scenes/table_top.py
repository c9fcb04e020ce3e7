# SPDX-License-Identifier: Apache-2.0
"""The robot in front of a table, bins to its sides: everything within reach without driving."""

import math
from collections.abc import Sequence
from dataclasses import replace
from random import Random

from agent_planner_sim.scenes.cast import draw_cast
from agent_planner_sim.scenes.description import Furniture, Placement, Scene
from agent_planner_sim.scenes.furnish import add_trays, build_pieces, furnish, put_items
from agent_planner_sim.scenes.items import Spots
from agent_planner_sim.scenes.layout import NEAR, Rectangle, Room
from agent_planner_sim.scenes.tidy import room_scene

# Beside the robot, its heading that of the table: distances at which it can turn and still reach into them.
_BINS = (Placement(0.12, 0.60, 0.0, -math.pi / 2), Placement(0.12, -0.60, 0.0, math.pi / 2))


def table_top(rng: Random, seed: int, must_have: Sequence[str]) -> Scene | None:
    """Return a small room with a table, or None if this draw did not fit."""
    numbers = {"surface": 1, "bin": 2, "tray": rng.choice((0, 1)), "object": rng.randint(3, 5)}
    cast = draw_cast(rng, must_have, numbers, most=7)
    room = Room("room", Rectangle(-1.9, -1.9, 1.9, 1.9))
    others: list[Furniture] = []
    free_places = list(_BINS)
    main, *rest = build_pieces(rng, cast)
    pieces = [replace(main, placement=Placement(NEAR + main.size[0] / 2, 0.0, 0.0, math.pi))]
    for piece in rest:
        if piece.regions[0].name in {wanted.name for wanted in cast.bin} and free_places:
            pieces.append(replace(piece, placement=free_places.pop(0), room_to_open=0.1))
        else:
            others.append(piece)
    if not all(room.add_at(piece) for piece in pieces) or not furnish(rng, [room], others):
        return None
    spots = Spots(rng)
    trays = add_trays(rng, cast, room.pieces, spots)
    items = put_items(rng, cast, pieces[:1] if not others else room.pieces, spots)
    if items is None:
        return None
    return replace(room_scene("table_top", seed, room), furniture=(*room.pieces, *trays), items=items)
