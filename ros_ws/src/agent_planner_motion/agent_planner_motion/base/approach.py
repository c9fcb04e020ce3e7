# SPDX-License-Identifier: Apache-2.0
"""Where the base should stand to work at something."""

import math
from dataclasses import dataclass

import numpy as np

from agent_planner_motion.base.pose import Pose2
from agent_planner_motion.world import DOOR, DRAWER, Thing, World

_OBJECT = (0.55, 0.60, 0.50, 0.65, 0.46, 0.70)  # metres from an object's middle
_IN_CABINET = (0.66, 0.70, 0.62, 0.58, 0.74)  # the arm must reach in level, not from above
_EDGE = (0.42, 0.40, 0.45, 0.48, 0.52, 0.56)  # metres from a place's edge
_DRAWER_FRONT = (0.57, 0.55)  # so that the open drawer ends before the base
_SIDEWAYS = (0.0, 0.08, -0.08, 0.16, -0.16)
_AROUND = 24


@dataclass(frozen=True)
class Approach:
    """A pose to stand at; the lower the penalty, the better (metres of detour that it is worth)."""

    pose: Pose2
    penalty: float


def approaches(world: World, thing: Thing, start: Pose2) -> list[Approach]:
    """Return poses around an entity, best first; whether they are free and can be reached is not looked at."""
    if thing.movable:
        found = _around_object(world, thing)
    elif not thing.is_body:
        found = _in_area(thing, start)
    elif thing.mechanism == DOOR and thing.hinge is not None and thing.handle is not None:
        found = _before_door(world, thing)
    elif thing.mechanism == DRAWER:
        found = _before_drawer(world, thing)
    else:
        found = _beside_place(thing)
    return sorted(found, key=lambda a: a.penalty)


def _facing(x: float, y: float, target: np.ndarray) -> Pose2:
    return Pose2(float(x), float(y), math.atan2(target[1] - y, target[0] - x))


def _in_area(area: Thing, start: Pose2) -> list[Approach]:
    # Anywhere in the middle will do; it keeps the heading it comes with.
    heading = math.atan2(area.centre[1] - start.y, area.centre[0] - start.x)
    found = [Approach(Pose2(float(area.centre[0]), float(area.centre[1]), heading), 0.0)]
    for radius in (0.2, 0.4):
        for angle in np.arange(8) * math.pi / 4:
            x, y = area.centre[0] + radius * math.cos(angle), area.centre[1] + radius * math.sin(angle)
            found.append(Approach(Pose2(float(x), float(y), heading), radius))
    return found


def _around_object(world: World, thing: Thing) -> list[Approach]:
    support = world.support_of(thing)
    front = None if support is None else world.front_of(support)
    roofed = support is not None and support.mechanism == DOOR
    found = []
    for angle in np.arange(_AROUND) * 2 * math.pi / _AROUND:
        direction = np.array([math.cos(angle), math.sin(angle)])
        turned = 0.0
        if front is not None:
            cosine = float(direction @ front)
            if cosine < 0.8:
                continue
            turned = (1 - cosine) * 2
        elif support is not None:
            # Square to a side of what it stands on: then the base comes nearest.
            axes = support.pose[:2, :2]
            turned = (1 - float(np.abs(direction @ axes).max())) * 0.5
        for rank, distance in enumerate(_IN_CABINET if roofed else _OBJECT):
            x, y = thing.centre[:2] + direction * distance
            found.append(Approach(_facing(x, y, thing.centre), 0.06 * rank + turned))
    return found


def _beside_place(place: Thing) -> list[Approach]:
    found = []
    for axis in (0, 1):
        for sign in (1.0, -1.0):
            outward = place.pose[:2, axis] * sign
            along = place.pose[:2, 1 - axis]
            half, width = float(place.size[axis]) / 2, float(place.size[1 - axis]) / 2
            for rank, distance in enumerate(_EDGE):
                for sideways in _SIDEWAYS:
                    if abs(sideways) > width:
                        continue
                    x, y = place.centre[:2] + outward * (half + distance) + along * sideways
                    # From a long side everything on it is nearer.
                    penalty = 0.08 * rank + 0.5 * abs(sideways) + 0.8 * max(0.0, half - width)
                    found.append(Approach(_facing(x, y, place.centre), penalty))
    return found


def _before_drawer(world: World, drawer: Thing) -> list[Approach]:
    front = world.front_of(drawer)
    assert front is not None
    assert drawer.handle is not None
    along = np.array([-front[1], front[0]])
    out = drawer.travel * drawer.opening
    edge = drawer.handle[:2, 3] - front * 0.045  # in the front plane, as far out as it stands
    # An open drawer is filled and emptied, a closed one is opened: that needs room for its travel.
    distances = _EDGE if drawer.opening > 0.3 else tuple(d - out for d in _DRAWER_FRONT)
    square = math.atan2(-front[1], -front[0])
    found = []
    for rank, distance in enumerate(distances):
        for sideways in _SIDEWAYS:
            x, y = edge + front * distance + along * sideways
            found.append(Approach(Pose2(float(x), float(y), square), 0.08 * rank + 0.6 * abs(sideways)))
    return found


def _before_door(world: World, cabinet: Thing) -> list[Approach]:
    front = world.front_of(cabinet)
    assert front is not None
    assert cabinet.hinge is not None
    along = np.array([-front[1], front[0]])
    if float(along @ (cabinet.centre[:2] - cabinet.hinge[:2])) < 0:
        along = -along  # from the hinge towards the handle's side
    depth = float(np.abs(cabinet.pose[:2, :2].T @ front) @ cabinet.size[:2]) / 2
    plane = cabinet.centre[:2] + front * depth
    found = []
    for rank, (ahead, aside) in enumerate(
        (
            (0.56, 0.24),
            (0.56, 0.28),
            (0.54, 0.30),
            (0.58, 0.20),
            (0.58, 0.16),
            (0.50, 0.34),
            (0.46, 0.36),
            (0.59, 0.12),
            (0.59, 0.06),
            (0.59, 0.0),
            (0.59, -0.05),
            # Between a wall and the open door there may be just one place.
            (0.59, 0.09),
            (0.59, 0.03),
            (0.59, 0.075),
            (0.59, 0.045),
        )  # fmt: skip
    ):
        x, y = plane + front * ahead + along * aside
        found.append(Approach(_facing(x, y, plane), 0.05 * rank))
    return found
