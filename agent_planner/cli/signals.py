# SPDX-License-Identifier: Apache-2.0
"""Ctrl-C, SIGTERM and SIGHUP end a command by an exception: everything it started is stopped on the way out."""

import _thread
import os
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_AGAIN_S = 0.05


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
    is taken back. An ignored SIGHUP stays ignored, since that is what `nohup` is for. Where Python discards what is
    raised (in a destructor, or in what it calls before a fork), the signal comes once more a moment later.
    """
    sys.unraisablehook = _unraisable
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, _terminated)
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
        signal.signal(signal.SIGHUP, _terminated)


def _unraisable(what: "sys.UnraisableHookArgs") -> None:
    error = what.exc_value
    if isinstance(error, KeyboardInterrupt):
        number = signal.SIGINT
    elif isinstance(error, Terminated):
        number = error.number
    else:
        sys.__unraisablehook__(what)
        return
    # Not `threading.Timer`: this may stand within `threading`, which then holds its lock.
    _thread.start_new_thread(_send_again, (number,))


def _send_again(number: int) -> None:
    time.sleep(_AGAIN_S)
    os.kill(os.getpid(), number)


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
