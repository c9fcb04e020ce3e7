# SPDX-License-Identifier: Apache-2.0
"""One goal being carried out: its cancel request, its time limits, its feedback."""

from collections.abc import Callable

from agent_planner_motion.errors import MotionError


class CancelRequested(Exception):
    """The client wants an end; whoever moves something brings it to rest and passes this on.

    Attributes:
        at_rest: whether what moved was seen at rest.
    """

    at_rest = True


class Job:
    """Carries what a running goal needs to end exactly once.

    Args:
        now: ROS time in seconds.
        steady: steady time in seconds.
        limit: seconds of ROS time.
        steady_limit: seconds of steady time (a paused or slow clock must not keep a goal for ever).
        cancel_asked: tells whether the client wants an end.
        feedback: called with a state and a number.
    """

    def __init__(
        self,
        now: Callable[[], float],
        steady: Callable[[], float],
        limit: float,
        steady_limit: float,
        cancel_asked: Callable[[], bool] = lambda: False,
        feedback: Callable[[str, float], None] = lambda state, value: None,
    ):
        self._now, self._steady = now, steady
        self._started, self._steady_started = now(), steady()
        self._limit, self._steady_limit = limit, steady_limit
        self._cancel_asked = cancel_asked
        self._feedback = feedback

    @property
    def elapsed(self) -> float:
        """Seconds of ROS time since the goal was accepted."""
        return self._now() - self._started

    def check(self) -> None:
        """Look at cancel request and limits.

        Raises:
            CancelRequested: the client asked for an end.
            MotionError: TIMEOUT.
        """
        if self._cancel_asked():
            raise CancelRequested
        if self.elapsed > self._limit:
            raise MotionError("TIMEOUT", f"not done after {self._limit:.0f} s of ROS time")
        waited = self._steady() - self._steady_started
        if waited > self._steady_limit:
            raise MotionError(
                "TIMEOUT",
                f"not done after {waited:.0f} s of steady time ({self.elapsed:.1f} s of ROS time passed); "
                "is the clock running?",
            )

    def tell(self, state: str = "", value: float = 0.0) -> None:
        """Send feedback."""
        self._feedback(state, value)
