# SPDX-License-Identifier: Apache-2.0
"""Where a parallel gripper can take hold of a box-like thing."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from agent_planner_motion.arm.ik import hand_rotation
from agent_planner_motion.spatial import rotation_about, rotation_z, transform

_UP = np.array([0.0, 0.0, 1.0])
_TILTS = (0.0, 20.0, 40.0, 55.0, 70.0, 85.0)  # degrees from straight down
_ASKEW = (0.3, -0.3, 0.55, -0.55)  # radians
# Metres from what the thing stands on to the fingers; and where there is no room so low, as on the robot itself, whose
# own shape the planner knows only roughly.
_ABOVE_SUPPORT, _HIGHER_UP = 0.007, 0.027
_LEAST_TOUCHED = 0.010  # metres of the fingers between which there is something
# Axes that rise less are level (cosine from the vertical). Sides that differ by less may be one diameter.
_LEVEL, _ROUND = 0.35, 1.05


@dataclass(frozen=True)
class Hand:
    """Shape of the gripper, metres.

    Attributes:
        max_opening: between the fingers.
        tip: how far the fingers reach beyond the end effector's frame.
        palm: how far behind that frame the palm begins.
        pad: width of a finger.
    """

    max_opening: float = 0.085
    tip: float = 0.021
    palm: float = 0.065
    pad: float = 0.022


@dataclass(frozen=True)
class Grasp:
    """One way to hold a thing.

    Attributes:
        pose: of the end effector, (4, 4), base frame.
        width: of the thing between the fingers, metres.
        tilt: of the approach from straight down, radians.
    """

    pose: np.ndarray
    width: float
    tilt: float

    @property
    def approach(self) -> np.ndarray:
        """Direction in which the hand comes, (3,)."""
        return self.pose[:3, 2]


def grasps(pose: np.ndarray, size: np.ndarray, hand: Hand, flattest: float = 0.0) -> Iterator[list[Grasp]]:
    """Give groups of grasps, the steepest first.

    Args:
        pose: of the thing's middle in the base frame, (4, 4).
        size: along its own axes.
        hand: the gripper.
        flattest: radians; groups with less tilt than this come last (for things under a roof).
    """
    pose = _unrolled(pose, size)
    angles = sorted((math.radians(t) for t in _TILTS), key=lambda t: (t < flattest, t))
    straight = _closings(pose, size, hand)
    turned = _turned(straight, pose, size, hand)
    for closings, above in ((straight, _ABOVE_SUPPORT), (turned, _ABOVE_SUPPORT), (straight, _HIGHER_UP)):
        for tilt in angles:
            group = [
                grasp
                for closing in closings
                for side in ((1.0,) if tilt == 0.0 else (1.0, -1.0))
                if (grasp := _grasp(pose, size, hand, closing, side * tilt, above)) is not None
            ]
            if group:
                yield group


def _unrolled(pose: np.ndarray, size: np.ndarray) -> np.ndarray:
    """The pose turned about the longest side until another is level: a bottle may lie rolled, where a box would not."""
    short, other, long = np.argsort(size)
    along, across = pose[:3, long], pose[:3, short]
    if abs(along[2]) >= _LEVEL or size[other] > _ROUND * size[short]:
        return pose
    angle = -math.atan2(across[2], np.cross(along, across)[2])
    angle -= round(angle / (math.pi / 2)) * math.pi / 2
    return transform(rotation_about(along, angle) @ pose[:3, :3], pose[:3, 3])


def _closings(pose: np.ndarray, size: np.ndarray, hand: Hand) -> list[np.ndarray]:
    # Horizontal directions across two opposite sides, the narrower first. The longest side is left out even where it
    # would fit: what is held across it counts as not held (see agent_planner.scene.geometry).
    found = []
    widest = min(hand.max_opening - 0.008, float(np.sort(size)[1]) + 0.004)
    for i in np.argsort(size):
        axis = pose[:3, i]
        if abs(axis[2]) < _LEVEL and size[i] <= widest:
            flat = np.array([axis[0], axis[1], 0.0])
            found.append(flat / np.linalg.norm(flat))
    return found


def _turned(closings: list[np.ndarray], pose: np.ndarray, size: np.ndarray, hand: Hand) -> list[np.ndarray]:
    # Where the straight ones are out of reach: closing on a box a little askew turns it between the fingers.
    found = []
    for closing in closings:
        for angle in _ASKEW:
            turned = rotation_z(angle) @ closing
            if float(np.abs(pose[:3, :3].T @ turned) @ size) <= hand.max_opening - 0.006:
                found.append(turned)
    return found


def _grasp(
    pose: np.ndarray, size: np.ndarray, hand: Hand, closing: np.ndarray, tilt: float, above: float
) -> Grasp | None:
    across = np.cross(_UP, closing)
    centre = pose[:3, 3]
    if tilt and float(across @ centre) * tilt < 0:
        return None  # the hand would come from behind the thing and reach back to the robot
    approach = -_UP * math.cos(tilt) + across * math.sin(tilt)
    depth = float(np.abs(pose[:3, :3].T @ approach) @ size) / 2  # from the middle to the side facing the palm
    point = centre - approach * max(0.0, depth - (hand.palm - 0.012))
    bottom = float(centre[2]) - float(np.abs(pose[2, :3]) @ size) / 2
    lowest = bottom + above + hand.tip * math.cos(tilt) + hand.pad / 2 * abs(math.sin(tilt))
    point = point + _UP * max(0.0, lowest - point[2])
    if _touched(pose, size, point, approach, hand) < _LEAST_TOUCHED:
        return None
    width = float(np.abs(pose[:3, :3].T @ closing) @ size)
    return Grasp(transform(hand_rotation(approach, closing), point), width, abs(tilt))


def _touched(pose: np.ndarray, size: np.ndarray, point: np.ndarray, approach: np.ndarray, hand: Hand) -> float:
    """How much of the line between the fingers, from palm to tip, is in the thing, metres."""
    start, along = (pose[:3, :3].T @ vector for vector in (point - pose[:3, 3], approach))
    along = np.where(np.abs(along) < 1e-9, 1e-9, along)
    ends = (np.stack([-size, size]) / 2 - start) / along
    first, last = float(ends.min(axis=0).max()), float(ends.max(axis=0).min())
    return min(last, hand.tip) - max(first, -hand.palm)
