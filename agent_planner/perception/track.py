# SPDX-License-Identifier: Apache-2.0
"""One thing that is followed."""

import numpy as np

from agent_planner.perception.detection import Detection, Scores, best
from agent_planner.perception.rigid import Vec3, inverse
from agent_planner.perception.sight import Sight

_KEEP = 0.8  # share of its votes that a thing keeps from look to look
_SMOOTH, _STILL_M = 0.5, 0.015  # of positions that differ by less than this only a share is taken
_SLACK_M = 0.01


class Track:
    """A thing: what it is, where it is, how sure that is and how old. Compared by identity.

    Attributes:
        number: counts up with every new thing.
        pose: of its middle, (4, 4).
        size: extents along its axes, metres.
        kinds: votes for what it is.
        colors: votes for its colour.
        tag: the name that a tag or the user's node gave it; empty: none.
        confidence: 0 to 1, that it is there.
        first_seen: seconds of ROS time.
        last_seen: seconds of ROS time; what is in the hand is felt all the time.
        hits: how often it was seen.
        misses: in how many looks running its place was seen without it.
        sure: whether it can be told of.
        whole: whether all of it was seen at some time.
        grip: its pose in the hand's frame, (4, 4), while it is held.
    """

    def __init__(self, number: int, detection: Detection, stamp: float):
        self.number = number
        self.kinds: Scores = {}
        self.colors: Scores = {}
        self.tag = ""
        self.first_seen = stamp
        self.hits = 0
        self.sure = False
        self.grip: np.ndarray | None = None
        self.whole = False
        self.confidence = detection.confidence
        self.place(detection, stamp)

    @property
    def kind(self) -> str:
        """What it most likely is; empty: unknown."""
        return best(self.kinds)

    @property
    def color(self) -> str:
        """Its most likely colour; empty: unknown."""
        return best(self.colors)

    def place(self, detection: Detection, stamp: float) -> None:
        """Take a detection as it is, wherever the thing was before."""
        self.pose = detection.pose.copy()
        self.size: Vec3 = detection.size
        self.whole = not detection.cut
        self._agree(detection, stamp)

    def see(self, detection: Detection, stamp: float) -> None:
        """Take a detection of it. One that shows a part only moves nothing that it agrees with."""
        if detection.cut and self.whole and self._explains(detection):
            self._agree(detection, stamp)
            return
        moved = detection.pose[:3, 3] - self.pose[:3, 3]
        near = self.whole and float(np.linalg.norm(moved)) <= _STILL_M and detection.size == self.size
        pose = detection.pose.copy()
        if near:
            pose[:3, 3] = self.pose[:3, 3] + _SMOOTH * moved
        if not (detection.cut and self.whole):
            self.size = detection.size
        self.pose = pose
        self.whole = self.whole or not detection.cut
        self._agree(detection, stamp)

    def miss(self, seen: Sight) -> None:
        """Take that it was not detected: hidden it may still be there, where its place is seen empty it is not."""
        if seen is Sight.EMPTY:
            self.misses += 1
            self.confidence *= 0.5

    def _agree(self, detection: Detection, stamp: float) -> None:
        self.tag = detection.name or self.tag
        self.kinds = _voted(self.kinds, detection.kinds, detection.confidence)
        self.colors = _voted(self.colors, detection.colors, detection.confidence)
        self.confidence = max(detection.confidence, min(1.0, 0.5 * self.confidence + 0.5))
        if not self.hits:
            self.confidence = detection.confidence
        self.last_seen = stamp
        self.hits += 1
        self.misses = 0

    def _explains(self, detection: Detection) -> bool:
        """Whether the points of a detection lie in or on it."""
        points = detection.points if len(detection.points) else detection.centre[None]
        back = inverse(self.pose)
        local = points @ back[:3, :3].T + back[:3, 3]
        inside = (np.abs(local) <= np.array(self.size) / 2 + _SLACK_M).all(axis=1)
        return bool(inside.mean() >= 0.9)


def _voted(votes: Scores, scores: Scores, weight: float) -> Scores:
    if not scores:
        return votes
    words = dict.fromkeys((*votes, *scores))
    return {word: _KEEP * votes.get(word, 0.0) + weight * scores.get(word, 0.0) for word in words}
