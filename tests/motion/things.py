# SPDX-License-Identifier: Apache-2.0
"""Things and places for tests. Metres, frame map unless said."""

import math

import numpy as np

from agent_planner_motion.spatial import planar, rotation_z, transform
from agent_planner_motion.world import CONTAINER, DOOR, DRAWER, GRASPABLE, OPENABLE, SURFACE, Thing


def at(x, y, z=0.0, yaw=0.0):
    return transform(rotation_z(yaw), (x, y, z))


def cube(name="red cube", x=0.6, y=0.0, bottom=0.6, size=0.04, yaw=0.0):
    return thing(name, x, y, bottom, (size, size, size), yaw)


def thing(name, x, y, bottom, size, yaw=0.0):
    return Thing(name, at(x, y, bottom + size[2] / 2, yaw), np.array(size), frozenset({GRASPABLE}), movable=True)


def table(name="table", x=0.75, y=0.0, size=(0.42, 0.56, 0.6), yaw=0.0):
    return Thing(name, at(x, y, size[2] / 2, yaw), np.array(size), frozenset({SURFACE}))


def bin_on_foot(name="blue bin", x=0.0, y=0.6, rim=0.42, size=(0.3, 0.3, 0.2)):
    return Thing(name, at(x, y, rim - size[2] / 2), np.array(size), frozenset({CONTAINER}))


def tray(name="tray", x=0.7, y=0.0, bottom=0.6):
    return Thing(name, at(x, y, bottom + 0.025), np.array((0.20, 0.24, 0.05)), frozenset({CONTAINER}))


def area(name="kitchen", x=0.0, y=0.0):
    return Thing(name, at(x, y, 0.005), np.array((0.3, 0.3, 0.01)))


def chest(name="chest", x=1.0, y=0.0, yaw=0.0):
    """A chest whose front looks along its own x."""
    return Thing(name, at(x, y, 0.36, yaw), np.array((0.40, 0.50, 0.72)), frozenset({SURFACE}))


def drawer(opening=0.0, name="drawer", x=1.0, y=0.0, yaw=0.0, travel=0.24):
    """The drawer of `chest` at the same place."""
    closed = at(x, y, 0.0, yaw) @ transform(xyz=(0.02, 0.0, 0.585))
    handle = at(x, y, 0.0, yaw) @ transform(xyz=(0.245, 0.0, 0.61))
    out = transform(xyz=closed[:3, 0] * travel * opening)
    size = np.array((0.36, 0.455, 0.10))
    can = frozenset({CONTAINER, OPENABLE})
    return Thing(name, out @ closed, size, can, False, opening >= 0.5, opening, out @ handle, travel, None, DRAWER)


def cabinet(opening=0.0, name="cabinet", x=1.0, y=0.0, yaw=0.0, left_hinge=True):
    """A cabinet with a door whose front looks along its own x."""
    depth, width, side_height, plinth = 0.38, 0.42, 0.375, 0.345
    frame = at(x, y, 0.0, yaw)
    middle = plinth + side_height / 2
    side = 1.0 if left_hinge else -1.0
    hinge = frame @ transform(xyz=(depth / 2, side * width / 2, middle))
    turn = transform(rotation_z(side * opening * math.pi / 2))
    bar = np.column_stack([(1.0, 0.0, 0.0), (0.0, 0.0, 1.0), (0.0, -1.0, 0.0)])  # y along the upright bar
    handle = hinge @ turn @ transform(bar, (0.065, -side * (width - 0.05), 0.0))
    pose = frame @ transform(xyz=(0.0, 0.0, middle))
    can = frozenset({CONTAINER, OPENABLE})
    size = np.array((depth, width, side_height))
    return Thing(name, pose, size, can, False, opening >= 0.5, opening, handle, math.pi / 2, hinge[:3, 3].copy(), DOOR)


__all__ = ["area", "at", "bin_on_foot", "cabinet", "chest", "cube", "drawer", "planar", "table", "thing", "tray"]
