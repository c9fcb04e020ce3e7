# SPDX-License-Identifier: Apache-2.0
"""The floor as a grid of cells: what is taken, how far each cell is from it."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy import ndimage


@dataclass(frozen=True)
class Grid:
    """Square cells, ``occupied[row, column]``; row 0 has the lowest y.

    Attributes:
        occupied: what a robot cannot drive over; unknown cells count, (rows, columns).
        origin: corner with the lowest x and y, metres.
        resolution: side of a cell, metres.
    """

    occupied: np.ndarray
    origin: tuple[float, float]
    resolution: float

    def cell(self, x: float, y: float) -> tuple[int, int]:
        """Return row and column of a point, which may lie outside."""
        return (
            math.floor((y - self.origin[1]) / self.resolution),
            math.floor((x - self.origin[0]) / self.resolution),
        )

    def contains(self, row: int, column: int) -> bool:
        """Whether a cell belongs to the map."""
        rows, columns = self.occupied.shape
        return 0 <= row < rows and 0 <= column < columns

    def point(self, row: int, column: int) -> tuple[float, float]:
        """Return the middle of a cell."""
        return (
            self.origin[0] + (column + 0.5) * self.resolution,
            self.origin[1] + (row + 0.5) * self.resolution,
        )

    @cached_property
    def clearance(self) -> np.ndarray:
        """Distance of each cell's middle from the nearest taken area, metres, (rows, columns).

        Off a cell's corner it is up to a fifth of a cell too much.
        """
        padded = np.pad(self.occupied, 1, constant_values=True)
        distance = np.asarray(ndimage.distance_transform_edt(~padded))[1:-1, 1:-1]
        # To the middle of the nearest taken cell: its edge is half a cell nearer.
        return np.maximum(distance - 0.5, 0.0) * self.resolution

    def clearance_at(self, x: float, y: float) -> float:
        """Return the clearance at a point, metres; 0 outside of the map."""
        row, column = self.cell(x, y)
        return float(self.clearance[row, column]) if self.contains(row, column) else 0.0

    def with_boxes(self, boxes: Sequence["Footprint"]) -> "Grid":
        """Return a grid in which further footprints are taken."""
        if not boxes:
            return self
        occupied = self.occupied.copy()
        rows, columns = np.ogrid[: occupied.shape[0], : occupied.shape[1]]
        x = self.origin[0] + (columns + 0.5) * self.resolution
        y = self.origin[1] + (rows + 0.5) * self.resolution
        for box in boxes:
            c, s = math.cos(box.yaw), math.sin(box.yaw)
            along = np.abs(c * (x - box.x) + s * (y - box.y))
            across = np.abs(-s * (x - box.x) + c * (y - box.y))
            # A cell of which a part is covered counts.
            edge = self.resolution / 2
            occupied |= (along <= box.length / 2 + edge) & (across <= box.width / 2 + edge)
        return Grid(occupied, self.origin, self.resolution)


@dataclass(frozen=True)
class Footprint:
    """A rectangle on the floor; length along its heading, width across."""

    x: float
    y: float
    yaw: float
    length: float
    width: float
