# SPDX-License-Identifier: Apache-2.0
"""Keeps simulated time in step with the wall's."""

# Behind by more than this, what was lost is given up instead of being caught up in a rush.
_GIVE_UP = 0.25


class Pacer:
    """Tells how long to wait before the next step.

    Args:
        factor: simulated seconds a wall second; 0: never wait.
    """

    def __init__(self, factor: float):
        self.factor = factor
        self._wall = 0.0
        self._simulated = 0.0
        self._started = False

    def restart(self) -> None:
        """Forget the past, after a pause or when time was set back."""
        self._started = False

    def wait(self, simulated: float, wall: float) -> float:
        """Return the seconds to wait at a simulated and a wall time; never less than zero."""
        if self.factor <= 0.0:
            return 0.0
        if not self._started:
            self._simulated, self._wall, self._started = simulated, wall, True
        ahead = self._wall + (simulated - self._simulated) / self.factor - wall
        if ahead < -_GIVE_UP:
            self._simulated, self._wall = simulated, wall
        return max(0.0, ahead)
