# SPDX-License-Identifier: Apache-2.0
"""Turns the scene into the boxes that an arm must not touch."""

import numpy as np

from agent_planner_motion.arm.obstacles import Obstacle
from agent_planner_motion.spatial import rotation_z, transform
from agent_planner_motion.world import CONTAINER, DOOR, DRAWER, Thing, World

_WALL = 0.010  # thickness of sides; drawers and bins have thin ones
_PANEL = 0.02
_FLOOR = 0.010
_FRONT = 0.075  # a drawer's front may reach this much above its handle
_NEAR = 1.5  # metres from the base beyond which nothing matters
_GROUND = np.array([_NEAR, _NEAR, 0.05])


def obstacles(world: World, base: np.ndarray, without: tuple[str, ...] = ()) -> list[Obstacle]:
    """Return boxes in the base frame, the floor among them.

    Args:
        world: the scene.
        base: pose of the base in the map, (4, 4), upright.
        without: names of what may be touched, such as the object to be grasped; "X handle" and "X panel" are the
            handle of X and its door.
    """
    found: list[Obstacle] = []
    for thing in (*world.places, *world.objects):
        if thing.name in without or thing.name == world.holding or not thing.is_body:
            continue
        if np.linalg.norm(thing.centre[:2] - base[:2, 3]) > _NEAR + float(np.linalg.norm(thing.size[:2])) / 2:
            continue
        found += _boxes(thing, world)
    into_base = np.linalg.inv(base)
    floor = Obstacle("floor", transform(xyz=(0.0, 0.0, -base[2, 3] - _GROUND[2])), _GROUND)
    return [floor, *(Obstacle(o.name, into_base @ o.pose, o.half) for o in found if o.name not in without)]


def _boxes(thing: Thing, world: World) -> list[Obstacle]:
    if thing.movable or not thing.can(CONTAINER):
        return [Obstacle(thing.name, thing.pose, thing.size / 2)]
    if thing.mechanism == DOOR:
        return _cabinet(thing, world)
    if thing.mechanism == DRAWER and thing.opening < 0.05:
        return _handle(thing)  # the chest around it is a body of its own
    front = [_drawer_front(thing)] if thing.mechanism == DRAWER and thing.handle is not None else []
    return [*_open_box(thing), *_foot(thing, world), *_handle(thing), *front]


def _box(thing: Thing, centre: tuple[float, float, float], size: tuple[float, float, float]) -> Obstacle:
    return Obstacle(thing.name, thing.pose @ transform(xyz=centre), np.array(size) / 2)


def _open_box(thing: Thing, wall: float = _WALL) -> list[Obstacle]:
    x, y, z = thing.size
    return [
        _box(thing, (0, 0, -z / 2 + _FLOOR / 2), (x, y, _FLOOR)),
        *(_box(thing, (s * (x - wall) / 2, 0, 0), (wall, y, z)) for s in (-1, 1)),
        *(_box(thing, (0, s * (y - wall) / 2, 0), (x, wall, z)) for s in (-1, 1)),
    ]


def _foot(thing: Thing, world: World) -> list[Obstacle]:
    # What is under a container that neither stands on furniture nor slides.
    if thing.mechanism == DRAWER or world.body_of(thing) is not thing or thing.bottom < 0.02:
        return []
    height = thing.bottom
    return [_box(thing, (0, 0, -thing.size[2] / 2 - height / 2), (thing.size[0] * 0.8, thing.size[1] * 0.8, height))]


def _drawer_front(thing: Thing) -> Obstacle:
    # The scene tells the tray only; the panel in front of it is higher.
    assert thing.handle is not None
    outward = thing.handle[:3, 0]
    axes = np.abs(thing.pose[:3, :3].T @ outward)
    depth, width = float(axes @ thing.size), float(np.abs(thing.pose[:3, :3].T @ thing.handle[:3, 1]) @ thing.size)
    low, high = thing.bottom, float(thing.handle[2, 3]) + _FRONT
    middle = thing.centre + outward * (depth - _PANEL) / 2
    pose = transform(rotation_z(float(np.arctan2(outward[1], outward[0]))), (middle[0], middle[1], (low + high) / 2))
    return Obstacle(thing.name, pose, np.array([_PANEL, width, high - low]) / 2)


def _handle(thing: Thing) -> list[Obstacle]:
    if thing.handle is None:
        return []
    return [Obstacle(f"{thing.name} handle", thing.handle, np.array([0.01, 0.05, 0.01]))]


def _cabinet(thing: Thing, world: World) -> list[Obstacle]:
    """Floor, ceiling, sides and back of a cabinet, what is under it, and its door where it stands now."""
    x, y, z = thing.size
    front = world.front_of(thing)
    toward = 1.0 if front is None or float(thing.pose[:2, 0] @ front) > 0 else -1.0
    found = [
        # What stands inside stands on the place's lower side; the ceiling is within its extent.
        _box(thing, (0, 0, -(z + _PANEL) / 2), (x, y, _PANEL)),
        _box(thing, (0, 0, (z - _PANEL) / 2), (x, y, _PANEL)),
        *(_box(thing, (0, s * (y - _PANEL) / 2, 0), (x, _PANEL, z)) for s in (-1, 1)),
        _box(thing, (-toward * (x - _PANEL) / 2, 0, 0), (_PANEL, y, z)),
        *_foot(thing, world),
        *_handle(thing),
    ]
    if thing.hinge is not None and thing.handle is not None:
        found.append(door_panel(thing))
    return found


def door_panel(thing: Thing) -> Obstacle:
    """Return the box of a door's panel, between its hinge and a little beyond its handle."""
    assert thing.hinge is not None
    assert thing.handle is not None
    outward = thing.handle[:2, 0]  # normal of the panel
    along = np.array([-outward[1], outward[0]])
    reach = float(along @ (thing.handle[:2, 3] - thing.hinge[:2]))
    along, reach = (along, reach) if reach > 0 else (-along, -reach)
    width = reach + 0.05
    middle = thing.hinge[:2] + along * width / 2 + outward * 0.011
    pose = transform(rotation_z(float(np.arctan2(along[1], along[0]))), (*middle, thing.centre[2]))
    return Obstacle(f"{thing.name} panel", pose, np.array([width / 2, 0.011, float(thing.size[2]) / 2]))
