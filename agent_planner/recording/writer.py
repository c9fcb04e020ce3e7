# SPDX-License-Identifier: Apache-2.0
"""Writes to a disk, in order and in a thread, for somebody whom a slow disk must not hold up."""

import threading
from collections import deque
from collections.abc import Callable


class Writer:
    """Takes work and does it, one piece after the other; the thread lives only while there is some.

    What goes wrong ends it: the error is raised by the next `do` or `wait`, in the thread of whoever calls that.
    """

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._queue: deque[Callable[[], object]] = deque()
        self._writing = False
        self._error: Exception | None = None

    def do(self, work: Callable[[], object]) -> None:
        """Have it done after all that was handed over before; returns at once."""
        with self._changed:
            if self._error is not None:
                raise self._error
            self._queue.append(work)
            if not self._writing:
                self._writing = True
                # A disk that hangs must not keep the process from ending.
                threading.Thread(target=self._run, name="writer", daemon=True).start()

    def wait(self, seconds: float) -> None:
        """Wait until all is done.

        Raises:
            TimeoutError: that took longer; it goes on.
        """
        with self._changed:
            if not self._changed.wait_for(lambda: not self._writing, seconds):
                raise TimeoutError(f"the disk is too slow: not written after {seconds:g} s")
            if self._error is not None:
                raise self._error

    def _run(self) -> None:
        while (work := self._next()) is not None:
            try:
                work()
            except Exception as error:  # noqa: BLE001 - it is raised where somebody can tell it
                with self._changed:
                    self._error = error
                    self._queue.clear()

    def _next(self) -> Callable[[], object] | None:
        with self._changed:
            if self._queue:
                return self._queue.popleft()
            self._writing = False
            self._changed.notify_all()
            return None
