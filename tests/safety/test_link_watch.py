# SPDX-License-Identifier: Apache-2.0
"""When somebody who was heard of counts as lost."""

import pytest

from agent_planner.safety.link_watch import Link, LinkWatch
from tests.clock import Clock


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def link(clock):
    return LinkWatch(1.0, clock)


def test_who_was_never_heard_of_is_not_lost(link, clock):
    clock.now = 100.0
    assert not link.check()
    assert link.state is Link.UNSEEN and not link.silent(0.5)


def test_silence_is_told_once(link, clock):
    link.beat("a")
    clock.now = 0.9
    assert not link.check() and link.silent(0.5) and not link.silent(1.0)
    clock.now = 1.0
    assert link.check() and not link.check()
    assert link.state is Link.LOST and link.silent(5.0)
    link.beat("a")
    assert link.state is Link.ALIVE and not link.silent(0.5) and not link.check()


def test_a_farewell_is_no_alarm(link, clock):
    link.beat("a")
    assert link.who == "a"
    link.leave()
    clock.now = 100.0
    assert not link.check() and not link.silent(0.1)
    assert (link.state, link.who) == (Link.LEFT, "")


def test_only_who_was_heard_a_moment_ago_counts_as_heard(link, clock):
    assert not link.heard(0.5), "nothing came yet"
    link.beat("a")
    assert link.heard(0.5)
    clock.now += 0.5
    assert not link.heard(0.5)
    link.beat("a")
    link.leave()
    assert not link.heard(0.5)


def test_who_vanishes_is_lost_before_the_time_is_up_unless_a_farewell_comes(link):
    link.beat("a")
    link.vanish()
    assert not link.check()  # a farewell may still be on its way
    assert link.check()
    link.beat("a")
    link.vanish()
    assert not link.check()
    link.leave()
    assert not link.check() and not link.check()


def test_another_one_in_its_place_means_that_the_former_was_lost(link):
    link.beat("a")
    link.beat("b")
    assert link.check() and not link.check()
    assert link.state is Link.ALIVE
    link.leave()
    link.beat("c")
    assert not link.check()


def test_who_is_heard_again_before_anybody_was_told_is_not_lost(link):
    link.beat("a")
    link.vanish()
    link.beat("a")
    assert not link.check() and link.state is Link.ALIVE
