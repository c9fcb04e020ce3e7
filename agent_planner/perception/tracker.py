# SPDX-License-Identifier: Apache-2.0
"""Things over time: which detection is which thing, what is out of sight, what is gone, what is in the hand."""

import itertools
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from pydantic import ConfigDict, Field
from pydantic.dataclasses import dataclass
from scipy.optimize import linear_sum_assignment

from agent_planner.perception.detection import Detection, Scores
from agent_planner.perception.frame import Frame
from agent_planner.perception.places import Place
from agent_planner.perception.rigid import inverse
from agent_planner.perception.sight import Sight, sight
from agent_planner.perception.track import Track
from agent_planner.scene.geometry import relations
from agent_planner.scene.graph import Pose, RobotState, SceneObject

_FAR = 1e3  # a cost that no pair is worth
_PART = 0.3  # how much an unlike kind counts where only a part was seen


@dataclass(frozen=True, config=ConfigDict(extra="forbid"))
class TrackerSettings:
    """How things are followed. Metres.

    Attributes:
        gate_m: how far a thing may seem to have moved between two looks and still be the same one.
        new_confidence: from which on a detection that fits no thing begins a new one.
        sure_confidence: from which on a thing is told of at once; below it has to be seen twice.
        misses: in how many looks running its place must be seen empty before it counts as gone.
        unlike_cost_m: what an entirely different kind and colour costs, as a distance.
    """

    gate_m: float = Field(default=0.10, gt=0.0, le=2.0)
    new_confidence: float = Field(default=0.25, ge=0.0, le=1.0)
    sure_confidence: float = Field(default=0.6, ge=0.0, le=1.0)
    misses: int = Field(default=3, ge=1, le=100)
    unlike_cost_m: float = Field(default=0.15, ge=0.0, le=2.0)


class Hand(NamedTuple):
    """The gripper at the moment of the picture: pose of its tip in the map, (4, 4), and how far it is open, metres."""

    pose: np.ndarray
    opening: float


_DEFAULT = TrackerSettings()


