# SPDX-License-Identifier: Apache-2.0
"""Where the map says that nothing stands."""

import numpy as np
from nav_msgs.msg import OccupancyGrid
from scipy import ndimage

_TAKEN = 50  # occupancy from which a cell counts as taken; unknown (-1) does too
CLEAR_M = 0.08


def taken_cells(message: OccupancyGrid) -> np.ndarray:
    """Return which cells of a map are taken, (rows, columns), bool."""
    cells = np.asarray(message.data, dtype=np.int16).reshape(message.info.height, message.info.width)
    return (cells >= _TAKEN) | (cells < 0)


class FreeFloor:
    """Floor at some distance from everything on an occupancy grid.

    Args:
        free: (rows, columns), bool.
        origin: x and y of the corner of the first cell, metres, in the map.
        resolution: metres a cell.
    """

    def __init__(self, free: np.ndarray, origin: tuple[float, float], resolution: float):
        self._free = free
        self._origin = np.array(origin, dtype=np.float32)
        self._resolution = resolution

    @classmethod
    def of(cls, message: OccupancyGrid, clear_m: float = CLEAR_M) -> "FreeFloor":
        """Read a map; its axes must be those of its frame. Free is what is so far from all that is taken, metres."""
        info = message.info
        rounds = max(1, round(clear_m / info.resolution))
        free = np.logical_not(ndimage.binary_dilation(taken_cells(message), iterations=rounds))
        return cls(free, (info.origin.position.x, info.origin.position.y), info.resolution)

    def covers(self, points: np.ndarray) -> np.ndarray:
        """Return which points, (n, 3), are over free floor, (n,), bool."""
        columns, rows = np.floor((points[:, :2] - self._origin) / self._resolution).astype(int).T
        inside = (rows >= 0) & (rows < self._free.shape[0]) & (columns >= 0) & (columns < self._free.shape[1])
        found = np.zeros(len(points), dtype=bool)
        found[inside] = self._free[rows[inside], columns[inside]]
        return found

    def is_free(self, x: float, y: float) -> bool:
        """Whether one point is over free floor."""
        return bool(self.covers(np.array([[x, y, 0.0]]))[0])
