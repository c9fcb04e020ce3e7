# SPDX-License-Identifier: Apache-2.0
"""How far drawers and doors stand open, from depth: where their front and handle would be seen if they stood there."""

import numpy as np

from agent_planner.perception.foreground import Mask
from agent_planner.perception.frame import Frame
from agent_planner.perception.places import Opens, Place, PlaceEntry
from agent_planner.perception.rigid import apply, inverse, transform, upright

_STEPS = 41  # openings that are tried, 0 to 1
_AGREE_M = 0.012  # how near the measured depth must be to the expected one
_SPACING_M = 0.02
_BAR_M = 0.10  # length of a handle
_FEWEST = 12.0  # points that must agree
_THROUGH = 0.4  # share of the points that must be seen through where the front cannot be


def measured_opening(place: Place, frame: Frame, own: Mask | None = None) -> float | None:
    """Return how far a place stands open, 0 to 1, or None where the picture does not tell.

    The front (the face of the place on the handle's side) and the handle are put to each opening in turn; points that
    agree with the depth speak for it, points through which the camera sees something further away against it. What is
    hidden says nothing, and so does the robot's own body (``own`` tells which points are its).
    """
    opens = place.entry.opens
    if opens is None:
        return None
    front = _front(place.entry)
    openings = np.linspace(0.0, 1.0, _STEPS)
    moved = np.stack([apply(place.moved(np.eye(4), float(o)), front) for o in openings])  # (steps, n, 3)
    expected, seen = frame.measured(moved.reshape(-1, 3))
    if own is not None:
        seen = _without(own, moved.reshape(-1, 3), frame.camera[:3, 3], expected, seen)
    gap = (seen - expected).reshape(moved.shape[:2])  # above zero: something further away is seen there
    with np.errstate(invalid="ignore"):
        agree = np.nan_to_num(np.maximum(1 - np.abs(gap) / _AGREE_M, 0.0)).sum(axis=1)
        through = (gap > _AGREE_M).sum(axis=1)
    score = agree - through
    best = int(np.argmax(score))
    if agree[best] >= _FEWEST and score[best] > 0:
        return _between(openings, score, best)
    return _seen_through(openings, through / len(front))


def _without(own: Mask, points: np.ndarray, camera: np.ndarray, expected: np.ndarray, seen: np.ndarray) -> np.ndarray:
    """The measured depth with the robot's own unknown: its hand at the handle is taken for no front."""
    known = np.flatnonzero(np.isfinite(seen))
    hit = camera + (points[known] - camera) * (seen[known] / expected[known])[:, None]
    seen = seen.copy()
    seen[known[own(hit)]] = np.nan
    return seen


def _between(openings: np.ndarray, score: np.ndarray, best: int) -> float:
    """The top of the parabola through the best score and its neighbours."""
    if not 0 < best < len(score) - 1:
        return float(openings[best])
    before, here, after = score[best - 1 : best + 2]
    curve = before - 2 * here + after
    shift = 0.5 * (before - after) / curve if curve < -1e-6 else 0.0
    return float(openings[best] + np.clip(shift, -0.5, 0.5) * (openings[1] - openings[0]))


def _seen_through(openings: np.ndarray, through: np.ndarray) -> float | None:
    """A wide open door is seen edge on or not at all: then what counts is that it stands nowhere else."""
    possible = openings[through <= _THROUGH / 4]
    if through[0] < _THROUGH or not len(possible) or possible.min() < 0.4:
        return None
    return float(possible.mean())


def _front(entry: PlaceEntry) -> np.ndarray:
    """Points of front and handle when closed, (n, 3), in the map."""
    opens = entry.opens
    assert opens is not None
    box = upright(*entry.pose)
    handle = transform(opens.handle[:3], opens.handle[3:])
    return np.concatenate([_panel(entry, box, handle), _bar(opens)])


def _panel(entry: PlaceEntry, box: np.ndarray, handle: np.ndarray) -> np.ndarray:
    assert entry.opens is not None
    outward = inverse(box)[:3, :3] @ handle[:3, 0]
    axis = int(np.argmax(np.abs(outward[:2])))
    half = np.array(entry.size) / 2
    across = np.arange(-half[1 - axis] + 0.01, half[1 - axis] - 0.005, _SPACING_M)
    up = np.arange(-half[2] + 0.01, half[2] + 0.005, _SPACING_M)
    local = np.zeros((len(across) * len(up), 3))
    local[:, axis] = np.sign(outward[axis]) * (half[axis] + entry.opens.front)
    local[:, 1 - axis], local[:, 2] = (grid.ravel() for grid in np.meshgrid(across, up))
    return apply(box, local)


def _bar(opens: Opens) -> np.ndarray:
    along = np.zeros((7, 3))
    along[:, 1] = np.linspace(-_BAR_M / 2, _BAR_M / 2, 7)
    # Counted thrice: it is small, and tells more than a flat front does.
    return np.repeat(apply(transform(opens.handle[:3], opens.handle[3:]), along), 3, axis=0)
