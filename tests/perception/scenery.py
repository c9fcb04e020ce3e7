# SPDX-License-Identifier: Apache-2.0
"""Pictures of boxes, cylinders and balls, by casting rays: no simulator is needed."""

import math
from dataclasses import dataclass

import numpy as np

from agent_planner.perception.frame import Frame, Intrinsics
from agent_planner.perception.rigid import apply, inverse, upright

WIDTH, HEIGHT, FOCAL = 320, 240, 265.0
RED, BLUE, GREEN, GREY, WOOD = (214, 33, 33), (31, 84, 204), (38, 153, 61), (133, 138, 143), (150, 100, 64)


@dataclass(frozen=True)
class Solid:
    """A box, cylinder (upright) or ball by its extents."""

    pose: np.ndarray
    size: tuple[float, float, float]
    color: tuple[int, int, int]
    shape: str = "box"


def box(x, y, z, size, color, yaw=0.0, shape="box"):
    return Solid(upright(x, y, z, yaw), size, color, shape)


def table(height=0.7, size=(0.5, 0.6), x=0.9, y=0.0, color=WOOD):
    return box(x, y, height / 2, (*size, height), color)


def floor():
    return box(0.0, 0.0, -0.05, (20.0, 20.0, 0.1), (190, 180, 165))


def camera_at(x=0.0, y=0.0, z=1.4, pitch=0.8, yaw=0.0):
    """A camera that looks ahead and down, as an optical frame."""
    c, s = math.cos(pitch), math.sin(pitch)
    pose = np.eye(4)
    ahead = np.array([c, 0.0, -s])
    right = np.array([0.0, -1.0, 0.0])
    pose[:3, :3] = np.column_stack([right, np.cross(ahead, right), ahead])
    return upright(x, y, z, yaw) @ pose


def picture(solids, camera=None, stamp=0.0):
    """What a camera sees of some solids; light comes from above."""
    camera = camera_at() if camera is None else camera
    columns, rows = np.meshgrid(np.arange(WIDTH), np.arange(HEIGHT))
    cx, cy = (WIDTH - 1) / 2, (HEIGHT - 1) / 2
    local = np.stack([(columns - cx) / FOCAL, (rows - cy) / FOCAL, np.ones_like(columns, dtype=float)], axis=-1)
    rays = local.reshape(-1, 3) @ camera[:3, :3].T
    depth = np.full(len(rays), np.inf)
    image = np.full((len(rays), 3), 210, dtype=np.uint8)
    for solid in solids:
        hit, up = _cast(solid, camera[:3, 3], rays)
        nearer = hit < depth
        depth[nearer] = hit[nearer]
        shade = 0.55 + 0.45 * up[nearer]
        image[nearer] = (np.array(solid.color) * shade[:, None]).astype(np.uint8)
    shape = (HEIGHT, WIDTH)
    intrinsics = Intrinsics(FOCAL, FOCAL, cx, cy)
    return Frame(stamp, image.reshape(*shape, 3), depth.reshape(shape).astype(np.float32), intrinsics, camera)


def _cast(solid, origin, rays):
    """Along each ray, the way to the solid (inf: never) and how far its surface looks upward there."""
    back = inverse(solid.pose)
    start, ahead = apply(back, origin), rays @ back[:3, :3].T
    half = np.array(solid.size) / 2
    with np.errstate(divide="ignore", invalid="ignore"):
        if solid.shape == "ball":
            return _round(start, ahead, half[0], axes=3)
        if solid.shape == "cylinder":
            side, _ = _round(start[:2], ahead[:, :2], half[0], axes=2)
            inside = np.abs(start[2] + side * ahead[:, 2]) <= half[2]
            side = np.where(inside, side, np.inf)
            top = (half[2] - start[2]) / ahead[:, 2]
            on_top = np.hypot(*(start[:2] + top[:, None] * ahead[:, :2]).T) <= half[0]
            top = np.where(on_top & (top > 0), top, np.inf)
            return np.minimum(side, top), (top <= side).astype(float)
        near = (-np.sign(ahead) * half - start) / ahead
        far = (np.sign(ahead) * half - start) / ahead
    enter, leave = near.max(axis=1), far.min(axis=1)
    hit = (enter <= leave) & (enter > 0)
    return np.where(hit, enter, np.inf), (near.argmax(axis=1) == 2).astype(float)


def _round(start, ahead, radius, axes):
    a, b = (ahead**2).sum(axis=1), ahead @ start
    c = start @ start - radius**2
    root = np.sqrt(b * b - a * c)
    way = (-b - root) / a
    way = np.where(np.isfinite(way) & (way > 0), way, np.inf)
    up = np.zeros(len(way))
    if axes == 3:
        hit = np.isfinite(way)
        up[hit] = np.abs(start[2] + way[hit] * ahead[hit, 2]) / radius
    return way, up
