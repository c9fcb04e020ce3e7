# SPDX-License-Identifier: Apache-2.0
"""Work that is done later, in order, and told where it fails."""

import threading

import pytest

from agent_planner.recording.writer import Writer
from tests.waits import SECONDS


def test_all_is_done_in_order_while_nobody_waits():
    writer, let_go, done = Writer(), threading.Event(), []
    writer.do(lambda: let_go.wait(SECONDS))
    for number in range(3):
        writer.do(lambda number=number: done.append(number))
    with pytest.raises(TimeoutError, match="the disk is too slow: not written after 0 s"):
        writer.wait(0.0)
    assert done == []
    let_go.set()
    writer.wait(SECONDS)
    assert done == [0, 1, 2]
    # Its thread has ended; more work begins another.
    writer.do(lambda: done.append(3))
    writer.wait(SECONDS)
    assert done == [0, 1, 2, 3]


def test_what_fails_is_raised_by_whoever_comes_next_and_ends_it():
    def fail():
        raise OSError("no space left")

    writer, let_go, done = Writer(), threading.Event(), []
    writer.do(lambda: let_go.wait(SECONDS))
    writer.do(fail)
    writer.do(lambda: done.append(1))
    let_go.set()
    with pytest.raises(OSError, match="no space left"):
        writer.wait(SECONDS)
    with pytest.raises(OSError, match="no space left"):
        writer.do(lambda: done.append(2))
    assert done == []


def test_nothing_to_do_is_done():
    Writer().wait(0.0)
