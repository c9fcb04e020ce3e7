# SPDX-License-Identifier: Apache-2.0
"""ArUco and AprilTag markers: the number tells which thing it is, the depth where it is.

Four corners of a small tag in a coarse picture leave its tilt nearly open, and with it its distance (centimetres, where
the plane through the measured depth is right to a millimetre): the corners serve for nothing but the directions.
"""

from collections.abc import Mapping

import cv2
import numpy as np

from agent_planner.errors import UserError, did_you_mean
from agent_planner.perception.detection import Detection, Look
from agent_planner.perception.frame import Frame
from agent_planner.perception.rigid import Vec3

_FEWEST = 8  # points of depth on a tag
_FLAT_M = 0.006  # how far these may be from a plane, root mean square
_SURE = 0.95


class Tags:
    """Finds markers.

    Args:
        dictionary: name of one of OpenCV's, such as ``DICT_4X4_50`` or ``DICT_APRILTAG_36h11``.
        size_m: side of the black square, metres.
        names: which thing carries which number; others are not told of.
        sizes: extents of a thing along its tag's x and y axes and away from its face, metres; the tag sits in the
            middle of that face. Where it is not there the tag tells which thing it is, and only about where.
        name: of the detector.

    Raises:
        UserError: there is no such dictionary.
    """

    def __init__(
        self,
        dictionary: str,
        size_m: float,
        names: Mapping[int, str],
        sizes: Mapping[int, Vec3] | None = None,
        name: str = "tags",
    ):
        self.name = name
        known = [word for word in dir(cv2.aruco) if word.startswith("DICT_")]
        if dictionary not in known:
            raise UserError(f"there is no dictionary of tags '{dictionary}'; {did_you_mean(dictionary, known)}")
        parameters = cv2.aruco.DetectorParameters()
        parameters.cornerRefinementMethod = cv2.aruco.CORNER_REFINE_SUBPIX
        tags = cv2.aruco.getPredefinedDictionary(getattr(cv2.aruco, dictionary))
        self._detector = cv2.aruco.ArucoDetector(tags, parameters)
        self._side = size_m
        self._names = dict(names)
        self._sizes = dict(sizes or {})

    def detect(self, look: Look) -> list[Detection]:
        """Return a detection for each tag with a name whose face the depth shows."""
        grey = cv2.cvtColor(look.frame.image, cv2.COLOR_RGB2GRAY)
        corners, numbers, _ = self._detector.detectMarkers(grey)
        found = []
        for quad, number in zip(corners, [] if numbers is None else np.ravel(numbers), strict=True):
            if int(number) in self._names:
                face = self._face(look.frame, quad.reshape(4, 2))
                if face is not None:
                    found.append(self._thing(int(number), face, quad.reshape(4, 2)))
        return found

    def _face(self, frame: Frame, corners: np.ndarray) -> np.ndarray | None:
        """The tag's pose, (4, 4): x to the right and y up on its face, z towards who looks at it."""
        inside = np.zeros(frame.shape, dtype=np.uint8)
        cv2.fillConvexPoly(inside, np.rint(corners).astype(np.int32), 1)
        points = frame.points[(inside > 0) & frame.known].astype(float)
        if len(points) < _FEWEST:
            return None
        middle = np.median(points, axis=0)
        points = points[np.abs((points - middle) @ frame.camera[:3, 2]) < self._side]  # what lies behind its rim
        middle = points.mean(axis=0)
        _, spread, axes = np.linalg.svd(points - middle, full_matrices=False)
        if len(points) < _FEWEST or spread[2] / np.sqrt(len(points)) > _FLAT_M:
            return None
        normal = axes[2] if axes[2] @ (frame.camera[:3, 3] - middle) > 0 else -axes[2]
        on_face = np.array([_on_plane(frame, corner, middle, normal) for corner in corners])
        right = on_face[1] + on_face[2] - on_face[0] - on_face[3]
        right -= (right @ normal) * normal
        right /= np.linalg.norm(right)
        pose = np.eye(4)
        pose[:3, :3] = np.column_stack([right, np.cross(normal, right), normal])
        pose[:3, 3] = on_face.mean(axis=0)
        return pose

    def _thing(self, number: int, face: np.ndarray, corners: np.ndarray) -> Detection:
        size = self._sizes.get(number)
        extents = np.array(size or (self._side,) * 3)
        pose = face.copy()
        pose[:3, 3] -= face[:3, 2] * extents[2] / 2
        pose[:3, :3], extents = _upright(face[:3, :3], extents)
        pixels = int(cv2.contourArea(corners.astype(np.float32)))
        x, y, z = (float(e) for e in extents)
        return Detection(
            self.name, pose, (x, y, z), _SURE, name=self._names[number], cut=size is None, pixels=max(pixels, 1)
        )


def _on_plane(frame: Frame, pixel: np.ndarray, point: np.ndarray, normal: np.ndarray) -> np.ndarray:
    k = frame.intrinsics
    ray = frame.camera[:3, :3] @ np.array([(pixel[0] - k.cx) / k.fx, (pixel[1] - k.cy) / k.fy, 1.0])
    origin = frame.camera[:3, 3]
    return origin + ray * (((point - origin) @ normal) / (ray @ normal))


def _upright(rotation: np.ndarray, extents: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Rename the axes of a box so that z is the one that points most nearly upward."""
    up = int(np.argmax(np.abs(rotation[2])))
    ahead = (up + 1) % 3
    z = rotation[:, up] * np.sign(rotation[2, up])
    x = rotation[:, ahead]
    order = [ahead, 3 - up - ahead, up]
    return np.column_stack([x, np.cross(z, x), z]), extents[order]
