# SPDX-License-Identifier: Apache-2.0
"""Detections of the user's own node, such as a vision_msgs/Detection3DArray; known by their fields, not their type."""

from typing import Any

import numpy as np

from agent_planner.errors import InfrastructureError
from agent_planner.perception.detection import Detection, Look
from agent_planner.perception.rigid import transform
from agent_planner.scene.plain import LABEL, plain


class DetectionsError(InfrastructureError):
    """A message of detections cannot be used; whoever publishes it must be looked at."""


class Published:
    """Hands on what was published at about the time of the picture.

    Args:
        topic: where the detections come from.
        message: the type's name, to be looked up by whoever subscribes.
        within_s: how far their stamp may be from the picture's, seconds.
        name: of the detector.
    """

    def __init__(self, topic: str, message: str, within_s: float = 0.5, name: str = "published"):
        self.name = name
        self.topic = topic
        self.message = message
        self._within = within_s
        self._stamp = -np.inf
        self._detections: list[Detection] = []

    def take(self, stamp: float, detections: list[Detection]) -> None:
        """Take the newest message's detections; the stamp is in seconds of ROS time."""
        self._stamp, self._detections = stamp, detections

    def detect(self, look: Look) -> list[Detection]:
        """Return the newest, if they are of this picture's time."""
        return list(self._detections) if abs(look.frame.stamp - self._stamp) <= self._within else []


def detections_of(message: Any, camera: np.ndarray, source: str = "published") -> list[Detection]:
    """Read a message with the fields of vision_msgs/Detection3DArray.

    Args:
        message: its ``detections`` have ``bbox.center``, ``bbox.size`` and ``results`` with ``hypothesis.class_id`` and
            ``hypothesis.score``; an ``id`` is a name that stays with the thing.
        camera: pose of the message's frame in the map, (4, 4).
        source: name of the detector.

    Raises:
        DetectionsError: a field is missing, or a number is not finite.
    """
    try:
        return [_detection(item, camera, source) for item in message.detections]
    except AttributeError as error:
        raise DetectionsError(
            f"the detections have other fields than vision_msgs/Detection3DArray: {error}; republish them as that type"
        ) from error


def _detection(item: Any, camera: np.ndarray, source: str) -> Detection:
    scores = {plain(str(r.hypothesis.class_id), LABEL).lower(): float(r.hypothesis.score) for r in item.results}
    position, turn, size = item.bbox.center.position, item.bbox.center.orientation, item.bbox.size
    numbers = [position.x, position.y, position.z, turn.x, turn.y, turn.z, turn.w, size.x, size.y, size.z]
    if not np.isfinite([*numbers, *scores.values()]).all():
        raise DetectionsError(f"a detection of '{', '.join(scores)}' has a number that is not finite")
    try:
        pose = camera @ transform(numbers[:3], numbers[3:7])
    except ValueError as error:
        raise DetectionsError(f"a detection of '{', '.join(scores)}': {error}") from error
    score = min(1.0, max(scores.values(), default=0.0))
    return Detection(
        source, pose, (float(size.x), float(size.y), float(size.z)), score, scores, name=str(getattr(item, "id", ""))
    )
