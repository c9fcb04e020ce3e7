# SPDX-License-Identifier: Apache-2.0
"""Segmentation by colour, shape and depth."""

import math
from collections.abc import Sequence

import numpy as np

from agent_planner.perception.clusters import Cluster, clusters
from agent_planner.perception.colors import ColorNames
from agent_planner.perception.detection import Detection, Look
from agent_planner.perception.rigid import upright
from agent_planner.perception.shapes import CUT, Fit, Outline, fits, outline
from agent_planner.perception.vocabulary import Vocabulary

_SCALE_M = 0.0015  # by which a fit's error makes its form that much less likely
_WORST_M = 0.008  # a form that fits worse is none
_LARGEST, _SMALLEST = 0.30, 0.015  # of a thing without a known form, metres
_PART = 0.1  # share of the pixels of a cluster that a colour must have to be a thing of its own
_UNKNOWN = 0.35  # confidence in it


class ColourShape:
    """Finds things of a vocabulary's kinds and colours, and things of no known kind.

    Args:
        vocabulary: what it knows.
        name: of the detector.
        fewest_pixels: what is smaller in the picture is left out.
    """

    def __init__(self, vocabulary: Vocabulary, name: str = "colour_shape", fewest_pixels: int = 8):
        self.name = name
        self._vocabulary = vocabulary
        self._names = ColorNames(vocabulary.colors)
        self._fewest = fewest_pixels

    def detect(self, look: Look) -> list[Detection]:
        """Return a detection for each cluster that can be a thing."""
        found: list[Detection] = []
        for cluster in clusters(look.frame, look.foreground, self._fewest):
            thing = self._known(cluster)
            parts = [] if thing is not None else self._parted(cluster)
            thing = thing or (None if parts else self._unknown(cluster, outline(cluster)))
            found += parts or ([thing] if thing is not None else [])
        return found

    def _parted(self, cluster: Cluster) -> list[Detection]:
        """Things of different colours that touch each other, where the whole is none."""
        colors = self._names.nearest(cluster.colors, cluster.upward)
        counts = np.bincount(colors)
        large = np.flatnonzero(counts >= max(self._fewest, _PART * len(colors)))
        if len(large) < 2:
            return []
        found = (self._known(cluster.part(colors == color)) for color in large)
        return [thing for thing in found if thing is not None]

    def _known(self, cluster: Cluster) -> Detection | None:
        """The detection of a cluster that fits a known kind."""
        seen = outline(cluster)
        fitting = [fit for fit in fits(cluster, seen, self._vocabulary.forms) if fit.error <= _WORST_M]
        if not fitting:
            return None
        body = self._body(cluster, fitting[0])
        colors = self._names.scores(body.colors, body.upward)
        weights = {}
        for fit in fitting:
            weight = self._likelihood(cluster, fit, colors)
            if weight > weights.get(fit.form.kind, (0.0, None))[0]:
                weights[fit.form.kind] = (weight, fit)
        total = sum(weight for weight, _ in weights.values())
        if total <= 0:
            return None
        _, chosen = max(weights.values(), key=lambda pair: pair[0])
        kinds = {kind: weight / total for kind, (weight, _) in weights.items()}
        good = math.exp(-chosen.error / 0.012)
        seen_share = 1.0 - min(cluster.hidden, 0.8)
        return Detection(
            self.name,
            chosen.pose,
            chosen.size,
            good * seen_share * min(1.0, len(cluster.rows) / 20),
            kinds,
            colors,
            cut=cluster.hidden > CUT,
            pixels=len(cluster.rows),
            points=cluster.points,
        )

    def _likelihood(self, cluster: Cluster, fit: Fit, colors: dict[str, float]) -> float:
        kind = self._vocabulary.kinds[fit.form.kind]
        weight = math.exp(-fit.error / _SCALE_M)
        if kind.color:
            weight *= 2 * colors.get(kind.color, 0.0)  # of two that fit alike the one that is told more of
        if kind.top and fit.form.shape == "cylinder":
            weight *= self._top(cluster, fit, kind.top)
        return weight

    def _top(self, cluster: Cluster, fit: Fit, color: str) -> float:
        """How well the colour of the upper face's middle fits, 0.05 to 1; 1 where it is not seen."""
        away = np.linalg.norm(cluster.points[:, :2] - fit.pose[:2, 3], axis=1)
        high = cluster.points[:, 2] > cluster.support + fit.size[2] - 0.006
        middle = high & (away < 0.75 * fit.size[0] / 2)
        if middle.sum() < 4:
            return 1.0
        lightness = float(np.median(cluster.colors[middle].mean(axis=1)))
        expected = float(np.mean(self._vocabulary.colors[color]))
        return max(0.05, math.exp(-(((lightness - expected) / 0.25) ** 2)))

    @staticmethod
    def _body(cluster: Cluster, fit: Fit) -> Cluster:
        """The pixels that have the thing's own colour: not the lid or the opening of a cylinder."""
        if fit.form.shape != "cylinder":
            return cluster
        side = cluster.points[:, 2] < cluster.support + fit.size[2] - 0.006
        return cluster.part(side) if side.sum() >= 6 else cluster

    def _unknown(self, cluster: Cluster, seen: Outline) -> Detection | None:
        height = seen.top - cluster.support
        if cluster.hidden > CUT or not _plausible((*seen.sides, height)):
            return None
        colors = self._names.scores(cluster.colors, cluster.upward)
        pose = upright(seen.centre[0], seen.centre[1], cluster.support + height / 2, seen.yaw)
        size = (seen.sides[0], seen.sides[1], height)
        confidence = _UNKNOWN * min(1.0, len(cluster.rows) / 20)
        kinds = {"thing": 1.0}
        return Detection(
            self.name, pose, size, confidence, kinds, colors, pixels=len(cluster.rows), points=cluster.points
        )


def _plausible(size: Sequence[float]) -> bool:
    return max(size) <= _LARGEST and min(size) >= _SMALLEST
