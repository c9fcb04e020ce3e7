# SPDX-License-Identifier: Apache-2.0
"""The joints of a gripper and the distance between its fingers."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Fingers:
    """A gripper with two fingers, moved by joints that all do the same; the opening is linear in their position.

    Attributes:
        joints: names of those that are measured: one, or one for each finger.
        widest: largest distance between the fingers, metres.
        open: position of each joint there, metres or radians.
        closed: position of each joint where the fingers touch.
    """

    joints: tuple[str, ...]
    widest: float
    open: float
    closed: float = 0.0

    def position(self, opening: float) -> float:
        """Return where each joint is at an opening."""
        return self.closed + (self.open - self.closed) * opening / self.widest

    def opening(self, positions: np.ndarray) -> float:
        """Return the distance between the fingers, metres, for positions of the joints, (n,)."""
        return self.opening_speed(positions - self.closed)

    def opening_speed(self, rates: np.ndarray) -> float:
        """Return the rate of the opening for rates of the joints, (n,)."""
        return float(np.mean(rates)) * self.widest / (self.open - self.closed)
