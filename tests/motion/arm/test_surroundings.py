# SPDX-License-Identifier: Apache-2.0
import math
from dataclasses import replace

import numpy as np
import pytest

from agent_planner_motion.arm.obstacles import Obstacles
from agent_planner_motion.arm.surroundings import door_panel, obstacles
from agent_planner_motion.world import World
from tests.motion.things import (
    area,
    at,
    bin_on_foot,
    cabinet,
    chest,
    cube,
    drawer,
    planar,
    table,
    thing,
    tray,
)

HERE = np.eye(4)


def names(world, base=HERE, without=()):
    return sorted({o.name for o in obstacles(world, base, without)})


def depth(world, point, base=HERE, without=()):
    """Signed distance of a point of the map from the nearest obstacle."""
    local = (np.linalg.inv(base) @ (*point, 1.0))[:3]
    return float(Obstacles(obstacles(world, base, without)).distance(local))


def test_the_floor_is_always_there():
    assert names(World(1.0)) == ["floor"]
    assert depth(World(1.0), (0.5, 0.5, -0.01)) < 0.0
    assert depth(World(1.0), (0.5, 0.5, 0.03)) == pytest.approx(0.03)


def test_solid_things_are_boxes_in_the_frame_of_the_base():
    base = planar(0.3, -0.2, 1.1)
    world = World(1.0, (cube(x=0.7, y=0.1),), (table(),))
    assert depth(world, (0.7, 0.1, 0.62), base) < 0.0
    assert depth(world, (0.75, 0.0, 0.30), base) < 0.0
    assert depth(world, (0.7, -0.2, 0.65), base) == pytest.approx(0.05)


def test_what_is_held_left_out_far_or_flat_is_no_obstacle():
    world = World(1.0, (cube("a"), cube("b", y=0.2)), (table(), area(x=0.3), table("far", x=4.0)), holding="a")
    assert names(world) == ["b", "floor", "table"]
    assert names(world, without=("b",)) == ["floor", "table"]
    assert names(world, planar(3.3, 0.0, 0.0)) == ["far", "floor"]


@pytest.mark.parametrize("container", [bin_on_foot(), tray()])
def test_an_open_container_is_free_inside_and_not_in_its_walls(container):
    world = World(1.0, (), (container,))
    x, y, z = container.centre
    dx, dy, dz = container.size / 2
    assert depth(world, (x, y, z)) > 0.01
    assert depth(world, (x, y, z + dz + 0.3)) > 0.1
    for wall in ((x + dx - 0.004, y, z), (x, y - dy + 0.004, z), (x, y, z - dz + 0.004)):
        assert depth(world, wall) < 0.0


def test_a_bin_stands_on_a_foot_but_a_tray_on_its_table():
    assert depth(World(1.0, (), (bin_on_foot(),)), (0.0, 0.6, 0.1)) < 0.0
    assert depth(World(1.0, (), (tray(bottom=0.6), table())), (0.7, 0.0, 0.64)) > 0.0


def test_a_closed_drawer_is_only_its_handle_before_the_chest():
    world = World(1.0, (), (chest(), drawer(0.0)))
    assert names(world) == ["chest", "drawer handle", "floor"]
    assert depth(world, (1.245, 0.0, 0.61)) < 0.0
    assert names(world, without=("drawer handle",)) == ["chest", "floor"]


def test_an_open_drawer_can_be_reached_into_but_not_through_its_front():
    world = World(1.0, (), (chest(), drawer(1.0)))
    assert depth(world, (1.35, 0.0, 0.62)) > 0.02, "inside, before the chest"
    for z in (0.55, 0.60, 0.66):
        assert depth(world, (1.425, 0.1, z)) < 0.0, "the front panel, higher than the tray"
    assert depth(world, (1.35, 0.225, 0.60)) < 0.0, "a side"


@pytest.mark.parametrize("yaw", [0.0, 2.0])
@pytest.mark.parametrize("left_hinge", [True, False])
def test_a_cabinet_is_closed_by_its_door_and_free_inside(yaw, left_hinge):
    base = planar(0.0, 0.0, yaw)
    frame = at(1.0, 0.0, 0.0, yaw)

    def point(x, y, z):
        return (frame @ (x, y, z, 1.0))[:3]

    def world(opening):
        return World(1.0, (), (cabinet(opening, x=1.0, y=0.0, yaw=yaw, left_hinge=left_hinge),))

    for opening in (0.0, 1.0):
        assert depth(world(opening), point(0.0, 0.0, 0.5), base) > 0.05, "inside"
        for wall in ((-0.18, 0, 0.5), (0, 0.2, 0.5), (0, -0.2, 0.5), (0, 0, 0.335), (0, 0, 0.71), (0, 0, 0.2)):
            assert depth(world(opening), point(*wall), base) < 0.0, wall
    before = point(0.20, 0.0, 0.5)
    assert depth(world(0.0), before, base) < 0.0
    assert depth(world(1.0), before, base) > 0.1
    beside = point(0.19 + 0.2, (0.21 if left_hinge else -0.21), 0.5)
    assert depth(world(1.0), beside, base) < 0.02


@pytest.mark.parametrize("opening", [0.0, 0.3, 1.0])
@pytest.mark.parametrize("left_hinge", [True, False])
def test_a_door_hangs_between_its_hinge_and_beyond_its_handle(opening, left_hinge):
    door = cabinet(opening, left_hinge=left_hinge)
    panel = door_panel(door)
    for point in (door.hinge, door.handle[:3, 3]):
        local = np.abs(np.linalg.inv(panel.pose) @ (*point, 1.0))[:3] - panel.half
        # The bar stands off the panel; along and up it is within.
        assert local[[0, 2]].max() < 0.01
        assert local[1] < 0.06


def test_a_thing_that_lies_askew_is_a_box_askew():
    long = replace(thing("ruler", 0.6, 0.0, 0.6, (0.2, 0.02, 0.02)), pose=at(0.6, 0.0, 0.61, math.pi / 4))
    world = World(1.0, (long,), (table(),))
    assert depth(world, (0.6 + 0.06, 0.06, 0.615)) < 0.0
    assert depth(world, (0.6 + 0.06, -0.06, 0.615)) == pytest.approx(0.015, abs=1e-6)
