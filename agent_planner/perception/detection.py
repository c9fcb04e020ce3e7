# SPDX-License-Identifier: Apache-2.0
"""What a detector says of one thing in one picture. Frame map, metres."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np

from agent_planner.perception.foreground import Foreground
from agent_planner.perception.frame import Frame
from agent_planner.perception.rigid import Vec3

Scores = Mapping[str, float]


@dataclass(frozen=True, eq=False)
class Detection:
    """One thing.

    Attributes:
        source: which detector says so.
        pose: of its middle, z upward, (4, 4).
        size: extents along its axes.
        confidence: 0 to 1, that there is a thing.
        kinds: what it may be (``cube``, ``cup`` …), each with a score from 0 to 1.
        colors: of what colour it may be, likewise.
        name: where a tag or the user's own node tells which one it is.
        cut: whether a part of it lies outside the picture or behind something nearer, so that its middle and size are
            less certain.
        pixels: how much of the picture it takes; 0: unknown.
        points: of its surface, (n, 3); empty: unknown.
    """

    source: str
    pose: np.ndarray
    size: Vec3
    confidence: float
    kinds: Scores = field(default_factory=dict)
    colors: Scores = field(default_factory=dict)
    name: str = ""
    cut: bool = False
    pixels: int = 0
    points: np.ndarray = field(default_factory=lambda: np.empty((0, 3), dtype=np.float32))

    @property
    def centre(self) -> np.ndarray:
        """Its middle, (3,)."""
        return self.pose[:3, 3]

    @property
    def kind(self) -> str:
        """What it most likely is; empty: unknown."""
        return best(self.kinds)

    @property
    def color(self) -> str:
        """Its most likely colour; empty: unknown."""
        return best(self.colors)


def best(scores: Scores) -> str:
    """The word with the highest score, the first of equals; empty where there is none."""
    return max(scores, key=lambda word: scores[word], default="")


@dataclass(frozen=True, eq=False)
class Look:
    """What every detector is given.

    Attributes:
        frame: the picture.
        foreground: which of its points are things.
        words: what may be looked for, for detectors that take any word.
    """

    frame: Frame
    foreground: Foreground
    words: tuple[str, ...] = ()


class Detector(Protocol):
    """One way to find things."""

    name: str

    def detect(self, look: Look) -> list[Detection]:
        """Return what is seen."""
        ...
