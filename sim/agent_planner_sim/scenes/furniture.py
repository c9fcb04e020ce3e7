# SPDX-License-Identifier: Apache-2.0
"""Pieces of furniture from primitives, each in its own frame: on the floor, in the middle, x to the front."""

import math

from agent_planner.scene.graph import CONTAINER, OPENABLE, SURFACE
from agent_planner_sim.scenes.description import DOOR, DRAWER, Furniture, MovingPart, Placement, Region
from agent_planner_sim.scenes.words import COLORS, Wanted
from agent_planner_sim.shapes import Box, Color, Solid
from agent_planner_sim.transforms import Vec3

WOODS: dict[str, Color] = {
    "brown": (0.58, 0.40, 0.25, 1.0),
    "white": (0.90, 0.89, 0.86, 1.0),
    "grey": (0.60, 0.62, 0.64, 1.0),
}
_STEEL: Color = (0.30, 0.31, 0.33, 1.0)
_SLAB = 0.03
_PANEL = 0.018
_BAR = 0.015
_STAND_OFF = 0.045
_ORIGIN = Placement()
# How much floor in front of a piece stays free: to stand there, or to stand there while it is being opened.
STANDING, OPENING = 0.75, 1.0


def _box(size: Vec3, xyz: Vec3, color: Color) -> Solid:
    return Solid(Box(size), xyz, color=color)


def _darker(color: Color, factor: float = 0.8) -> Color:
    return (color[0] * factor, color[1] * factor, color[2] * factor, color[3])


def table(name: str, category: str, size: Vec3, wood: str) -> Furniture:
    """Return a slab on four legs; its top can be put things on."""
    depth, width, height = size
    color = WOODS[wood]
    legs = (
        _box(
            (0.04, 0.04, height - _SLAB),
            (sx * (depth / 2 - 0.03), sy * (width / 2 - 0.03), (height - _SLAB) / 2),
            _darker(color),
        )
        for sx in (-1, 1)
        for sy in (-1, 1)
    )
    top = _box((depth, width, _SLAB), (0.0, 0.0, height - _SLAB / 2), color)
    place = Region(name, category, (0.0, 0.0, height / 2), size, (SURFACE,), wood)
    return Furniture(name, _ORIGIN, size, (top, *legs), regions=(place,), room_to_open=STANDING)


def chest(name: str, category: str, drawer: str, size: Vec3, wood: str, travel: float) -> Furniture:
    """Return a piece with a top and one drawer under it."""
    depth, width, height = size
    color = WOODS[wood]
    bottom = height - _SLAB - 0.16
    inner = width - 2 * _PANEL
    shell = (
        _box((depth, width, _SLAB), (0.0, 0.0, height - _SLAB / 2), color),
        _box((depth, width, bottom - 0.04), (0.0, 0.0, 0.04 + (bottom - 0.04) / 2), _darker(color, 0.92)),
        _box((depth - 0.06, width - 0.06, 0.04), (0.0, 0.0, 0.02), _STEEL),
        _box((_PANEL, inner, 0.16), (-(depth - _PANEL) / 2, 0.0, bottom + 0.08), color),
        *(_box((depth, _PANEL, 0.16), (0.0, s * (width - _PANEL) / 2, bottom + 0.08), color) for s in (-1, 1)),
    )
    part = _drawer(drawer, (depth / 2, 0.0, bottom), (depth - 0.04, inner - 0.008), travel, _darker(color, 1.08))
    length = depth - 0.04
    places = (
        Region(name, category, (0.0, 0.0, height / 2), size, (SURFACE,), wood),
        Region(
            drawer, "drawer", (-length / 2, 0.0, 0.055), (length, inner - 0.008, 0.10), (CONTAINER, OPENABLE),
            wood, part=drawer, moves=True,
        ),
    )  # fmt: skip
    return Furniture(name, _ORIGIN, size, shell, (part,), places, OPENING)


def _drawer(name: str, xyz: Vec3, tray: tuple[float, float], travel: float, color: Color) -> MovingPart:
    """The frame of a drawer is in the middle of its front's lower edge, at the front plane of the chest."""
    length, width = tray
    wall, height = 0.01, 0.09
    middle = -length / 2
    front = _box((_PANEL, width, 0.145), (-_PANEL / 2, 0.0, 0.0785), color)
    solids = (
        front,
        _box((length, width, wall), (middle, 0.0, 0.010), _darker(color)),
        _box((wall, width, height), (-length + wall / 2, 0.0, 0.015 + height / 2), _darker(color)),
        *(
            _box((length, wall, height), (middle, s * (width - wall) / 2, 0.015 + height / 2), _darker(color))
            for s in (-1, 1)
        ),
        *_handle((_STAND_OFF, 0.0, 0.08), upright=False),
    )
    return MovingPart(
        name, DRAWER, xyz, (1.0, 0.0, 0.0), travel, solids, 2.0, (_STAND_OFF, 0.0, 0.08), damping=6.0, friction=1.5
    )


def _handle(bar: Vec3, upright: bool) -> tuple[Solid, ...]:
    x, y, z = bar
    size = (_BAR, _BAR, 0.10) if upright else (_BAR, 0.10, _BAR)
    ends = [(0.0, 0.0, s * 0.044) if upright else (0.0, s * 0.044, 0.0) for s in (-1, 1)]
    posts = (_box((_STAND_OFF, 0.010, 0.010), (x - _STAND_OFF / 2, y + e[1], z + e[2]), _STEEL) for e in ends)
    return (Solid(Box(size), bar, color=_STEEL, grip=True), *posts)


