# SPDX-License-Identifier: Apache-2.0
"""Waits of tests, all of which end."""

import threading
import time

SECONDS = 20.0


def eventually(holds, seconds=SECONDS, every=0.02):
    """Whether it comes to hold in time."""
    pause, end = threading.Event(), time.monotonic() + seconds
    while not (held := holds()) and time.monotonic() < end:
        pause.wait(every)
    return bool(held)


def until(holds, process, seconds, told=lambda: None, every=0.02):
    """Wait for what a process brings about; fail, with what is ``told``, where it ends before or takes longer."""
    eventually(lambda: holds() or process.poll() is not None, seconds, every)
    assert holds(), told()
