# SPDX-License-Identifier: Apache-2.0
"""One look of a camera: colour and depth of the same moment, and where the camera was."""

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np

from agent_planner.errors import InfrastructureError
from agent_planner.perception.rigid import apply, inverse


class FrameError(InfrastructureError):
    """Pictures that do not fit together, or numbers that no camera gives; whoever publishes them must be looked at."""


class Intrinsics(NamedTuple):
    """A pinhole camera without distortion: focal lengths and principal point, pixels.

    As in ROS and OpenCV the middle of the first pixel is at (0, 0): the middle of a picture of 320 columns is at 159.5.
    """

    fx: float
    fy: float
    cx: float
    cy: float


@dataclass(frozen=True, eq=False)  # arrays have no one truth to compare by
class Frame:
    """Colour, depth and pose of a camera at one moment.

    Attributes:
        stamp: seconds of ROS time.
        image: RGB, (height, width, 3), uint8.
        depth: metres along the optical axis, (height, width); what is not finite or not above zero is unknown.
        intrinsics: of both pictures.
        camera: pose of the optical frame (z ahead, x to the right) in the map, (4, 4).

    Raises:
        FrameError: the shapes do not fit, or the intrinsics or the pose are no numbers of a camera.
    """

    stamp: float
    image: np.ndarray
    depth: np.ndarray
    intrinsics: Intrinsics
    camera: np.ndarray

    def __post_init__(self) -> None:
        if self.image.ndim != 3 or self.image.shape[2] != 3 or self.image.dtype != np.uint8:
            raise FrameError(f"the image must be RGB of 8 bits, not {self.image.shape} of {self.image.dtype}")
        if self.depth.shape != self.image.shape[:2]:
            raise FrameError(
                f"image and depth must be of one size: {_size(self.image)} and {_size(self.depth)} pixels; "
                "publish the depth registered to the colour image"
            )
        if not (np.isfinite(self.intrinsics).all() and self.intrinsics.fx > 0 and self.intrinsics.fy > 0):
            raise FrameError(f"{self.intrinsics} are no intrinsics: is camera_info of a calibrated camera?")
        rotation = self.camera[:3, :3]
        if self.camera.shape != (4, 4) or not np.allclose(rotation @ rotation.T, np.eye(3), atol=1e-3):
            raise FrameError("the camera's pose is not a rigid transform")

    @property
    def shape(self) -> tuple[int, int]:
        """Height and width, pixels."""
        return self.depth.shape[0], self.depth.shape[1]

    @cached_property
    def known(self) -> np.ndarray:
        """Where the depth is known, (height, width), bool."""
        return np.isfinite(self.depth) & (self.depth > 0)

    @cached_property
    def points(self) -> np.ndarray:
        """What each pixel shows, in the map, (height, width, 3), float32; NaN where the depth is unknown."""
        height, width = self.shape
        depth = np.where(self.known, self.depth, np.nan).astype(np.float32)
        k = self.intrinsics
        x = ((np.arange(width) - k.cx) / k.fx).astype(np.float32)
        y = ((np.arange(height) - k.cy) / k.fy).astype(np.float32)
        rotation, origin = self.camera[:3, :3].astype(np.float32), self.camera[:3, 3].astype(np.float32)
        rays = x[None, :, None] * rotation[:, 0] + y[:, None, None] * rotation[:, 1] + rotation[:, 2]
        return rays * depth[..., None] + origin

    def project(self, points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return where points of the map, (n, 3), are in the picture.

        Returns:
            Column and row in pixels, (n, 2), and depth in metres, (n,), which is negative behind the camera (the
            pixels then mean nothing).
        """
        local = apply(inverse(self.camera), np.asarray(points, dtype=float))
        depth = local[:, 2]
        scale = 1 / np.where(np.abs(depth) < 1e-6, 1e-6, depth)
        k = self.intrinsics
        pixels = np.column_stack([k.cx + k.fx * local[:, 0] * scale, k.cy + k.fy * local[:, 1] * scale])
        return pixels, depth

    def measured(self, points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return, for points of the map, (n, 3), their own depth and the depth that the camera sees there, each (n,).

        The second is NaN outside the picture, behind the camera, and where the depth is unknown.
        """
        pixels, depth = self.project(points)
        height, width = self.shape
        columns, rows = np.rint(pixels).T
        inside = (depth > 0.02) & (columns >= 0) & (columns < width) & (rows >= 0) & (rows < height)
        seen = np.full(len(depth), np.nan)
        at = rows[inside].astype(int), columns[inside].astype(int)
        seen[inside] = np.where(self.known[at], self.depth[at], np.nan)
        return depth, seen


def _size(picture: np.ndarray) -> str:
    return f"{picture.shape[1]} x {picture.shape[0]}" if picture.ndim >= 2 else str(picture.shape)
