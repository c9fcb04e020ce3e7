# SPDX-License-Identifier: Apache-2.0
import numpy as np
import pytest

from agent_planner_motion.base.floor import in_the_way
from agent_planner_motion.base.grid import Footprint
from agent_planner_motion.world import World
from tests.motion.kinematic_robot import empty_floor
from tests.motion.things import area, bin_on_foot, cabinet, chest, cube, drawer, table, tray

CHEST = Footprint(1.0, 0.0, 0.0, 0.40, 0.50)


def taken(*things, grid=None, holding=""):
    movable = tuple(t for t in things if t.movable)
    world = World(1.0, movable, tuple(t for t in things if not t.movable), holding)
    grid = grid or empty_floor()
    boxes = in_the_way(world, grid)
    return grid.with_boxes(boxes), boxes


def is_taken(grid, x, y):
    return bool(grid.occupied[grid.cell(x, y)])


def test_what_lies_on_the_floor_is_in_the_way_but_not_what_stands_on_a_table_or_is_held():
    grid, boxes = taken(cube("fallen", x=-0.5, bottom=0.0), cube("on table", bottom=0.6), table())
    assert is_taken(grid, -0.5, 0.0)
    assert len(boxes) == 2, "the cube on the floor, and the table that the map lacks"
    assert taken(cube("held", x=-0.5, bottom=0.0), holding="held")[1] == []


def test_furniture_that_the_map_has_is_not_drawn_twice_and_areas_never():
    drawn = empty_floor().with_boxes([CHEST])
    assert taken(chest(), area(), grid=drawn)[1] == []
    grid, boxes = taken(chest(), area())
    assert len(boxes) == 1
    assert is_taken(grid, 1.15, 0.2)
    assert not is_taken(grid, 0.0, 0.0)


def test_a_tray_on_a_table_is_not_in_the_way_of_the_base_and_a_bin_is():
    assert taken(tray(bottom=0.6), table(), grid=empty_floor().with_boxes([Footprint(0.75, 0, 0, 0.42, 0.56)]))[1] == []
    assert len(taken(bin_on_foot())[1]) == 1


@pytest.mark.parametrize("opening", [0.3, 1.0])
def test_an_open_drawer_takes_the_floor_before_its_chest(opening):
    base = empty_floor().with_boxes([CHEST])
    grid, _ = taken(chest(), drawer(opening), grid=base)
    front = 1.2 + 0.24 * opening
    assert is_taken(grid, front - 0.02, 0.0)
    assert is_taken(grid, front - 0.02, 0.2)
    assert not is_taken(grid, front + 0.16, 0.0)
    assert taken(chest(), drawer(0.0), grid=base)[1] == []


@pytest.mark.parametrize("left_hinge", [True, False])
def test_an_open_door_takes_the_floor_where_it_stands(left_hinge):
    base = empty_floor().with_boxes([Footprint(1.0, 0.0, 0.0, 0.38, 0.42)])
    door = cabinet(1.0, left_hinge=left_hinge)
    grid, boxes = taken(door, grid=base)
    assert len(boxes) == 1
    for share in np.linspace(0.1, 1.0, 5):
        x, y = door.hinge[:2] + share * (door.handle[:2, 3] - door.hinge[:2])
        assert is_taken(grid, x, y)
    assert not is_taken(grid, 1.45, 0.0)
    assert taken(cabinet(0.0, left_hinge=left_hinge), grid=base)[1] == []
