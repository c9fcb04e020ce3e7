# SPDX-License-Identifier: Apache-2.0
"""How long to wait before a request is sent again."""

import random
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime


class Backoff:
    """Waits that double, each drawn between half and whole so that clients do not return in step.

    Args:
        first: seconds before the first repetition.
        longest: no wait is longer, whatever the server asks for.
        random_source: where the draw comes from.
    """

    def __init__(self, first: float = 0.5, longest: float = 30.0, random_source: random.Random | None = None):
        self._first = first
        self._longest = longest
        self._random = random_source or random.Random()

    def seconds(self, repetition: int, retry_after: str | None = None) -> float:
        """The wait before repetition 0, 1, …; the server's own ``Retry-After`` counts where it is longer."""
        drawn = self._first * 2**repetition * self._random.uniform(0.5, 1.0)
        return min(self._longest, max(drawn, _asked(retry_after)))


def _asked(retry_after: str | None) -> float:
    """Seconds in a Retry-After header, which holds a number or a date; 0 where it says nothing usable."""
    if not retry_after:
        return 0.0
    try:
        return max(0.0, float(retry_after))
    except ValueError:
        pass
    try:
        when = parsedate_to_datetime(retry_after)
    except ValueError:
        return 0.0
    return max(0.0, ((when if when.tzinfo else when.replace(tzinfo=UTC)) - datetime.now(UTC)).total_seconds())
