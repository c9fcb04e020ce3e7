# SPDX-License-Identifier: Apache-2.0
import threading
import time

from agent_planner.ros import waiting
from agent_planner.ros.waiting import Changes, Deadline


def test_a_change_is_seen_at_once(monkeypatch):
    monkeypatch.setattr(waiting, "_TICK_S", 60.0)
    changes, state = Changes(), []

    def change():
        with changes:
            state.append(time.monotonic())

    threading.Timer(0.1, change).start()
    assert changes.wait(lambda: bool(state), Deadline(5.0))
    assert time.monotonic() - state[0] < 5.0


def test_the_deadline_counts_on_its_clock():
    now = [0.0]
    deadline = Deadline(10.0, lambda: now[0])
    assert not deadline.passed
    now[0] = 10.0
    assert deadline.passed


def test_a_clock_that_stands_still_is_capped():
    began = time.monotonic()
    assert not Changes().wait(lambda: False, Deadline(10.0, lambda: 0.0, cap=0.2))
    assert 0.2 <= time.monotonic() - began < 5.0
