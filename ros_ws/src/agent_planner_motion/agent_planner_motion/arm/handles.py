# SPDX-License-Identifier: Apache-2.0
"""How a hand takes a bar handle and where it goes with it."""

import math
from dataclasses import replace

import numpy as np

from agent_planner_motion.arm.ik import hand_rotation
from agent_planner_motion.spatial import inverse, rotation_about, rotation_z, transform
from agent_planner_motion.world import DOOR, Thing

_UP = np.array([0.0, 0.0, 1.0])
_DRAWER_PITCHES = (45, 35, 55, 25, 65, 15, 0)  # degrees below level
_DOOR_PITCHES = (90, 60, 40, 75, 20, 0)
_DOOR_TURNS = (0, 30, -30, 55, -55)  # degrees about the bar


def handle_grasps(thing: Thing, base: np.ndarray) -> list[np.ndarray]:
    """Return poses of the hand around a bar, (4, 4) each, base frame; the likeliest first."""
    assert thing.handle is not None
    handle = inverse(base) @ thing.handle
    outward, bar, point = handle[:3, 0], handle[:3, 1], handle[:3, 3]
    found = []
    if abs(bar[2]) < 0.5:
        for pitch in np.radians(_DRAWER_PITCHES):
            approach = -outward * math.cos(pitch) - _UP * math.sin(pitch)
            found.append(transform(hand_rotation(approach, np.cross(bar, approach)), point))
        return found
    for pitch in np.radians(_DOOR_PITCHES):
        for turn in np.radians(_DOOR_TURNS):
            level = rotation_about(_UP, turn) @ -outward
            approach = level * math.cos(pitch) - _UP * math.sin(pitch)
            # The steeper, the higher on the bar: the palm stays above its end.
            up = _UP * 0.02 * math.sin(pitch)
            found.append(transform(hand_rotation(approach, np.cross(_UP, level)), point + up))
    return found


def motion_of(thing: Thing, share: float) -> np.ndarray:
    """Return what moves the handle from where it is to a share of its travel, (4, 4), frame map."""
    assert thing.handle is not None
    change = (share - thing.opening) * thing.travel
    if thing.mechanism != DOOR or thing.hinge is None:
        return transform(xyz=thing.handle[:3, 0] * change)
    arm = thing.handle[:3, 3] - thing.hinge
    sense = math.copysign(1.0, float(np.cross(_UP, arm) @ thing.handle[:3, 0]))
    turn = rotation_z(sense * change)
    return transform(turn, thing.hinge - turn @ thing.hinge)


def moved(thing: Thing, share: float) -> Thing:
    """Return the drawer or door as it would be at a share of its travel."""
    assert thing.handle is not None
    motion = motion_of(thing, share)
    pose = thing.pose if thing.mechanism == DOOR else motion @ thing.pose
    return replace(thing, pose=pose, handle=motion @ thing.handle, opening=share)
