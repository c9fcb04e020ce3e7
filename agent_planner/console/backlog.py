# SPDX-License-Identifier: Apache-2.0
"""What is waiting to be told: the newest of each topic, and of what must not be left out everything, up to a bound."""

from typing import Any

# Each of these counts; of every other topic the newest does.
KEPT = frozenset({"event", "result", "reply"})
LIMIT = 500


class Backlog:
    """Not for several threads.

    Attributes:
        full: more was to be kept than may be; it was left out.
    """

    def __init__(self, limit: int = LIMIT):
        self._limit = limit
        self._newest: dict[str, Any] = {}
        self._kept: list[tuple[str, Any]] = []
        self.full = False

    def __bool__(self) -> bool:
        return bool(self._newest or self._kept)

    def put(self, topic: str, data: Any) -> None:
        """Add something."""
        if topic not in KEPT:
            self._newest[topic] = data
        elif len(self._kept) < self._limit:
            self._kept.append((topic, data))
        else:
            self.full = True

    def take(self) -> list[tuple[str, Any]]:
        """All of it, and nothing is left."""
        told = [*self._newest.items(), *self._kept]
        self._newest, self._kept = {}, []
        return told
