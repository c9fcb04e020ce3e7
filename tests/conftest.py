# SPDX-License-Identifier: Apache-2.0
"""For all tests."""

import gc
import signal

import pytest

# A shell that runs this in the background ignores SIGINT, nohup SIGHUP, and so would every process that tests start.
signal.signal(signal.SIGINT, signal.default_int_handler)
signal.signal(signal.SIGHUP, signal.SIG_DFL)


_COMPUTING = (
    "tests/agent/test_injections",
    "tests/cli/test_tune_",
    "tests/docs/test_tuning",
    "tests/llm/",
    "tests/tuning/",
)


def pytest_addoption(parser):
    parser.addoption("--thorough", action="store_true", help="also what is marked thorough")


def pytest_collection_modifyitems(config, items):
    """Mark what computes, which `make test` runs in the idle time of the rest; leave the thorough for who asks for it.

    What works in real time may fail beside other work of the machine: it gets a second chance, and is listed.
    """
    for item in items:
        marks = {mark.name for mark in item.iter_markers()}
        if "thorough" in marks and not config.getoption("thorough"):
            item.add_marker(pytest.mark.skip(reason="more of the same; --thorough runs it"))
        if marks & {"ros", "live"}:
            item.add_marker(pytest.mark.flaky(reruns=1))
        if item.path.relative_to(config.rootpath).as_posix().startswith(_COMPUTING) and not marks & {"ros", "sim"}:
            item.add_marker(pytest.mark.computing)


@pytest.fixture(scope="module", autouse=True)
def left_by_others():
    """Collecting garbage stops every thread: it need not go through all that tests consist of and leave."""
    gc.collect()
    gc.freeze()
