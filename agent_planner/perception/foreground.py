# SPDX-License-Identifier: Apache-2.0
"""Which points of a picture are things that stand on furniture, lie in containers or on the floor."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from pydantic import ConfigDict
from pydantic import dataclasses as checked

from agent_planner.perception.frame import Frame
from agent_planner.perception.places import Place, nearest_first
from agent_planner.scene.graph import CONTAINER, SURFACE

FLOOR, NOWHERE = -1, -2
_DRAWER_RIM_M = 0.04  # the furniture's top is not far above a drawer
Mask = Callable[[np.ndarray], np.ndarray]  # points of the map, (n, 3), to bool, (n,)


@checked.dataclass(frozen=True, config=ConfigDict(extra="forbid"))
class Zones:
    """Where things are looked for. Metres.

    Attributes:
        range_m: depth up to which things are looked for.
        above_m: height over what it stands on from which a point is one of a thing; above the depth's noise.
        height_m: how high a thing on a surface may be.
        rim_m: the same over the rim of an open container.
        edge_m: how far a thing may stand out over the edge of what it stands on.
        side_m: distance to the sides of a container from which a point is not one of them.
        floor_height_m: how high a thing on the floor may be.
    """

    range_m: float = 3.0
    above_m: float = 0.007
    height_m: float = 0.35
    rim_m: float = 0.12
    edge_m: float = 0.02
    side_m: float = 0.004
    floor_height_m: float = 0.20


_ZONES = Zones()


@dataclass(frozen=True, eq=False)
class Foreground:
    """The pixels of things.

    Attributes:
        mask: (height, width), bool.
        owner: number of the place that a pixel's point is on or in; FLOOR, or NOWHERE; (height, width).
        support: height of what the point's thing stands on, (height, width), NaN elsewhere.
        places: what the numbers mean.
    """

    mask: np.ndarray
    owner: np.ndarray
    support: np.ndarray
    places: tuple[Place, ...]


def foreground(
    frame: Frame,
    places: tuple[Place, ...],
    own: Mask | None = None,
    free_floor: Mask | None = None,
    zones: Zones = _ZONES,
) -> Foreground:
    """Find the pixels of things.

    Args:
        frame: the picture.
        places: furniture and containers as they are now; of two zones that overlap the smaller place wins.
        own: tells which points are the robot's own, or what it holds.
        free_floor: tells which points are over floor where nothing stands; None: the floor is not looked at.
        zones: where to look.
    """
    points = frame.points
    near = np.flatnonzero((frame.known & (frame.depth <= zones.range_m)).ravel())
    flat = points.reshape(-1, 3)[near]
    owner = np.full(len(flat), NOWHERE, dtype=np.int16)
    support = np.full(len(flat), np.nan, dtype=np.float32)
    mask = np.zeros(len(flat), dtype=bool)
    seen = [p for p in nearest_first(places, frame.camera, zones.range_m) if p.holds_things and p.looks_open]
    order = sorted(seen, key=lambda place: -float(np.prod(place.size)))
    for number, place in enumerate(order):
        _claim(place, number, flat, (owner, support, mask), zones)
    if free_floor is not None:
        _claim_floor(places, free_floor, flat, (owner, support, mask), zones)
    things = np.flatnonzero(mask)
    if own is not None and len(things):
        mask[things[own(flat[things])]] = False
    return Foreground(
        _spread(mask, near, frame.shape, False),
        _spread(np.where(mask, owner, NOWHERE), near, frame.shape, NOWHERE),
        _spread(np.where(mask, support, np.nan), near, frame.shape, np.nan),
        tuple(order),
    )


def _claim(place: Place, number: int, flat: np.ndarray, out: tuple[np.ndarray, ...], zones: Zones) -> None:
    owner, support, mask = out
    index, local, half = _around(place, flat, zones)
    if not len(index):
        return
    z = flat[index, 2]
    beside = np.abs(local[:, :2]) - half[:2]
    if SURFACE in place.entry.affordances:
        top = _level(z[(beside <= 0).all(axis=1)], place.top)
        here = (z > top - 0.03) & (z < top + zones.height_m) & (beside <= zones.edge_m).all(axis=1)
        thing, base = z > top + zones.above_m, np.full(len(z), top)
        # What stands out over the edge is not what the furniture's own parts do.
        here &= thing | (beside <= 0).all(axis=1)
    else:
        rim = _headroom(place, zones)
        inside = (beside <= -(place.entry.wall + zones.side_m)).all(axis=1)
        base = _level(z[inside], place.bottom + place.entry.floor)
        here = (z > place.bottom - 0.03) & (z < place.top + rim) & (beside <= 0.005).all(axis=1)
        # Things may look out of an open box over its sides; what does so at a drawer is its own front.
        over = inside if place.entry.opens else inside | (z > place.top + zones.above_m)
        thing = over & (z > base + zones.above_m)
        base = np.full(len(z), base)
    index, thing, base = index[here], thing[here], base[here]
    owner[index], support[index], mask[index] = number, base, thing


def _headroom(place: Place, zones: Zones) -> float:
    """How far over the upper end of a container its things may reach; a cabinet ends below its upper board."""
    opens = place.entry.opens
    if opens is None:
        return zones.rim_m
    return -(place.entry.wall + zones.side_m) if opens.mechanism == "door" else _DRAWER_RIM_M


def _around(place: Place, flat: np.ndarray, zones: Zones) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Points in a box around a place: their numbers and their coordinates in its frame; and its half extents."""
    pose, half = place.pose, np.array(place.size, dtype=np.float32) / 2
    reach = float(np.hypot(*half[:2])) + zones.edge_m
    centre = pose[:3, 3].astype(np.float32)
    close = (np.abs(flat[:, 0] - centre[0]) <= reach) & (np.abs(flat[:, 1] - centre[1]) <= reach)
    index = np.flatnonzero(close)
    return index, place.local(flat[index]), half


def _level(heights: np.ndarray, expected: float) -> float:
    """The height of a face near the one that the map tells, from what is seen of it."""
    near = heights[np.abs(heights - expected) <= 0.015]
    return float(np.median(near)) if len(near) >= 30 else expected


def _claim_floor(
    places: tuple[Place, ...], free_floor: Mask, flat: np.ndarray, out: tuple[np.ndarray, ...], zones: Zones
) -> None:
    owner, support, mask = out
    index = np.flatnonzero((flat[:, 2] > zones.above_m) & (flat[:, 2] < zones.floor_height_m) & (owner == NOWHERE))
    index = index[free_floor(flat[index])]
    for place in places:
        if len(index) and (CONTAINER in place.entry.affordances or SURFACE in place.entry.affordances):
            beside = np.abs(place.local(flat[index])[:, :2]) - np.array(place.size[:2]) / 2
            index = index[(beside > 0.03).any(axis=1)]
    owner[index], support[index], mask[index] = FLOOR, 0.0, True


def _spread(values: np.ndarray, at: np.ndarray, shape: tuple[int, int], empty: float) -> np.ndarray:
    full = np.full(shape[0] * shape[1], empty, dtype=values.dtype)
    full[at] = values
    return full.reshape(shape)
