# SPDX-License-Identifier: Apache-2.0
"""Fits the forms of a vocabulary to the points of one thing. Metres."""

import math
from collections.abc import Iterable
from typing import NamedTuple

import cv2
import numpy as np

from agent_planner.perception.clusters import Cluster
from agent_planner.perception.rigid import Vec3, upright
from agent_planner.perception.vocabulary import Form

_ROUNDS = 6  # of Gauss-Newton; it settles in three
CUT = 0.12  # share of the outline from which a thing counts as partly hidden
_HEIGHT_M = 0.012  # by which a form may be higher or lower than the thing to be tried at all


class Fit(NamedTuple):
    """A form where it fits best.

    Attributes:
        form: which one.
        pose: of its middle, (4, 4).
        size: extents along its axes.
        error: mean distance of the points from its surface, and of its extents from those seen, metres.
    """

    form: Form
    pose: np.ndarray
    size: Vec3
    error: float


class Outline(NamedTuple):
    """What is seen of a thing from above.

    Attributes:
        centre: of the smallest rectangle around it, (2,).
        yaw: heading of that rectangle's longer side.
        sides: its longer and shorter side.
        top: height of its upper end.
    """

    centre: np.ndarray
    yaw: float
    sides: tuple[float, float]
    top: float


def outline(cluster: Cluster) -> Outline:
    """Measure a thing; half a pixel is added on every side, since pixels show the middle of what they cover."""
    flat = np.ascontiguousarray(cluster.points[:, :2], dtype=np.float32)
    # Near the origin: single precision, and OpenCV, would lose millimetres.
    middle = flat.mean(axis=0)
    (x, y), (a, b), degrees = cv2.minAreaRect(flat - middle)
    yaw = math.radians(degrees)
    if b > a:
        a, b, yaw = b, a, yaw + math.pi / 2
    top = float(np.percentile(cluster.points[:, 2], 97))
    grown = cluster.pixel_m
    return Outline(np.array([x, y]) + middle, yaw, (a + grown, b + grown), top)


def fits(cluster: Cluster, seen: Outline, forms: Iterable[Form]) -> list[Fit]:
    """Fit every form whose height could be right, the best first."""
    height = seen.top - cluster.support
    slack = _HEIGHT_M + cluster.pixel_m
    longest = max(seen.sides)
    tried = [
        _fit(cluster, seen, form)
        for form in forms
        if abs(form.size[2] - height) <= slack and (cluster.hidden > CUT or abs(form.size[0] - longest) <= 0.03)
    ]
    return sorted(tried, key=lambda fit: fit.error)


def _fit(cluster: Cluster, seen: Outline, form: Form) -> Fit:
    if form.shape in ("ball", "cylinder"):
        return _fit_round(cluster, seen, form)
    return _fit_box(cluster, seen, form)


def _fit_round(cluster: Cluster, seen: Outline, form: Form) -> Fit:
    radius, height = form.size[0] / 2, form.size[2]
    middle = cluster.support + height / 2
    points = cluster.points.astype(float)
    if form.shape == "ball":
        lift = points[:, 2] - middle
        reach = np.sqrt(np.maximum(radius**2 - lift**2, 0.0))  # of the ball at the height of each point
    else:
        reach = np.full(len(points), radius)
    side = points[:, 2] < cluster.support + height - 0.006 if form.shape == "cylinder" else reach > 0.3 * radius
    centre = seen.centre.copy()
    for _ in range(_ROUNDS):
        away = points[:, :2] - centre
        distance = np.maximum(np.linalg.norm(away, axis=1), 1e-6)
        gap = distance - reach
        # A side is where the surface is; of a top it is only known that it does not reach further.
        weight = np.where(side, 1.0, (gap > 0) * 1.0) / (1 + (gap / 0.006) ** 2)
        direction = away / distance[:, None]
        normal = (direction * weight[:, None]).T @ direction + 1e-3 * np.eye(2)
        centre = centre + np.linalg.solve(normal, (direction * (weight * gap)[:, None]).sum(axis=0))
    gap = np.linalg.norm(points[:, :2] - centre, axis=1) - reach
    if form.shape == "ball":
        surface = np.abs(np.hypot(gap + reach, points[:, 2] - middle) - radius)
    else:
        surface = np.where(side, np.abs(gap), np.maximum(gap, 0.0) + np.abs(points[:, 2] - middle - height / 2))
    error = _error(cluster, seen, form.size, surface)
    return Fit(form, upright(centre[0], centre[1], middle, 0.0), form.size, error)


def _fit_box(cluster: Cluster, seen: Outline, form: Form) -> Fit:
    length, width, height = form.size
    middle = cluster.support + height / 2
    centre, yaw = seen.centre, seen.yaw
    points = cluster.points.astype(float)
    c, s = math.cos(yaw), math.sin(yaw)
    turn = np.array([[c, s], [-s, c]])
    local = (points[:, :2] - centre) @ turn.T
    out = np.abs(local) - np.array([length, width]) / 2
    up = points[:, 2] - (cluster.support + height)
    outside = np.linalg.norm(np.maximum(np.column_stack([out, up]), 0.0), axis=1)
    inside = np.minimum(np.maximum(np.maximum(out[:, 0], out[:, 1]), up), 0.0)
    if form.shape == "lying":
        surface = np.abs(np.hypot(local[:, 1], points[:, 2] - middle) - width / 2)
        surface = np.minimum(surface, np.abs(np.abs(local[:, 0]) - length / 2))
    else:
        surface = outside - inside
    error = _error(cluster, seen, form.size, surface)
    return Fit(form, upright(centre[0], centre[1], middle, yaw), form.size, error)


def _error(cluster: Cluster, seen: Outline, size: Vec3, surface: np.ndarray) -> float:
    lengths = np.abs(np.array(seen.sides) - np.array(size[:2]))
    if cluster.hidden > CUT:
        # A hidden part may make it shorter than the form, not longer.
        lengths = np.maximum(np.array(seen.sides) - np.array(size[:2]), 0.0)
    height = abs(seen.top - cluster.support - size[2])
    blur = 0.5 * cluster.pixel_m
    return float(surface.mean() + 0.5 * np.maximum(lengths - blur, 0.0).mean() + 0.7 * height)
