# SPDX-License-Identifier: Apache-2.0
import math

import numpy as np
import pytest
from hypothesis import strategies as st

from agent_planner_motion.base.grid import Footprint, Grid
from tests.motion.properties import given

ORIGIN, RESOLUTION = (-1.0, 2.0), 0.05
CELLS = st.lists(st.tuples(st.integers(0, 19), st.integers(0, 29)), max_size=12)


def grid_with(cells, shape=(20, 30)):
    occupied = np.zeros(shape, dtype=bool)
    for cell in cells:
        occupied[cell] = True
    return Grid(occupied, ORIGIN, RESOLUTION)


@given(st.integers(0, 19), st.integers(0, 29))
def test_the_middle_of_a_cell_is_in_it(row, column):
    grid = grid_with([])
    assert grid.cell(*grid.point(row, column)) == (row, column)
    assert grid.contains(row, column)


def test_rows_go_along_y_and_columns_along_x():
    grid = grid_with([])
    assert grid.cell(-0.99, 2.01) == (0, 0)
    assert grid.cell(0.49, 2.01) == (0, 29)
    assert grid.cell(-0.99, 2.99) == (19, 0)
    assert not grid.contains(*grid.cell(-1.01, 2.5))
    assert not grid.contains(*grid.cell(0.0, 3.01))


@given(CELLS, st.integers(0, 19), st.integers(0, 29))
def test_clearance_is_the_distance_to_the_nearest_taken_cell_or_edge(cells, row, column):
    grid = grid_with(cells)
    x, y = grid.point(row, column)
    clearance = grid.clearance_at(x, y)
    half = RESOLUTION / 2
    to_edge = min(x - ORIGIN[0], y - ORIGIN[1], ORIGIN[0] + 30 * RESOLUTION - x, ORIGIN[1] + 20 * RESOLUTION - y)
    to_cells = [
        math.hypot(max(abs(x - px) - half, 0.0), max(abs(y - py) - half, 0.0))
        for px, py in (grid.point(*cell) for cell in cells)
    ]
    nearest = min([*to_cells, to_edge])
    assert nearest - 1e-9 <= clearance <= nearest + 0.21 * RESOLUTION or clearance == nearest == 0.0


def test_outside_of_the_map_there_is_no_room():
    assert grid_with([]).clearance_at(-1.5, 2.5) == 0.0


@given(
    st.floats(-0.6, 0.1), st.floats(2.3, 2.7), st.floats(-math.pi, math.pi), st.floats(0.02, 0.5), st.floats(0.02, 0.3)
)
def test_every_point_of_a_footprint_is_taken_and_little_more(x, y, yaw, length, width):
    before = grid_with([(0, 0)])
    grid = before.with_boxes([Footprint(x, y, yaw, length, width)])
    assert grid.occupied[0, 0], "what was taken stays so"
    assert not before.occupied[1:].any(), "the map itself is not changed"
    c, s = math.cos(yaw), math.sin(yaw)
    for along in np.linspace(-length / 2, length / 2, 9):
        for across in np.linspace(-width / 2, width / 2, 9):
            row, column = grid.cell(x + c * along - s * across, y + s * along + c * across)
            near = grid.occupied[max(row - 1, 0) : row + 2, max(column - 1, 0) : column + 2]
            assert near.any()
    for row, column in np.argwhere(grid.occupied)[1:]:
        px, py = grid.point(row, column)
        along, across = c * (px - x) + s * (py - y), -s * (px - x) + c * (py - y)
        assert abs(along) <= length / 2 + RESOLUTION
        assert abs(across) <= width / 2 + RESOLUTION


def test_without_footprints_the_grid_is_the_same():
    grid = grid_with([(3, 3)])
    assert grid.with_boxes([]) is grid


@pytest.mark.parametrize("yaw", [0.0, 0.5, math.pi / 2])
def test_room_beside_a_footprint_is_less(yaw):
    grid = grid_with([], (60, 60))
    taken = grid.with_boxes([Footprint(0.5, 3.5, yaw, 0.4, 0.2)])
    assert grid.clearance_at(0.5, 2.8) > taken.clearance_at(0.5, 2.8) > 0.4