def cabinet(name: str, category: str, size: Vec3, wood: str, left_hinge: bool) -> Furniture:
    """Return a closet on a plinth, its floor at half height, with one door."""
    depth, width, height = size
    color = WOODS[wood]
    plinth = height / 2 - 0.02
    side_height = height - plinth
    middle = plinth + side_height / 2
    shell = (
        _box((depth - 0.04, width - 0.04, plinth - _PANEL), (0.0, 0.0, (plinth - _PANEL) / 2), _darker(color, 0.7)),
        _box((depth, width, _PANEL), (0.0, 0.0, plinth - _PANEL / 2), color),
        _box((depth, width, _PANEL), (0.0, 0.0, height - _PANEL / 2), color),
        _box((_PANEL, width, side_height), (-(depth - _PANEL) / 2, 0.0, middle), color),
        *(_box((depth, _PANEL, side_height), (0.0, s * (width - _PANEL) / 2, middle), color) for s in (-1, 1)),
    )
    part = _door(name, (depth / 2, 0.0, middle), (width, side_height - 0.006), left_hinge, _darker(color, 1.06))
    place = Region(
        name, category, (0.0, 0.0, middle), (depth, width, side_height), (CONTAINER, OPENABLE), wood, part=name
    )
    return Furniture(name, _ORIGIN, size, shell, (part,), (place,), OPENING)


def _door(name: str, xyz: Vec3, panel: tuple[float, float], left_hinge: bool, color: Color) -> MovingPart:
    """A door's frame is on its hinge, at half height of the door, in the front plane of the cabinet."""
    width, height = panel
    side = 1.0 if left_hinge else -1.0
    middle = -side * width / 2
    bar = (_PANEL + 0.002 + _STAND_OFF, -side * (width - 0.05), 0.0)
    solids = (_box((_PANEL, width, height), (_PANEL / 2 + 0.002, middle, 0.0), color), *_handle(bar, upright=True))
    return MovingPart(
        name, DOOR, (xyz[0], side * width / 2, xyz[2]), (0.0, 0.0, side), math.pi / 2, solids, 1.5, bar,
        (math.pi / 2, 0.0, 0.0), damping=0.5, friction=0.25,
    )  # fmt: skip


def bin_on_foot(wanted: Wanted, color: str, rim: float) -> Furniture:
    """Return an open box of 30 x 30 x 20 cm on a foot, its rim at a height."""
    foot = rim - 0.20
    solids = (
        _box((0.20, 0.20, foot), (0.0, 0.0, foot / 2), _STEEL),
        *_open_box((0.30, 0.30, 0.20), foot, 0.01, COLORS[color]),
    )
    place = Region(wanted.name, wanted.noun, (0.0, 0.0, rim - 0.10), (0.30, 0.30, 0.20), (CONTAINER,), color)
    return Furniture(wanted.name, _ORIGIN, (0.30, 0.30, rim), solids, regions=(place,), room_to_open=STANDING)


def tray(wanted: Wanted, color: str) -> Furniture:
    """Return a flat open box that stands on a table; its frame is where it touches the table."""
    size = (0.20, 0.24, 0.05)
    solids = _open_box(size, 0.0, 0.008, COLORS[color])
    place = Region(wanted.name, wanted.noun, (0.0, 0.0, size[2] / 2), size, (CONTAINER,), color)
    return Furniture(wanted.name, _ORIGIN, size, solids, regions=(place,))


def _open_box(size: Vec3, z: float, wall: float, color: Color) -> tuple[Solid, ...]:
    depth, width, height = size
    middle = z + height / 2
    return (
        _box((depth, width, wall), (0.0, 0.0, z + wall / 2), _darker(color, 0.7)),
        *(_box((wall, width, height), (s * (depth - wall) / 2, 0.0, middle), color) for s in (-1, 1)),
        *(_box((depth, wall, height), (0.0, s * (width - wall) / 2, middle), _darker(color, 0.92)) for s in (-1, 1)),
    )


def couch(size: Vec3 = (0.75, 1.5, 0.65)) -> Furniture:
    """Return an obstacle that only furnishes the room."""
    depth, width, height = size
    color: Color = (0.36, 0.44, 0.50, 1.0)
    solids = (
        _box((depth, width, 0.36), (0.0, 0.0, 0.20), color),
        _box((0.18, width, height - 0.02), (-(depth - 0.18) / 2, 0.0, height / 2 + 0.01), _darker(color)),
        *(_box((depth, 0.14, 0.50), (0.0, s * (width - 0.14) / 2, 0.27), _darker(color, 0.9)) for s in (-1, 1)),
    )
    return Furniture("couch", _ORIGIN, size, solids)


def bed(size: Vec3 = (1.9, 1.2, 0.45)) -> Furniture:
    """Return an obstacle that only furnishes the room; its front is the foot end."""
    depth, width, height = size
    solids = (
        _box((depth, width, 0.25), (0.0, 0.0, 0.125), WOODS["brown"]),
        _box((depth - 0.06, width - 0.06, 0.17), (0.0, 0.0, 0.335), (0.86, 0.87, 0.90, 1.0)),
        _box((1.2, width - 0.02, 0.03), (0.33, 0.0, height - 0.015), (0.34, 0.47, 0.62, 1.0)),
        _box((0.35, width - 0.3, 0.10), (-depth / 2 + 0.28, 0.0, 0.45), (0.97, 0.97, 0.97, 1.0)),
    )
    return Furniture("bed", _ORIGIN, size, solids)
