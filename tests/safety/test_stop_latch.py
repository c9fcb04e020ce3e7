# SPDX-License-Identifier: Apache-2.0
"""What closes the latch, and who may open it."""

from agent_planner.safety.stop_latch import StopLatch


def test_it_is_open_until_it_is_closed_and_closed_until_it_is_opened():
    latch = StopLatch(lambda: 7.0)
    assert not latch.active and latch.stop is None
    stop = latch.close("the button")
    assert latch.active
    assert (stop.number, stop.since, stop.reason) == (1, 7.0, "the button")
    assert latch.open(stop)
    assert not latch.active
    assert latch.close("again").number == 2


def test_further_reasons_are_added_once_and_do_not_begin_a_new_stop():
    latch = StopLatch(lambda: 0.0)
    latch.close("the button")
    latch.close("the planner")
    stop = latch.close("the button")
    assert (stop.number, stop.reason) == (1, "the button; the planner")
    for number in range(100):
        stop = latch.close(f"reason {number}")
    assert len(stop.reasons) == 8


def test_a_reason_that_comes_when_there_are_many_is_noted_too():
    latch = StopLatch(lambda: 0.0)
    for number in range(20):
        seen = latch.close(f"reason {number}")
    stop = latch.close("a person")
    assert stop.reasons[0] == "reason 0" and stop.reasons[-1] == "a person" and len(stop.reasons) == 8
    assert not latch.open(seen)


def test_who_has_not_seen_the_newest_reason_cannot_open_it():
    latch = StopLatch(lambda: 0.0)
    seen = latch.close("the button")
    latch.close("the planner")
    assert not latch.open(seen)
    assert latch.active
