# SPDX-License-Identifier: Apache-2.0
"""Ctrl-C, SIGTERM and SIGHUP end a command by an exception: everything it started is stopped on the way out."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Terminated(BaseException):
    """SIGTERM or SIGHUP came."""

    def __init__(self, number: int):
        super().__init__(number)
        self.number = number


def _terminated(number: int, frame: FrameType | None) -> None:
    raise Terminated(number)


def raise_on_termination() -> None:
    """Let SIGINT raise KeyboardInterrupt, SIGTERM and SIGHUP `Terminated`, in the main thread.

    A script starts its background jobs (`agent-planner run &`) with SIGINT ignored, and Python leaves it so: here it
    is taken back. An ignored SIGHUP stays ignored, since that is what `nohup` is for.
    """
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, _terminated)
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
        signal.signal(signal.SIGHUP, _terminated)


@contextmanager
def deferred() -> Iterator[None]:
    """Let signals wait until the block is done, which must be bounded: what is half started or stopped is an orphan.

    They take effect at its end.
    """
    came: list[int] = []
    before = {number: signal.signal(number, lambda number, _: came.append(number)) for number in ENDING}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        for number in dict.fromkeys(came):
            signal.raise_signal(number)
