# SPDX-License-Identifier: Apache-2.0
"""Waiting for what no callback tells of."""

import threading

SECONDS = 20.0


def eventually(holds, seconds=SECONDS):
    """Whether it comes to hold in time."""
    pause = threading.Event()
    for _ in range(int(seconds / 0.02)):
        if holds():
            return True
        pause.wait(0.02)
    return holds()
