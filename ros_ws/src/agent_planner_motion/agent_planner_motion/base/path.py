# SPDX-License-Identifier: Apache-2.0
"""The cheapest ways over a grid from one start to everywhere, and paths that a base can follow."""

import math

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import dijkstra

from agent_planner_motion.base.grid import Grid

_COMFORT = 0.45  # metres of clearance beyond which more is worth nothing
_DETOUR = 3.0  # how many times longer a way may be that keeps the comfortable clearance
_ESCAPE = 0.40  # metres around the start in which less clearance is put up with
_STEPS = ((0, 1), (1, 0), (1, 1), (1, -1))


class WayField:
    """Costs and ways from one start to all cells.

    Args:
        grid: what is taken.
        start: point in the map.
        radius: of the base; where the clearance is less it cannot be, but may leave from.
    """

    def __init__(self, grid: Grid, start: tuple[float, float], radius: float):
        self.grid = grid
        self._radius = radius
        self._start = start
        clearance = grid.clearance
        self._free = clearance >= radius
        rows, columns = np.indices(clearance.shape)
        x = grid.origin[0] + (columns + 0.5) * grid.resolution
        y = grid.origin[1] + (rows + 0.5) * grid.resolution
        near = np.hypot(x - start[0], y - start[1]) <= _ESCAPE
        here = grid.clearance_at(*start)
        self._allowed = self._free | (near & (clearance >= min(radius, here - 0.03)) & (clearance > 0))
        self._cost, self._previous = self._search(clearance)

    def _search(self, clearance: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        shape = clearance.shape
        row, column = self.grid.cell(*self._start)
        if not self.grid.contains(row, column) or not self._allowed[row, column]:
            return np.full(shape[0] * shape[1], np.inf), np.full(shape[0] * shape[1], -1)
        tight = np.clip((_COMFORT - clearance) / max(_COMFORT - self._radius, 1e-6), 0.0, 2.0)
        price = (1.0 + (_DETOUR - 1.0) * tight**2) * self.grid.resolution
        index = np.arange(shape[0] * shape[1]).reshape(shape)
        sources, sinks, weights = [], [], []
        for dr, dc in _STEPS:
            a = _window(shape, dr, dc, first=True)
            b = _window(shape, dr, dc, first=False)
            both = self._allowed[a] & self._allowed[b]
            sources.append(index[a][both])
            sinks.append(index[b][both])
            weights.append(((price[a] + price[b]) / 2 * math.hypot(dr, dc))[both])
        graph = coo_array(
            (np.concatenate(weights), (np.concatenate(sources), np.concatenate(sinks))), shape=(index.size, index.size)
        )
        cost, previous = dijkstra(
            graph.tocsr(), directed=False, indices=int(index[row, column]), return_predecessors=True
        )
        return cost, previous

    def cost(self, x: float, y: float) -> float:
        """Return the price of the way to a point, infinite where there is none or no room for the base.

        Around the start as little room as there is at the start is put up with.
        """
        row, column = self.grid.cell(x, y)
        if not self.grid.contains(row, column) or not self._allowed[row, column]:
            return math.inf
        return float(self._cost[row * self.grid.occupied.shape[1] + column])

    def path(self, x: float, y: float) -> np.ndarray | None:
        """Return the way to a point as points 5 cm apart, (n, 2), or None."""
        if not math.isfinite(self.cost(x, y)):
            return None
        columns = self.grid.occupied.shape[1]
        row, column = self.grid.cell(x, y)
        cell = row * columns + column
        cells = []
        while cell >= 0:
            cells.append(self.grid.point(*divmod(cell, columns)))
            cell = int(self._previous[cell])
        points = np.array(cells[::-1])
        points[0], points[-1] = self._start, (x, y)
        return resampled(self._straightened(points))

    def _straightened(self, points: np.ndarray) -> np.ndarray:
        """Leave out points as long as the straight way keeps the clearance that the way around had."""
        kept = [0]
        i = 0
        while i < len(points) - 1:
            j = len(points) - 1
            while j > i + 1 and not self._straight(points[i : j + 1]):
                j = i + max(1, (j - i) // 2)
            i = j
            kept.append(i)
        return points[kept]

    def _straight(self, points: np.ndarray) -> bool:
        least = min(self.grid.clearance_at(*p) for p in points)
        count = max(2, int(np.linalg.norm(points[-1] - points[0]) / (self.grid.resolution / 2)))
        line = points[0] + (points[-1] - points[0]) * np.linspace(0, 1, count)[:, None]
        wanted = min(max(least, self._radius), _COMFORT)
        along = [self.grid.clearance_at(*p) for p in line]
        escaping = [math.dist(p, self._start) <= _ESCAPE for p in line]
        return all(c >= (least if near else wanted) - 1e-9 for c, near in zip(along, escaping, strict=True))


def _window(shape: tuple[int, int], dr: int, dc: int, first: bool) -> tuple[slice, slice]:
    rows = slice(0, shape[0] - dr) if first else slice(dr, shape[0])
    if dc >= 0:
        columns = slice(0, shape[1] - dc) if first else slice(dc, shape[1])
    else:
        columns = slice(-dc, shape[1]) if first else slice(0, shape[1] + dc)
    return rows, columns


def resampled(points: np.ndarray, spacing: float = 0.05) -> np.ndarray:
    """Return points an equal distance apart along a polyline, (n, 2); its ends stay."""
    lengths = np.linalg.norm(np.diff(points, axis=0), axis=1)
    s = np.concatenate([[0.0], np.cumsum(lengths)])
    if s[-1] < 1e-6:
        return points[[0, -1]]
    count = max(1, math.ceil(s[-1] / spacing))
    at = np.linspace(0, s[-1], count + 1)
    return np.stack([np.interp(at, s, points[:, k]) for k in (0, 1)], axis=1)