class Tracker:
    """Follows things. One call of `update` for each picture, in their order.

    Args:
        settings: see `TrackerSettings`.
    """

    def __init__(self, settings: TrackerSettings = _DEFAULT):
        self._settings = settings
        self._numbers = itertools.count(1)
        self._tracks: list[Track] = []

    @property
    def tracks(self) -> tuple[Track, ...]:
        """The things that can be told of, the oldest first."""
        return tuple(track for track in self._tracks if track.sure)

    @property
    def held(self) -> Track | None:
        """What is in the hand."""
        return next((track for track in self._tracks if track.grip is not None), None)

    def carry(self, before: Sequence[Place], after: Sequence[Place]) -> None:
        """Move what lies in a drawer along with it. The places are the same ones, before and after a look."""
        for old, new in zip(before, after, strict=True):
            if not (old.entry.opens and old.entry.opens.moves) or abs(old.opening - new.opening) < 1e-3:
                continue
            shift = new.pose @ inverse(old.pose)
            for track in self._tracks:
                if track.grip is None and _lies_in(track, old):
                    track.pose = shift @ track.pose

    def hold(self, hand: Hand | None, stamp: float) -> None:
        """Follow the hand: what it holds moves with it, until the fingers let go. Call it before `update`."""
        if hand is None:
            return
        held = self.held
        if held is not None and not _grips(held, held.grip, hand):
            # Where it was let go; whether it still is there has to be seen.
            held.grip = None
            held.confidence = min(held.confidence, self._settings.sure_confidence)
            held = None
        if held is None:
            held = next((t for t in self.tracks if _grips(t, None, hand)), None)
            if held is not None:
                held.grip = inverse(hand.pose) @ held.pose
        if held is not None and held.grip is not None:
            held.pose = hand.pose @ held.grip
            held.last_seen, held.misses = stamp, 0

    def update(self, frame: Frame, detections: Sequence[Detection]) -> None:
        """Take what was detected in a picture."""
        followed = [track for track in self._tracks if track.grip is None]
        taken = self._associated(followed, detections)
        for track, number in taken.items():
            track.see(detections[number], frame.stamp)
        seen = [*taken, *(track for track in self._tracks if track.grip is not None)]
        unseen = {track: sight(track, frame) for track in followed if track not in taken}
        for number, detection in enumerate(detections):
            # A piece of something that was seen as a whole is nothing of its own.
            if number not in taken.values() and not any(_holds(track, detection.centre) for track in seen):
                begun = self._begin(detection, frame.stamp, unseen)
                seen += [begun] if begun is not None else []
        for track, what in unseen.items():
            # Two things are not in one place: where one is seen, there is no other.
            track.miss(Sight.EMPTY if any(_overlap(track, other) for other in seen) else what)
        self._tracks = [t for t in self._tracks if t.grip is not None or self._stays(t)]
        for track in self._tracks:
            track.sure = track.sure or track.hits >= 2 or track.confidence >= self._settings.sure_confidence

    def _stays(self, track: Track) -> bool:
        return track.misses < (self._settings.misses if track.sure else 1)

    def _associated(self, tracks: list[Track], detections: Sequence[Detection]) -> dict[Track, int]:
        if not tracks or not detections:
            return {}
        cost = np.array([[self._cost(track, detection) for detection in detections] for track in tracks])
        rows, columns = linear_sum_assignment(cost)
        return {tracks[r]: int(c) for r, c in zip(rows, columns, strict=True) if cost[r, c] < _FAR}

    def _cost(self, track: Track, detection: Detection) -> float:
        settings = self._settings
        distance = float(np.linalg.norm(track.pose[:3, 3] - detection.centre))
        if detection.name and track.tag and detection.name != track.tag:
            return _FAR
        if detection.name and detection.name == track.tag:
            return distance / _FAR  # a tag tells it wherever it has got to; of two alike the nearer one
        if distance > settings.gate_m:
            return _FAR
        unlike = 1 - _likeness(track.kinds, detection.kinds) * _likeness(track.colors, detection.colors)
        # Of a part it can hardly be told what kind it is.
        doubt = _PART if detection.cut or not track.whole else 1.0
        cost = distance + settings.unlike_cost_m * doubt * unlike
        # Something else where it was is something else, unless it stands on the very spot and is seen badly.
        return cost if cost <= settings.gate_m or distance < 0.02 else _FAR

    def _begin(self, detection: Detection, stamp: float, unseen: dict[Track, Sight]) -> Track | None:
        """Begin to follow what fits nothing, unless it is a thing that is not where it was any more."""
        moved = [
            track
            for track, what in unseen.items()
            if what is Sight.EMPTY and (track.color, track.kind) == (detection.color, detection.kind)
        ]
        if moved:
            track = min(moved, key=lambda t: float(np.linalg.norm(t.pose[:3, 3] - detection.centre)))
            track.place(detection, stamp)
            del unseen[track]
            return track
        if detection.confidence < self._settings.new_confidence:
            return None
        self._tracks.append(Track(next(self._numbers), detection, stamp))
        return self._tracks[-1]


def _likeness(a: Scores, b: Scores) -> float:
    """How far two sets of scores mean the same, 0 to 1; one that says nothing agrees with all."""
    if not a or not b:
        return 1.0
    total_a, total_b = sum(a.values()) or 1.0, sum(b.values()) or 1.0
    return sum(min(score / total_a, b.get(word, 0.0) / total_b) for word, score in a.items())


def _overlap(a: Track, b: Track) -> bool:
    """Whether the middle of one lies in the other."""
    return _holds(a, b.pose[:3, 3]) or _holds(b, a.pose[:3, 3])


def _holds(track: Track, point: np.ndarray) -> bool:
    local = inverse(track.pose) @ np.append(point, 1.0)
    return bool((np.abs(local[:3]) <= np.array(track.size) / 2 + 0.005).all())


def _lies_in(track: Track, place: Place) -> bool:
    local = place.local(track.pose[:3, 3])
    return bool((np.abs(local) <= np.array(place.size) / 2 + np.array([0.0, 0.0, 0.05])).all())


def _grips(track: Track, grip: np.ndarray | None, hand: Hand) -> bool:
    """Whether the hand holds a thing, by the rule that the scene's relations have."""
    pose = track.pose if grip is None else hand.pose @ grip
    x, y, z = (float(v) for v in pose[:3, 3])
    tip = (float(hand.pose[0, 3]), float(hand.pose[1, 3]), float(hand.pose[2, 3]))
    thing = SceneObject(name="thing", pose=Pose(x, y, z), size=track.size)
    found = relations([thing], [], RobotState(end_effector=tip, gripper_opening=hand.opening))
    return any(relation.name == "holding" for relation in found)
