# SPDX-License-Identifier: Apache-2.0
"""Ctrl-C and SIGTERM end a command by an exception, so that everything it started is stopped on the way out."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


class Terminated(BaseException):
    """SIGTERM or SIGHUP came."""

    def __init__(self, number: int):
        super().__init__(number)
        self.number = number


def _terminated(number: int, frame: FrameType | None) -> None:
    raise Terminated(number)


def raise_on_termination() -> None:
    """Let SIGTERM and SIGHUP raise `Terminated` in the main thread, as SIGINT raises KeyboardInterrupt."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _terminated)


@contextmanager
def deferred() -> Iterator[None]:
    """Let signals wait while things are stopped, which takes bounded time: a second Ctrl-C must leave no orphan."""
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = [signal.signal(number, signal.SIG_IGN) for number in numbers]
    try:
        yield
    finally:
        for number, handler in zip(numbers, before, strict=True):
            signal.signal(number, handler)
