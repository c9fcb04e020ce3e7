# SPDX-License-Identifier: Apache-2.0
"""Who has the robot, and what changes it."""

import math

import pytest

from agent_planner.safety.teleop_hold import SERVICE, STICK, TeleopHold
from tests.clock import Clock


@pytest.fixture
def clock():
    return Clock(10.0)


@pytest.fixture
def hold(clock):
    return TeleopHold(0.0, clock)


def test_a_stick_that_moves_takes_over_and_one_at_rest_gives_nothing_back(hold, clock):
    assert not hold.command(moves=False) and not hold.active and hold.newest is None
    assert hold.command(moves=True) and hold.active
    assert (hold.newest.number, hold.newest.source, hold.newest.since) == (1, STICK, 10.0)
    assert not hold.command(moves=True)  # it is one already
    clock.now += 1000.0
    assert not hold.command(moves=False) and not hold.check()
    assert hold.active


def test_it_is_given_back_once(hold, clock):
    hold.take()
    assert hold.newest.source == SERVICE
    assert not hold.take()
    clock.now += 3.0
    assert hold.give_back() and not hold.active
    assert not hold.give_back()
    assert hold.newest.until == 13.0
    assert hold.command(moves=True) and hold.newest.number == 2


def test_silence_gives_back_what_the_stick_took_where_it_is_to(clock):
    hold = TeleopHold(2.0, clock)
    hold.command(moves=True)
    clock.now += 1.5
    hold.command(moves=False)  # the dead-man is held
    clock.now += 1.5
    assert not hold.check() and hold.active
    clock.now += 0.5
    assert hold.check() and not hold.active
    assert not hold.check()


@pytest.mark.parametrize("stick_first", [True, False])
def test_silence_does_not_give_back_what_was_taken_by_word(clock, stick_first):
    hold = TeleopHold(2.0, clock)
    if stick_first:
        hold.command(moves=True)
    hold.take()
    clock.now += 100.0
    assert not hold.check() and hold.active


def test_the_way_is_measured_while_a_person_has_the_robot(hold):
    hold.moved_to(5.0, 5.0)
    hold.take()
    for x, y in [(0.0, 0.0), (0.001, 0.0), (0.3, 0.4), (math.nan, 0.0), (0.3, 0.0)]:
        hold.moved_to(x, y)
    assert hold.newest.distance_m == pytest.approx(0.9)
    hold.give_back()
    hold.moved_to(9.0, 9.0)
    assert hold.newest.distance_m == pytest.approx(0.9)
    hold.take()
    assert hold.newest.distance_m == 0.0


def test_each_takeover_measures_its_own_way(hold):
    hold.take()
    hold.moved_to(0.0, 0.0)
    hold.give_back()
    hold.take()
    hold.moved_to(9.0, 9.0)
    hold.moved_to(9.3, 9.0)
    assert hold.newest.distance_m == pytest.approx(0.3)
