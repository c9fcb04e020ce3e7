# SPDX-License-Identifier: Apache-2.0
"""Areas on the floor as simple polygons; frame map, metres."""

import math
from collections.abc import Iterator
from functools import cached_property
from typing import Annotated, NamedTuple

from pydantic import ConfigDict, Field, RootModel, model_validator

Finite = Annotated[float, Field(allow_inf_nan=False, strict=False)]
_LEAST_AREA = 1e-6


class Point(NamedTuple):
    """On the floor."""

    x: Finite
    y: Finite


class Polygon(RootModel[tuple[Point, ...]]):
    """Corners in order, either way round; the last one is joined to the first. The edge belongs to the area."""

    model_config = ConfigDict(frozen=True)

    @model_validator(mode="after")
    def _is_an_area(self) -> "Polygon":
        if len(self.root) < 3:
            raise ValueError(f"a polygon has at least 3 corners, this one {len(self.root)}")
        edges = list(self.edges())
        for a, b in edges:
            if a == b:
                raise ValueError(f"the corner {_shown(a)} stands twice in a row")
        for i, (a, b) in enumerate(edges):
            for j in range(i + 1, len(edges)):
                neighbours = j == i + 1 or (i == 0 and j == len(edges) - 1)
                if cross(a, b, *edges[j]) if not neighbours else _folds_back(edges[i], edges[j]):
                    c, d = edges[j]
                    raise ValueError(f"the edge {_shown(a)} to {_shown(b)} meets {_shown(c)} to {_shown(d)}")
        if abs(self.area) < _LEAST_AREA:
            raise ValueError("the polygon has no area")
        return self

    def edges(self) -> Iterator[tuple[Point, Point]]:
        """From each corner to the next."""
        yield from zip(self.root, (*self.root[1:], self.root[0]), strict=True)

    @cached_property
    def area(self) -> float:
        """Square metres; negative where the corners go clockwise."""
        return sum(a.x * b.y - b.x * a.y for a, b in self.edges()) / 2

    def contains(self, point: Point) -> bool:
        """Whether a point is inside or on the edge; what is not a number is nowhere."""
        inside = False
        for a, b in self.edges():
            if _side(a, b, point) == 0 and _in_box(point, a, b):
                return True
            if (a.y > point.y) != (b.y > point.y):
                inside ^= point.x < a.x + (point.y - a.y) * (b.x - a.x) / (b.y - a.y)
        return inside

    def distance(self, point: Point) -> float:
        """From a point to the area, metres; 0 inside."""
        return 0.0 if self.contains(point) else self.edge_distance(point)

    def edge_distance(self, point: Point) -> float:
        """From a point on either side to the nearest edge, metres."""
        return min(segment_distance(point, a, b) for a, b in self.edges())


def cross(a: Point, b: Point, c: Point, d: Point) -> bool:
    """Whether the segments from a to b and from c to d have a point in common."""
    of_ab = (_side(a, b, c), _side(a, b, d))
    of_cd = (_side(c, d, a), _side(c, d, b))
    if of_ab[0] != of_ab[1] and of_cd[0] != of_cd[1]:
        return True
    ends = ((of_ab[0], c, a, b), (of_ab[1], d, a, b), (of_cd[0], a, c, d), (of_cd[1], b, c, d))
    return any(side == 0 and _in_box(end, *of) for side, end, *of in ends)


def segment_distance(point: Point, a: Point, b: Point) -> float:
    """From a point to the nearest point of a segment, metres."""
    dx, dy = b.x - a.x, b.y - a.y
    along = ((point.x - a.x) * dx + (point.y - a.y) * dy) / (dx * dx + dy * dy)
    t = max(0.0, min(1.0, along))
    return math.hypot(point.x - a.x - t * dx, point.y - a.y - t * dy)


def _side(a: Point, b: Point, point: Point) -> int:
    """1 left of the line from a to b, -1 right of it, 0 on it."""
    value = (b.x - a.x) * (point.y - a.y) - (b.y - a.y) * (point.x - a.x)
    return (value > 0) - (value < 0)


def _in_box(point: Point, a: Point, b: Point) -> bool:
    return min(a.x, b.x) <= point.x <= max(a.x, b.x) and min(a.y, b.y) <= point.y <= max(a.y, b.y)


def _folds_back(first: tuple[Point, Point], second: tuple[Point, Point]) -> bool:
    """Whether two edges that share a corner lie on one another."""
    shared = first[1] if first[1] == second[0] else first[0]
    a = first[0] if shared == first[1] else first[1]
    b = second[1] if shared == second[0] else second[0]
    ahead = (a.x - shared.x) * (b.x - shared.x) + (a.y - shared.y) * (b.y - shared.y) > 0
    return _side(a, shared, b) == 0 and ahead


def _shown(point: Point) -> str:
    return f"({point.x:g}, {point.y:g})"
