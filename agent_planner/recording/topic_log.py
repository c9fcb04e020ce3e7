# SPDX-License-Identifier: Apache-2.0
"""Messages of topics on their way into an episode's MCAP file: a bounded queue, a thread, and limits.

Whoever brings messages is never held up. What does not get into the file is counted, and why is told at once and kept
with the episode: it is never silently incomplete.
"""

import threading
import time
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from agent_planner.recording.mcap_file import MCAP_NAME, Channel, McapFile
from agent_planner.recording.space import MB, Budget, Space

# What a killed process loses at most, of the time before its end.
_FLUSH_S = 1.0
_QUEUE_BYTES = 32 * MB
_LOOK_BYTES = MB
# Where a recording is thinned, each second of a topic keeps this: so many messages, and all within so long, in which
# each of several publishers that send ten times a second or more has its turn.
_THIN_NS, _THIN_COUNT, _THIN_ALL_NS = 1_000_000_000, 5, 100_000_000
# All is in the file; some messages were left out; it ended before the episode; it was not yet written at its end.
COMPLETE, THINNED, STOPPED, UNFINISHED = "complete", "thinned", "stopped", "unfinished"

Item = tuple[Channel, bytes, int]


@dataclass
class _Second:
    """One second of a topic, by its first message's time, and how many messages it has had."""

    began_ns: int
    messages: int = 0


