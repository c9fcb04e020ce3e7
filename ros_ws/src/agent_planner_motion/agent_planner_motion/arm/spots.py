# SPDX-License-Identifier: Apache-2.0
"""Free spots on surfaces and in containers."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from agent_planner_motion.world import CONTAINER, Thing, World

_GRID = 0.03
_EDGE = 0.025  # metres that an object's outline stays from the edge
_APART = 0.03  # between outlines; the fingers open beside the object
_WALL = 0.012


@dataclass(frozen=True)
class Spot:
    """A point where something can stand, map frame; how free it is there, metres beyond what is needed."""

    x: float
    y: float
    z: float
    free: float


def spots(
    world: World, target: Thing, radius: float, base_xy: np.ndarray, inside: bool, best: float = 0.58
) -> list[Spot]:
    """Return spots, best first: neither cramped nor far.

    Args:
        world: the scene.
        target: what it is to stand on or in.
        radius: of the outline of what is put down, metres.
        base_xy: where the base is, (2,).
        inside: in a container (its floor is the surface, its walls are edges) or on top.
        best: distance from the base at which the arm works best, metres.
    """
    margin = radius + (_WALL + 0.01 if inside else _EDGE)
    half = target.size[:2] / 2 - margin
    if (half < 0).any():
        return []
    lines = [np.linspace(-h, h, max(1, int(2 * h / _GRID) + 1)) if h > 1e-6 else np.zeros(1) for h in half]
    local = np.stack(np.meshgrid(*lines, indexing="ij"), axis=-1).reshape(-1, 2)
    points = local @ target.pose[:2, :2].T + target.centre[:2]
    room = np.min([half - np.abs(local)], axis=0).min(axis=1)
    for other in _neighbours(world, target, inside):
        room = np.minimum(room, _distance(points, other) - radius - _APART)
    distance = np.linalg.norm(points - base_xy, axis=1)
    score = np.minimum(room, 0.06) - 0.25 * np.abs(distance - best)
    height = target.bottom + _WALL if inside else target.top
    order = [i for i in np.argsort(-score) if room[i] >= 0.0]
    return [Spot(float(points[i, 0]), float(points[i, 1]), height, float(room[i])) for i in order]


def _neighbours(world: World, target: Thing, inside: bool) -> Sequence[Thing]:
    objects = [o for o in world.objects if o.name != world.holding]
    if inside:
        return [o for o in objects if world.container_of(o) is target]
    standing = [p for p in world.places if p is not target and p.can(CONTAINER) and abs(p.bottom - target.top) < 0.03]
    return [*(o for o in objects if abs(o.bottom - target.top) < 0.12), *standing]


def _distance(points: np.ndarray, thing: Thing) -> np.ndarray:
    local = (points - thing.centre[:2]) @ thing.pose[:2, :2]
    outside = np.maximum(np.abs(local) - thing.size[:2] / 2, 0.0)
    return np.linalg.norm(outside, axis=1)


def spread(found: Sequence[Spot], count: int, apart: float = 0.06) -> list[Spot]:
    """Return the best spots that are not next to each other."""
    kept: list[Spot] = []
    for spot in found:
        if all(np.hypot(spot.x - k.x, spot.y - k.y) >= apart for k in kept):
            kept.append(spot)
        if len(kept) == count:
            break
    return kept
