# SPDX-License-Identifier: Apache-2.0
"""What of the scene stands in the way of the base, beyond what the map has."""

import math

import numpy as np

from agent_planner_motion.base.grid import Footprint, Grid
from agent_planner_motion.base.pose import Pose2
from agent_planner_motion.world import DOOR, DRAWER, Thing, World

_ON_FLOOR = 0.10  # metres; what rests on nothing and is higher is in the hand, or lies on the robot itself
_LOW = 0.30  # metres; below what hangs higher the base has room
_AJAR = 0.04  # share of the travel from which a drawer or door sticks out
_BAR = 0.06  # metres that a handle stands out


def in_the_way(world: World, grid: Grid) -> list[Footprint]:
    """Return footprints to add to a map: things on the floor, what stands open, furniture that the map lacks."""
    found = []
    for thing in world.objects:
        if _loose(thing, world) and thing.bottom < _ON_FLOOR:
            found.append(_footprint(thing))
    for place in world.places:
        if place.mechanism == DRAWER and place.opening > _AJAR and place.handle is not None:
            found.append(_drawer(place))
        elif place.mechanism == DOOR and place.opening > _AJAR:
            found.append(_door(place))
        elif place.mechanism != DRAWER and place.is_body and place.bottom < _LOW and not _drawn(place, grid):
            found.append(_footprint(place))
    return found


def rides(thing: Thing, world: World, base: Pose2, radius: float) -> bool:
    """Whether a thing lies on the robot itself, whose footprint has that radius."""
    over = base.distance(thing.centre[0], thing.centre[1]) < radius
    return thing.movable and over and thing.bottom >= _ON_FLOOR and _loose(thing, world)


def _loose(thing: Thing, world: World) -> bool:
    return thing.name != world.holding and world.support_of(thing) is None


def _footprint(thing: Thing) -> Footprint:
    return Footprint(thing.centre[0], thing.centre[1], thing.yaw, float(thing.size[0]), float(thing.size[1]))


def _drawn(place: Thing, grid: Grid) -> bool:
    row, column = grid.cell(place.centre[0], place.centre[1])
    return grid.contains(row, column) and bool(grid.occupied[row, column])


def _drawer(place: Thing) -> Footprint:
    # Only what sticks out: the rest is in the furniture, which the map has.
    assert place.handle is not None
    direction = place.handle[:2, 0]
    length = place.travel * place.opening + _BAR
    middle = place.handle[:2, 3] + direction * (0.01 - length / 2)
    width = float(np.abs(place.pose[:3, :3].T @ place.handle[:3, 1]) @ place.size)
    return Footprint(middle[0], middle[1], math.atan2(direction[1], direction[0]), length, width)


def _door(place: Thing) -> Footprint:
    assert place.handle is not None
    assert place.hinge is not None
    outward = place.handle[:2, 0]
    across = place.handle[:2, 3] - place.hinge[:2]
    along = across - outward * float(across @ outward)
    width = float(np.linalg.norm(along)) + 0.05
    along = along / max(float(np.linalg.norm(along)), 1e-9)
    middle = place.hinge[:2] + along * width / 2 + outward * 0.035
    return Footprint(middle[0], middle[1], math.atan2(along[1], along[0]), width, 0.09)
