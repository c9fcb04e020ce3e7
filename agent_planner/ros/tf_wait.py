# SPDX-License-Identifier: Apache-2.0
"""Messages that came before the transforms of their time."""

from collections.abc import Callable, Iterator
from typing import Generic, TypeVar

Item = TypeVar("Item")
Found = TypeVar("Found")


class TfWait(Generic[Item]):
    """Keeps a message until its transforms are there or its time is over, and the newest that came meanwhile.

    If each newer message took the place of the one that waits, none would ever be used where tf is slower than they.

    Args:
        longest_s: how long one waits, seconds of the clock that stamps it.
    """

    def __init__(self, longest_s: float):
        self._longest_s = longest_s
        self._first: tuple[float, Item] | None = None
        self._next: tuple[float, Item] | None = None

    @property
    def stamp(self) -> float | None:
        """Of the message that waits; None where none does."""
        return self._first[0] if self._first is not None else None

    def put(self, stamp: float, item: Item) -> None:
        """Let a message wait."""
        # A clock that went back: what waits is of another time.
        if self._first is None or stamp < self._first[0]:
            self._first, self._next = (stamp, item), None
        else:
            self._next = stamp, item

    def take(self, now: float, find: Callable[[Item], Found | None]) -> Iterator[tuple[Item, Found | None]]:
        """Hand out what waits no longer, with what was found for it; with None where its time is over."""
        while self._first is not None:
            stamp, item = self._first
            found = find(item)
            if found is None and now - stamp <= self._longest_s:
                return
            self._first, self._next = self._next, None
            yield item, found

    def clear(self) -> None:
        """Forget what waits."""
        self._first = self._next = None
