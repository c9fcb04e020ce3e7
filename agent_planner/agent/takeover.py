# SPDX-License-Identifier: Apache-2.0
"""A person takes the robot from a running episode and gives it back: the planner's side of it, without ROS."""

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from agent_planner.scene import SceneGraph
from agent_planner.types import ResultStatus, SkillResult

# The code of a call that a person's takeover ended.
TAKEOVER = "TAKEOVER"
# What is answered to "take over, retry or give up?"
TAKE_OVER, RETRY, GIVE_UP = "take over", "retry", "give up"
# The source of a takeover that the planner itself asked for.
ASKED = "asked"
_TICK_S = 0.05


@dataclass(frozen=True)
class HumanTurn:
    """What a person did while they had the robot.

    Attributes:
        after: how many calls had gone to the robot before.
        source: what the takeover began with: stick, service, autonomy, asked.
        seconds: how long it was, steady time.
        distance_m: how far they drove, metres.
        changed: a line for each entity that came, went, or is elsewhere or in another state than before.
    """

    after: int
    source: str
    seconds: float
    distance_m: float
    changed: Sequence[str] = ()

    @property
    def text(self) -> str:
        """What they did with the robot, for the model and for a person."""
        drove = f" and drove {self.distance_m:.1f} m" if self.distance_m >= 0.05 else ""
        return f"a person took over{drove}"

    @property
    def result(self) -> SkillResult:
        """The same as the end of what the robot was doing; in training calls end ok, refused or failed."""
        return SkillResult(ResultStatus.FAILED, TAKEOVER, self.text)


@dataclass(frozen=True)
class Handed:
    """The robot, given back: one takeover, or several without a turn of the planner in between."""

    source: str
    seconds: float
    distance_m: float


def merged(parts: Sequence[Handed]) -> Handed:
    """Several of them as one, with the source of the first."""
    return Handed(parts[0].source, sum(p.seconds for p in parts), sum(p.distance_m for p in parts))


class TookOver(Exception):
    """News, no error: thrown into the loop once the robot is given back.

    Attributes:
        handed: what is known of the takeover.
        scene: observed after it; None where none came in time.
        paused_s: how long the episode stood still, seconds of its own clock.
    """

    def __init__(self, handed: Handed, scene: SceneGraph | None, paused_s: float):
        super().__init__(f"taken over by a person ({handed.source})")
        self.handed = handed
        self.scene = scene
        self.paused_s = paused_s


class Whenever(threading.Event):
    """An event that is set while a condition holds; for those who are handed one to look at."""

    def __init__(self, condition: Callable[[], bool]):
        super().__init__()
        self._condition = condition

    def is_set(self) -> bool:
        """Whether the condition holds."""
        return self._condition()

    def wait(self, timeout: float | None = None) -> bool:
        """Wait until it does, looking 20 times a second."""
        end = None if timeout is None else time.monotonic() + timeout
        while not self._condition():
            left = _TICK_S if end is None else min(_TICK_S, end - time.monotonic())
            if left <= 0:
                return False
            super().wait(left)
        return True


class Takeovers:
    """Whether a person has the robot, and whether the running episode has yet to be told of it.

    ========= ================================ =========
    from      what happens                     to
    ========= ================================ =========
    free      `begin`                          taken
    taken     `end`                            returned
    returned  `begin`                          taken
    returned  `handed`: the episode goes on    free
    returned  `forget`: a new one begins       free
    ========= ================================ =========

    `begin` and `end` may be called from any thread and return at once.

    Args:
        on_begin: called at the end of each `begin`, in its thread, to end what the robot is doing.
        on_ask: called where the episode itself wants a person to take over; has to lead to `begin`.
        clock: steady time in seconds.
    """

    def __init__(
        self,
        on_begin: Callable[[], None] = lambda: None,
        on_ask: Callable[[], None] | None = None,
        clock: Callable[[], float] = time.monotonic,
    ):
        self._on_begin = on_begin
        self._on_ask = on_ask or (lambda: self.begin(ASKED))
        self._clock = clock
        self._changed = threading.Condition()
        self._source = ""
        self._began: float | None = None
        self._returned: list[Handed] = []

    @property
    def active(self) -> bool:
        """Whether a person has the robot now."""
        return self._began is not None

    @property
    def source(self) -> str:
        """What the present takeover began with; empty where there is none."""
        return self._source if self.active else ""

    @property
    def pending(self) -> bool:
        """Whether the episode must not go on as if nothing had happened: taken, or returned."""
        return self._began is not None or bool(self._returned)

    def begin(self, source: str) -> None:
        """A person has the robot from now on."""
        with self._changed:
            if self._began is None:
                self._source, self._began = source, self._clock()
        self._on_begin()

    def end(self, distance_m: float = 0.0) -> bool:
        """They have given it back; False where nobody had it."""
        with self._changed:
            if self._began is None:
                return False
            self._returned.append(Handed(self._source, self._clock() - self._began, distance_m))
            self._began = None
            self._changed.notify_all()
            return True

    def ask(self) -> None:
        """Hand the robot over to a person."""
        self._on_ask()

    def forget(self) -> None:
        """A new episode begins: what was given back before it does not concern it."""
        with self._changed:
            self._returned.clear()

    def handed(self, cancel: threading.Event) -> Handed | None:
        """Wait, as long as it takes, until the robot is given back; None once ``cancel`` is set."""
        with self._changed:
            while self._began is not None or not self._returned:
                if cancel.is_set():
                    return None
                self._changed.wait(_TICK_S)
            parts, self._returned = self._returned, []
        return merged(parts)

    def interrupt(self, cancel: threading.Event) -> threading.Event:
        """An event that ends a wait or a model's turn: the episode is cancelled, or has to pause."""
        return Whenever(lambda: cancel.is_set() or self.pending)
