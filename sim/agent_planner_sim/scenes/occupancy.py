# SPDX-License-Identifier: Apache-2.0
"""Which floor is taken by what stands still."""

import math
from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from agent_planner_sim.scenes.description import Furniture, Placement, Scene
from agent_planner_sim.shapes import Solid, extent
from agent_planner_sim.transforms import turn

_LOWEST, _HIGHEST = 0.03, 1.5  # what a robot drives over, and what it drives under
_GROW = 0.01


@dataclass(frozen=True)
class Grid:
    """A map of square cells: ``occupied[row, column]``, row 0 at the lowest y; the origin is a corner."""

    occupied: np.ndarray  # (rows, columns), bool
    origin: tuple[float, float]
    resolution: float

    def cell(self, x: float, y: float) -> tuple[int, int]:
        """Return row and column of a point."""
        column = math.floor((x - self.origin[0]) / self.resolution)
        row = math.floor((y - self.origin[1]) / self.resolution)
        return row, column

    def clearance(self) -> np.ndarray:
        """Return the distance of each cell's centre from the nearest taken cell, metres, (rows, columns)."""
        padded = np.pad(self.occupied, 1, constant_values=True)
        return ndimage.distance_transform_edt(~padded)[1:-1, 1:-1] * self.resolution  # type: ignore[index]


def occupancy(scene: Scene, resolution: float = 0.05) -> Grid:
    """Draw walls and furniture (drawers and doors closed, with their handles) into a grid."""
    x0, y0, x1, y1 = scene.bounds
    shape = (math.ceil((y1 - y0) / resolution - 1e-6), math.ceil((x1 - x0) / resolution - 1e-6))
    grid = Grid(np.zeros(shape, dtype=bool), (x0, y0), resolution)
    for solid in scene.walls:
        _draw(grid, solid, Placement())
    for piece in scene.furniture:
        for solid in piece.solids:
            _draw(grid, solid, piece.placement)
        for part in piece.parts:
            for solid in part.solids:
                _draw(grid, solid, _beside(piece, part.xyz))
    return grid


def _beside(piece: Furniture, xyz: tuple[float, float, float]) -> Placement:
    dx, dy = turn((xyz[0], xyz[1]), piece.placement.yaw)
    return Placement(piece.placement.x + dx, piece.placement.y + dy, piece.placement.z + xyz[2], piece.placement.yaw)


def _draw(grid: Grid, solid: Solid, frame: Placement) -> None:
    size = extent(solid.shape)
    z = frame.z + solid.xyz[2]
    if z + size[2] / 2 < _LOWEST or z - size[2] / 2 > _HIGHEST:
        return
    dx, dy = turn((solid.xyz[0], solid.xyz[1]), frame.yaw)
    around = math.hypot(size[0], size[1]) / 2 + grid.resolution
    low = grid.cell(frame.x + dx - around, frame.y + dy - around)
    high = grid.cell(frame.x + dx + around, frame.y + dy + around)
    window = np.s_[max(low[0], 0) : high[0] + 1, max(low[1], 0) : high[1] + 1]
    rows, columns = np.ogrid[: grid.occupied.shape[0], : grid.occupied.shape[1]]
    x = grid.origin[0] + (columns[:, window[1]] + 0.5) * grid.resolution - frame.x - dx
    y = grid.origin[1] + (rows[window[0]] + 0.5) * grid.resolution - frame.y - dy
    yaw = frame.yaw + solid.rpy[2]
    c, s = math.cos(yaw), math.sin(yaw)
    half = (size[0] / 2 + _GROW, size[1] / 2 + _GROW)
    grid.occupied[window] |= (np.abs(c * x + s * y) <= half[0]) & (np.abs(c * y - s * x) <= half[1])
