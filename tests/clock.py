# SPDX-License-Identifier: Apache-2.0
"""Time that a test moves by hand."""


class Clock:
    """Gives ``now``, in seconds."""

    def __init__(self, now: float = 0.0):
        self.now = now

    def __call__(self) -> float:
        return self.now
