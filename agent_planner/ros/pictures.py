# SPDX-License-Identifier: Apache-2.0
"""Image, depth and camera_info of one moment, paired by their stamps and read into arrays."""

from collections import OrderedDict
from typing import NamedTuple

import numpy as np
from sensor_msgs.msg import CameraInfo, Image

from agent_planner.perception.frame import Frame, FrameError, Intrinsics
from agent_planner.ros.messages import to_seconds

# Channels of a colour encoding, and where in them red, green and blue are.
_COLORS = {
    "rgb8": (3, (0, 1, 2)),
    "bgr8": (3, (2, 1, 0)),
    "rgba8": (4, (0, 1, 2)),
    "bgra8": (4, (2, 1, 0)),
    "mono8": (1, (0, 0, 0)),
}
_DEPTHS = {"32FC1": ("f4", 1.0), "16UC1": ("u2", 0.001)}


class Pictures(NamedTuple):
    """Three messages of one stamp."""

    image: Image
    depth: Image
    info: CameraInfo

    @property
    def stamp(self) -> float:
        """Seconds of ROS time."""
        return to_seconds(self.image.header.stamp)

    @property
    def frame_id(self) -> str:
        """Name of the optical frame."""
        return self.image.header.frame_id


class Pairing:
    """Puts messages of one stamp together; what stays alone is forgotten after a few others.

    Args:
        slop_s: how far stamps of one moment may differ, seconds; 0: not at all.
        most: how many incomplete moments are kept.
    """

    def __init__(self, slop_s: float = 0.0, most: int = 10):
        self._slop = slop_s
        self._most = most
        self._waiting: OrderedDict[float, dict[str, Image | CameraInfo]] = OrderedDict()

    def take(self, part: str, message: Image | CameraInfo) -> Pictures | None:
        """Take the ``image``, ``depth`` or ``info`` of a moment; return all three once they are there."""
        stamp = to_seconds(message.header.stamp)
        key = next((s for s in self._waiting if abs(s - stamp) <= self._slop + 1e-9), stamp)
        parts = self._waiting.setdefault(key, {})
        parts[part] = message
        if len(parts) == len(Pictures._fields):
            del self._waiting[key]
            return Pictures(**parts)  # type: ignore[arg-type]
        while len(self._waiting) > self._most:
            self._waiting.popitem(last=False)
        return None


def frame_of(pictures: Pictures, camera: np.ndarray) -> Frame:
    """Read three messages.

    Args:
        pictures: of one moment.
        camera: pose of the optical frame in the map, (4, 4).

    Raises:
        FrameError: an encoding is not known, sizes or numbers do not fit, or the depth is of another frame.
    """
    if pictures.depth.header.frame_id not in ("", pictures.frame_id):
        raise FrameError(
            f"the image is in frame '{pictures.frame_id}', the depth in '{pictures.depth.header.frame_id}'; "
            "publish the depth registered to the colour image"
        )
    if (pictures.info.width, pictures.info.height) != (pictures.image.width, pictures.image.height):
        raise FrameError(
            f"camera_info is for {pictures.info.width} x {pictures.info.height} pixels, the image has "
            f"{pictures.image.width} x {pictures.image.height}"
        )
    intrinsics = _intrinsics(pictures.info)
    return Frame(pictures.stamp, rgb_of(pictures.image), _metres(pictures.depth), intrinsics, camera)


def is_distorted(info: CameraInfo) -> bool:
    """Whether the pictures would have to be rectified first: no P tells of rectified ones."""
    is_turned = any(info.r) and not np.allclose(info.r, np.eye(3).ravel())
    is_rectified = info.p[0] > 0 and (is_turned or not np.allclose(_intrinsics(info), _of_matrix(info.k, 3)))
    return any(abs(value) > 1e-9 for value in info.d) and not is_rectified


def _intrinsics(info: CameraInfo) -> Intrinsics:
    # K and D are of the raw picture, P is of the rectified one.
    return _of_matrix(info.p, 4) if info.p[0] > 0 else _of_matrix(info.k, 3)


def _of_matrix(values: np.ndarray, columns: int) -> Intrinsics:
    return Intrinsics(
        fx=float(values[0]), fy=float(values[columns + 1]), cx=float(values[2]), cy=float(values[columns + 2])
    )


def rgb_of(message: Image) -> np.ndarray:
    """A colour picture, (height, width, 3), uint8; raises FrameError as `frame_of`."""
    if message.encoding not in _COLORS:
        raise FrameError(f"the image is '{message.encoding}'; known: {', '.join(_COLORS)}")
    channels, order = _COLORS[message.encoding]
    pixels = _rows(message, channels, np.dtype("u1")).reshape(message.height, message.width, channels)
    return np.ascontiguousarray(pixels[..., order])


def _metres(message: Image) -> np.ndarray:
    if message.encoding not in _DEPTHS:
        raise FrameError(f"the depth is '{message.encoding}'; known: {', '.join(_DEPTHS)}")
    kind, unit = _DEPTHS[message.encoding]
    order = ">" if message.is_bigendian else "<"
    values = _rows(message, 1, np.dtype(order + kind))
    return values.astype(np.float32) * np.float32(unit)


def _rows(message: Image, channels: int, kind: np.dtype) -> np.ndarray:
    """The pixels without what pads the rows, (height, width * channels)."""
    wanted = message.width * channels * kind.itemsize
    if message.step < wanted or len(message.data) < message.step * message.height:
        raise FrameError(
            f"a picture of {message.width} x {message.height} '{message.encoding}' has {len(message.data)} bytes in "
            f"rows of {message.step}"
        )
    rows = np.frombuffer(message.data, dtype=np.uint8)[: message.step * message.height]
    return rows.reshape(message.height, message.step)[:, :wanted].copy().view(kind)
