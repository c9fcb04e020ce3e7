# SPDX-License-Identifier: Apache-2.0
"""For all tests."""

import gc
import signal

import pytest

# A shell that runs this in the background ignores SIGINT, nohup SIGHUP, and so would every process that tests start.
signal.signal(signal.SIGINT, signal.default_int_handler)
signal.signal(signal.SIGHUP, signal.SIG_DFL)


def pytest_collection_modifyitems(items):
    """What works in real time may fail beside other work of the machine: it gets a second chance, and is listed."""
    for item in items:
        if item.get_closest_marker("ros") or item.get_closest_marker("live"):
            item.add_marker(pytest.mark.flaky(reruns=1))


@pytest.fixture(scope="module", autouse=True)
def left_by_others():
    """Collecting garbage stops every thread: it need not go through all that tests consist of and leave."""
    gc.collect()
    gc.freeze()
