# SPDX-License-Identifier: Apache-2.0
"""Pixels of things, parted into things: neighbours in the picture whose points are near each other in space."""

from typing import NamedTuple

import numpy as np
from scipy import ndimage, sparse
from scipy.sparse import csgraph

from agent_planner.perception.foreground import Foreground
from agent_planner.perception.frame import Frame

# Two pixels side by side show one thing if their points are no further apart than this, metres or pixels' widths.
_GAP_M, _GAP_PIXELS = 0.012, 4.0
_BEHIND_M = 0.02  # how much nearer something must be to count as being in front
_NEIGHBOURS = ((0, 1), (1, 0), (1, 1), (1, -1))


class Cluster(NamedTuple):
    """The pixels of one thing.

    Attributes:
        rows: of its pixels, (n,).
        columns: of its pixels, (n,).
        points: in the map, (n, 3), float32.
        colors: RGB from 0 to 1, (n, 3), float32.
        upward: how far each point's surface looks upward, 0 (a side) to 1 (a top), (n,); NaN unknown.
        support: height of what it stands on.
        owner: number of the place that it is on or in.
        pixel_m: width of a pixel at its distance, metres.
        hidden: the share of its outline that is the edge of the picture or of something nearer.
    """

    rows: np.ndarray
    columns: np.ndarray
    points: np.ndarray
    colors: np.ndarray
    upward: np.ndarray
    support: float
    owner: int
    pixel_m: float
    hidden: float

    def part(self, which: np.ndarray) -> "Cluster":
        """The cluster with only some of its pixels."""
        kept = (self.rows[which], self.columns[which], self.points[which], self.colors[which], self.upward[which])
        return Cluster(*kept, *self[5:])


def clusters(frame: Frame, things: Foreground, fewest: int = 8) -> list[Cluster]:
    """Part the foreground into things of at least so many pixels, the largest first."""
    rows, columns = np.nonzero(things.mask)
    if not len(rows):
        return []
    points = frame.points[rows, columns]
    labels = _joined(frame, things, rows, columns, points)
    upward = _upward(frame, rows, columns)
    found = []
    order = np.argsort(labels, kind="stable")
    for members in np.split(order, np.flatnonzero(np.diff(labels[order])) + 1):
        if len(members) >= fewest:
            found.append(_cluster(frame, things, rows[members], columns[members], points[members], upward[members]))
    return sorted(found, key=lambda cluster: -len(cluster.rows))


def _joined(frame: Frame, things: Foreground, rows: np.ndarray, columns: np.ndarray, points: np.ndarray) -> np.ndarray:
    """A number for each pixel, the same for those of one thing."""
    height, width = frame.shape
    number = np.full((height + 1, width + 2), -1)
    number[rows, columns + 1] = np.arange(len(rows))
    owner = things.owner[rows, columns]
    near = np.maximum(_GAP_M, _GAP_PIXELS * frame.depth[rows, columns] / frame.intrinsics.fx)
    pairs = []
    for down, right in _NEIGHBOURS:
        other = number[rows + down, columns + 1 + right]
        here = np.flatnonzero(other >= 0)
        there = other[here]
        apart = np.linalg.norm(points[here] - points[there], axis=1)
        one = (apart <= near[here]) & (owner[here] == owner[there])
        pairs.append(np.column_stack([here[one], there[one]]))
    edges = np.concatenate(pairs)
    graph = sparse.coo_matrix((np.ones(len(edges), dtype=np.int8), (edges[:, 0], edges[:, 1])), shape=(len(rows),) * 2)
    return csgraph.connected_components(graph, directed=False)[1]


def _upward(frame: Frame, rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
    """From the nearer of both neighbours in each direction: across an edge of depth there is no surface."""
    points = frame.points
    height, width = frame.shape

    def step(down: int, right: int) -> np.ndarray:
        here = points[rows, columns]
        ahead = points[np.minimum(rows + down, height - 1), np.minimum(columns + right, width - 1)] - here
        back = here - points[np.maximum(rows - down, 0), np.maximum(columns - right, 0)]
        shorter = (np.linalg.norm(ahead, axis=1) <= np.linalg.norm(back, axis=1)) | np.isnan(back[:, 0])
        return np.where(shorter[:, None], ahead, back)

    normal = np.cross(step(1, 0), step(0, 1))
    length = np.linalg.norm(normal, axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.abs(normal[:, 2]) / length


def _cluster(
    frame: Frame, things: Foreground, rows: np.ndarray, columns: np.ndarray, points: np.ndarray, upward: np.ndarray
) -> Cluster:
    depth = float(np.median(frame.depth[rows, columns]))
    return Cluster(
        rows,
        columns,
        points,
        frame.image[rows, columns].astype(np.float32) / 255,
        upward,
        float(np.median(things.support[rows, columns])),
        int(np.median(things.owner[rows, columns])),
        depth / frame.intrinsics.fx,
        _hidden(frame, rows, columns),
    )


def _hidden(frame: Frame, rows: np.ndarray, columns: np.ndarray) -> float:
    height, width = frame.shape
    top, left = max(int(rows.min()) - 1, 0), max(int(columns.min()) - 1, 0)
    window = np.s_[top : int(rows.max()) + 2, left : int(columns.max()) + 2]
    depth = np.where(frame.known[window], frame.depth[window], np.inf)
    inside = np.zeros(depth.shape, dtype=bool)
    inside[rows - top, columns - left] = True
    outline = np.logical_and(inside, np.logical_not(ndimage.binary_erosion(inside)))
    # How near the things around come: the nearest of the pixels beside it that are not its own.
    others = ndimage.minimum_filter(np.where(inside, np.inf, depth), size=3)
    behind = outline & (others < depth - _BEHIND_M)
    full_rows, full_columns = np.nonzero(outline)
    edge = np.isin(full_rows + top, (0, height - 1)) | np.isin(full_columns + left, (0, width - 1))
    behind[full_rows[edge], full_columns[edge]] = True
    return float(behind.sum() / max(outline.sum(), 1))
