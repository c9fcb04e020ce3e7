# SPDX-License-Identifier: Apache-2.0
"""Points and segments against areas, compared with what can be computed another way."""

import math

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from pydantic import ValidationError

from agent_planner.safety.polygons import Point, Polygon, cross, segment_distance

L_SHAPE = Polygon(((0, 0), (4, 0), (4, 1), (1, 1), (1, 3), (0, 3)))  # type: ignore[arg-type]
NUMBERS = st.floats(-10, 10, allow_nan=False).map(lambda v: round(v, 3))
POINTS = st.builds(Point, NUMBERS, NUMBERS)


@pytest.mark.parametrize(
    ("x", "y", "inside"),
    [
        (0.5, 2.0, True),
        (3.9, 0.5, True),
        (2.0, 2.0, False),
        (-0.001, 1.0, False),
        (0.0, 0.0, True),
        (1.0, 2.0, True),
        (1.0, 3.001, False),
        (2.0, 1.0, True),
        (math.nan, 0.5, False),
        (math.inf, 0.5, False),
    ],
)
def test_a_point_in_an_area_with_a_notch(x: float, y: float, inside: bool):
    assert L_SHAPE.contains(Point(x, y)) is inside
    assert Polygon(tuple(reversed(L_SHAPE.root))).contains(Point(x, y)) is inside


@given(POINTS, st.lists(POINTS, min_size=3, max_size=3))
def test_a_triangle_contains_what_its_three_sides_agree_on(point: Point, corners: list[Point]):
    a, b, c = corners
    turn = (b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x)
    assume(abs(turn) > 1e-3)
    sides = [(q.x - p.x) * (point.y - p.y) - (q.y - p.y) * (point.x - p.x) for p, q in ((a, b), (b, c), (c, a))]
    assume(all(abs(side) > 1e-9 for side in sides))
    assert Polygon(tuple(corners)).contains(point) is (len({side > 0 for side in sides}) == 1)


@given(POINTS, POINTS, POINTS)
def test_the_distance_to_a_segment_is_the_least_of_its_points(point: Point, a: Point, b: Point):
    assume(math.dist(a, b) > 0.01)
    sampled = min(math.dist(point, (a.x + (b.x - a.x) * t / 500, a.y + (b.y - a.y) * t / 500)) for t in range(501))
    assert segment_distance(point, a, b) <= sampled + 1e-9
    assert segment_distance(point, a, b) >= sampled - math.dist(a, b) / 500


@given(POINTS, POINTS, POINTS, POINTS)
def test_segments_that_cross_do_so_either_way_round(a: Point, b: Point, c: Point, d: Point):
    assert cross(a, b, c, d) == cross(c, d, a, b) == cross(b, a, d, c)


@pytest.mark.parametrize(
    ("c", "d", "meet"),
    [
        ((1, -1), (1, 1), True),
        ((2, 0), (3, 5), True),
        ((1, 0), (1.5, 0), True),
        ((2.1, 0), (3, 0), False),
        ((0, 0.1), (2, 0.1), False),
    ],
)
def test_segments_that_touch_meet(c: tuple, d: tuple, meet: bool):
    assert cross(Point(0, 0), Point(2, 0), Point(*c), Point(*d)) is meet


def test_distances():
    assert L_SHAPE.distance(Point(2.0, 3.0)) == pytest.approx(1.0)
    assert L_SHAPE.distance(Point(0.5, 0.5)) == 0.0
    assert L_SHAPE.edge_distance(Point(0.4, 0.5)) == pytest.approx(0.4)
    assert L_SHAPE.distance(Point(7.0, -4.0)) == pytest.approx(5.0)


@pytest.mark.parametrize(
    ("corners", "words"),
    [
        ([(0, 0), (1, 1)], "at least 3 corners, this one 2"),
        ([(0, 0), (2, 2), (2, 0), (0, 2)], r"the edge \(0, 0\) to \(2, 2\) meets \(2, 0\) to \(0, 2\)"),
        ([(0, 0), (1, 0), (1, 0), (0, 1)], r"\(1, 0\) stands twice in a row"),
        ([(0, 0), (2, 0), (1, 0), (1, 1)], "meets"),
        ([(0, 0), (1, 0), (2, 0)], "meets|no area"),
        ([(0, 0), (1, 0), (0, math.inf)], "finite"),
        ([(0, 0), (1, 0), (0, math.nan)], "finite"),
        ([(0, 0), (1, 0), (0, 1, 2)], "2"),
    ],
)
def test_what_is_no_area_is_told(corners: list, words: str):
    with pytest.raises(ValidationError, match=words):
        Polygon.model_validate(corners)
