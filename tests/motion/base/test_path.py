# SPDX-License-Identifier: Apache-2.0
import math

import numpy as np
import pytest
from hypothesis import assume
from hypothesis import strategies as st

from agent_planner_motion.base.grid import Footprint, Grid
from agent_planner_motion.base.path import WayField, resampled
from tests.motion.kinematic_robot import empty_floor
from tests.motion.properties import given

RADIUS = 0.27
BOX = st.builds(
    Footprint, st.floats(-2, 2), st.floats(-2, 2), st.floats(-3, 3), st.floats(0.1, 1.2), st.floats(0.1, 0.6)
)
POINT = st.tuples(st.floats(-2.5, 2.5), st.floats(-2.5, 2.5))


def dense(path):
    return resampled(path, 0.01)


@given(st.lists(BOX, max_size=8), POINT, POINT, examples=60)
def test_a_path_keeps_room_for_the_base_and_crosses_nothing(boxes, start, goal):
    grid = empty_floor().with_boxes(boxes)
    assume(grid.clearance_at(*start) >= RADIUS)
    field = WayField(grid, start, RADIUS)
    path = field.path(*goal)
    assert (path is None) == math.isinf(field.cost(*goal))
    if path is None:
        return
    assert path[0] == pytest.approx(start)
    assert path[-1] == pytest.approx(goal)
    for point in dense(path):
        assert not grid.occupied[grid.cell(*point)]
        # Clearance is told for the middles of cells: between them it is off by what lies between them.
        assert grid.clearance_at(*point) >= RADIUS - grid.resolution * math.sqrt(0.5)


@given(POINT, POINT)
def test_on_an_empty_floor_the_way_is_hardly_longer_than_straight(start, goal):
    grid = empty_floor()
    path = WayField(grid, start, RADIUS).path(*goal)
    length = float(np.linalg.norm(np.diff(path, axis=0), axis=1).sum())
    assert length <= 1.12 * math.dist(start, goal) + 0.15


def walls(gap):
    """A wall across the floor with a door of that width in it."""
    side = 3.0 - gap / 2
    return [Footprint(0.0, sign * (gap / 2 + side / 2), math.pi / 2, side, 0.1) for sign in (-1, 1)]


def test_through_a_door_it_goes_in_the_middle():
    grid = empty_floor().with_boxes(walls(0.9))
    path = WayField(grid, (-1.5, 1.5), RADIUS).path(1.5, 1.5)
    through = path[np.abs(path[:, 0]) < 0.06]
    assert len(through)
    assert np.abs(through[:, 1]).max() < 0.1


def test_through_a_door_that_is_too_narrow_it_does_not_go():
    grid = empty_floor().with_boxes(walls(0.5))
    field = WayField(grid, (-1.5, 1.5), RADIUS)
    assert math.isinf(field.cost(1.5, 1.5))
    assert field.path(1.5, 1.5) is None


def test_no_goal_is_too_near_to_something_or_outside():
    grid = empty_floor().with_boxes([Footprint(1.0, 0.0, 0.0, 0.4, 0.4)])
    field = WayField(grid, (-1.0, 0.0), RADIUS)
    for goal in ((1.0, 0.0), (0.65, 0.0), (5.0, 0.0), (2.85, 0.0)):
        assert field.path(*goal) is None
    assert field.path(0.45, 0.0) is not None


def test_more_room_is_worth_a_detour_but_not_any():
    wide, narrow = Footprint(0.0, 0.5, 0.0, 0.2, 0.4), Footprint(0.0, -0.5, 0.0, 0.2, 0.4)
    grid = empty_floor(8.0).with_boxes([wide, narrow])  # 0.6 m between them, open floor beyond
    path = WayField(grid, (-2.0, 0.0), RADIUS).path(2.0, 0.0)
    beside = path[np.abs(path[:, 0]) < 0.1]
    assert np.abs(beside[:, 1]).min() > 0.7


def test_it_may_leave_from_where_there_is_less_room_than_it_needs_but_not_squeeze_on():
    grid = empty_floor().with_boxes([Footprint(0.0, 0.45, 0.0, 4.0, 0.4)])
    start = (0.0, 0.05)  # 0.20 m from the long box
    field = WayField(grid, start, RADIUS)
    path = field.path(0.0, -1.0)
    assert path is not None
    clearances = [grid.clearance_at(*p) for p in dense(path)]
    assert min(clearances) >= grid.clearance_at(*start) - 0.051
    along = field.path(1.8, -0.3)
    for point in dense(along):
        if math.dist(point, start) > 0.45:
            assert grid.clearance_at(*point) >= RADIUS - grid.resolution * math.sqrt(0.5)


def test_around_a_tight_start_goals_may_be_as_tight_but_not_further_away():
    grid = empty_floor().with_boxes([Footprint(0.0, 0.45, 0.0, 4.0, 0.4)])
    field = WayField(grid, (0.0, 0.05), RADIUS)  # 0.20 m from the long box
    assert field.path(0.15, 0.05) is not None
    assert field.path(0.15, 0.15) is None, "tighter"
    assert field.path(1.0, 0.05) is None, "as tight, but elsewhere"


def test_from_inside_of_something_or_outside_of_the_map_no_way_leads():
    grid = empty_floor().with_boxes([Footprint(0.0, 0.0, 0.0, 1.0, 1.0)])
    for start in ((0.0, 0.0), (9.0, 9.0)):
        assert WayField(grid, start, RADIUS).path(2.0, 0.0) is None


def test_costs_grow_with_the_way():
    field = WayField(empty_floor(), (-2.0, 0.0), RADIUS)
    costs = [field.cost(x, 0.0) for x in (-1.5, -0.5, 0.5, 1.5)]
    assert costs == sorted(costs)
    assert costs[-1] == pytest.approx(3.5, rel=0.05)


@given(st.lists(POINT, min_size=2, max_size=6), st.floats(0.02, 0.3))
def test_resampled_points_are_evenly_apart_along_the_line(points, spacing):
    points = np.array(points)
    total = float(np.linalg.norm(np.diff(points, axis=0), axis=1).sum())
    even = resampled(points, spacing)
    assert even[[0, -1]] == pytest.approx(points[[0, -1]])
    steps = np.linalg.norm(np.diff(even, axis=0), axis=1)
    assert (steps <= spacing + 1e-9).all()
    assert len(even) <= total / spacing + 2


def test_unknown_cells_of_a_map_without_free_ones_lead_nowhere():
    grid = Grid(np.ones((10, 10), dtype=bool), (0.0, 0.0), 0.05)
    assert WayField(grid, (0.25, 0.25), RADIUS).path(0.3, 0.3) is None