class TopicLog:
    """One episode's recording. From half of its room on it is thinned; at its end, nothing more is taken.

    Of each second of a topic a thinned recording keeps the first five messages and all of its first 100 ms; of topics
    whose messages are sent only once (`Channel.lasting`) it keeps everything.

    Args:
        folder: the episode's, where the file is made.
        space: the limits.
        tell: is told, from the thread, what is wrong.
        open_file: for tests.
        queue_bytes: how much may wait to be written.
    """

    def __init__(
        self,
        folder: Path,
        space: Space,
        tell: Callable[[str], object],
        open_file: Callable[[Path], McapFile] = McapFile,
        queue_bytes: int = _QUEUE_BYTES,
    ):
        self._space = space
        self._tell = tell
        self._file = open_file(folder / MCAP_NAME)
        self._queue_bytes = queue_bytes
        self._changed = threading.Condition()
        self._queue: deque[Item] = deque()
        self._waiting = 0
        self._ending = False
        self._overflown = False
        self._thinning = False
        self._stopped = False
        self._left_out: Counter[str] = Counter()
        self._types: dict[str, str] = {}
        self._seconds: dict[str, _Second] = {}
        self._flush_at: float | None = None  # steady time; None where there is nothing to flush
        self._looked_at = 0
        self._size = 0
        self._budget = Budget(0, "")
        self.warnings: tuple[str, ...] = ()
        # A disk that hangs must not keep the process from ending.
        self._thread = threading.Thread(target=self._run, name="topic log", daemon=True)

    def start(self) -> None:
        """Begin the file, in the thread."""
        self._thread.start()

    def offer(self, channel: Channel, data: bytes, time_ns: int) -> None:
        """Take a message, or count it as left out; returns at once."""
        with self._changed:
            if self._ending:
                return
            if self._stopped:
                self._left_out[channel.topic] += 1
            elif self._waiting + len(data) > self._queue_bytes:
                self._left_out[channel.topic] += 1
                self._overflown = True
            else:
                self._queue.append((channel, data, time_ns))
                self._waiting += len(data)
                self._changed.notify()

    def stop(self, seconds: float) -> dict[str, Any]:
        """End the file when all that waits is in it; returns what the episode's record is to say of it.

        Args:
            seconds: how long to wait for that; it is told where it takes longer, and goes on in the thread.
        """
        with self._changed:
            self._ending = True
            self._changed.notify()
        self._thread.join(seconds)
        late = self._thread.is_alive()
        if late:
            self._warn(f"{self._file.path} was not written {seconds:g} s after the episode's end: the disk is too slow")
        with self._changed:
            return {
                "file": MCAP_NAME,
                "state": UNFINISHED if late else self._state,
                "bytes": self._size,
                "messages": dict(self._file.messages),
                "left_out": dict(self._left_out),
                "warnings": list(self.warnings),
            }

    @property
    def left_out(self) -> int:
        """How many messages are not in the file."""
        with self._changed:
            return self._left_out.total()

    @property
    def size(self) -> int:
        """Bytes in the file so far."""
        return self._size

    @property
    def _state(self) -> str:
        return STOPPED if self._stopped else THINNED if self._left_out else COMPLETE

    # --- in the thread

    def _run(self) -> None:
        try:
            if self._begin():
                while not self._is_over and self._step():
                    pass
                self._file.close()
                self._size = self._file.path.stat().st_size
        except Exception as error:  # noqa: BLE001 - a thread has nobody above it who would tell
            kind = "" if isinstance(error, OSError) else f"{type(error).__name__}: "
            self._stop(f"no more topics are recorded into {self._file.path}: {kind}{error}")
            self._file.abandon()

    def _begin(self) -> bool:
        """Make room and the file; False where there is none."""
        folder_mb = self._space.folder_bytes // MB
        for path in self._space.make_room(self._file.path):
            self._warn(f"{path} was deleted to make room (record_keep is false, record_limit_mb {folder_mb})")
        self._budget = self._space.budget()
        if self._budget.bytes <= 0:
            self._stop(f"no topics are recorded into {self._file.path}: there is no room; {self._budget.limit}")
            return False
        self._file.open()
        return True

    @property
    def _is_over(self) -> bool:
        with self._changed:
            return self._ending and not self._queue

    def _step(self) -> bool:
        """Write what comes next, and flush once a second; False where nothing can be written any more."""
        item = self._next()
        if item is not None and not self._write(item):
            return False
        if self._flush_at is not None and time.monotonic() >= self._flush_at:
            self._file.flush()
            self._size = self._file.size
            self._flush_at = None
        return True

    def _next(self) -> Item | None:
        """Wait for a message; None at the end, or where it is time to flush."""
        left_s = None if self._flush_at is None else max(0.0, self._flush_at - time.monotonic())
        with self._changed:
            self._changed.wait_for(lambda: self._queue or self._ending, left_s)
            overflown, self._overflown = self._overflown, False
            item = self._queue.popleft() if self._queue else None
            self._waiting -= len(item[1]) if item else 0
        if overflown:
            self._warn(f"messages are left out of {self._file.path}: the disk is slower than the topics")
        return item

    def _write(self, item: Item) -> bool:
        """Write a message if there is room; False where nothing can be written any more."""
        channel, data, time_ns = item
        if not self._is_of_its_type(channel) or (
            self._thinning and not (channel.lasting or self._is_kept(channel.topic, time_ns))
        ):
            with self._changed:
                self._left_out[channel.topic] += 1
            return True
        self._file.add(channel, data, time_ns)
        if self._flush_at is None:
            self._flush_at = time.monotonic() + _FLUSH_S
        self._size = self._file.size
        return self._has_room()

    def _is_of_its_type(self, channel: Channel) -> bool:
        """Whether it is of the type that its topic had first: a bag is read and played with one type a topic."""
        first = self._types.setdefault(channel.topic, channel.type)
        if channel.type != first:
            self._warn(
                f"messages of {channel.topic} are left out of {self._file.path}: they are {channel.type} now, and were "
                f"{first} first; a bag has one type a topic"
            )
        return channel.type == first

    def _is_kept(self, topic: str, time_ns: int) -> bool:
        """Whether a thinned recording has this one."""
        second = self._seconds.get(topic)
        if second is None or not 0 <= time_ns - second.began_ns < _THIN_NS:  # a clock may have been set back
            second = self._seconds[topic] = _Second(time_ns)
        second.messages += 1
        return second.messages <= _THIN_COUNT or time_ns - second.began_ns < _THIN_ALL_NS

    def _has_room(self) -> bool:
        what = f"topics into {self._file.path}"
        if self._size >= self._budget.bytes:
            self._stop(f"the recording of {what} was stopped: it is full; {self._budget.limit}")
        elif self._size - self._looked_at >= _LOOK_BYTES:
            self._looked_at = self._size
            if self._space.disk_is_full:
                self._stop(f"the recording of {what} was stopped: the disk is nearly full")
        if not self._stopped and not self._thinning and 2 * self._size >= self._budget.bytes:
            self._thinning = True
            self._warn(
                f"the recording of {what} is thinned to the first {_THIN_COUNT} messages, or "
                f"{_THIN_ALL_NS // 10**6} ms, of each second of a topic: half of its room is used; {self._budget.limit}"
            )
        return not self._stopped

    def _stop(self, why: str) -> None:
        with self._changed:
            self._stopped = True
            for channel, *_ in self._queue:
                self._left_out[channel.topic] += 1
            self._queue.clear()
        self._warn(why)

    def _warn(self, text: str) -> None:
        if text not in self.warnings:
            self.warnings += (text,)
            self._tell(text)
