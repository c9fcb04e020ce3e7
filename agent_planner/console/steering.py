# SPDX-License-Identifier: Apache-2.0
"""A page's stick: what it moves stands still by itself when nothing more is heard of it."""

import asyncio
from collections.abc import Callable, Sequence

from agent_planner.console.robot import Robot

# Silence of the page that counts as a released stick, seconds.
SILENCE_S = 0.3
_STILL = (0.0, 0.0, 0.0)


class Steering:
    """Of one connection; what another one does is not touched. For the thread of the loop.

    Args:
        robot: is moved.
    """

    def __init__(self, robot: Robot):
        self._robot = robot
        self._driving: asyncio.TimerHandle | None = None
        self._jogging: asyncio.TimerHandle | None = None

    def drive(self, linear: float, angular: float) -> None:
        """Drive; all zero is the end of it."""
        self._robot.drive(linear, angular)
        self._driving = _again(self._driving, self._halt_base, any((linear, angular)))

    def jog(self, linear: Sequence[float], angular: Sequence[float]) -> None:
        """Move the end effector; all zero is the end of it."""
        self._robot.jog(linear, angular)
        self._jogging = _again(self._jogging, self._halt_arm, any((*linear, *angular)))

    def release(self) -> None:
        """Nobody holds the stick any more: zero, where it moved anything."""
        if self._driving is not None:
            self._driving.cancel()
            self._halt_base()
        if self._jogging is not None:
            self._jogging.cancel()
            self._halt_arm()

    def _halt_base(self) -> None:
        self._driving = None
        self._robot.drive(0.0, 0.0)

    def _halt_arm(self) -> None:
        self._jogging = None
        self._robot.jog(_STILL, _STILL)


def _again(timer: asyncio.TimerHandle | None, halt: Callable[[], None], moves: bool) -> asyncio.TimerHandle | None:
    if timer is not None:
        timer.cancel()
    return asyncio.get_running_loop().call_later(SILENCE_S, halt) if moves else None
