# SPDX-License-Identifier: Apache-2.0
import math

import pytest

from agent_planner.safety.velocity import ZERO, Limits, Velocity, VelocityMultiplexer
from tests.clock import Clock


@pytest.fixture
def clock():
    return Clock(100.0)


@pytest.fixture
def multiplexer(clock):
    return VelocityMultiplexer(("stop", "teleop", "skills"), Limits(0.5, 1.0), 0.5, clock)


def test_nothing_said_means_zero(multiplexer):
    assert multiplexer.output() == (ZERO, "")


def test_the_highest_input_wins_whatever_came_last(multiplexer):
    multiplexer.put("teleop", Velocity(0.1))
    multiplexer.put("skills", Velocity(0.4))
    assert multiplexer.output() == (Velocity(0.1), "teleop")
    multiplexer.put("stop", ZERO)
    assert multiplexer.output() == (ZERO, "stop")


def test_a_silent_input_gives_way_and_in_the_end_all_stand(multiplexer, clock):
    multiplexer.put("teleop", Velocity(0.1))
    clock.now += 0.3
    multiplexer.put("skills", Velocity(0.4))
    clock.now += 0.2
    assert multiplexer.output() == (Velocity(0.4), "skills")
    clock.now += 0.3
    assert multiplexer.output() == (ZERO, "")


def test_an_input_that_is_withdrawn_gives_way_at_once(multiplexer):
    multiplexer.put("teleop", Velocity(0.1))
    multiplexer.put("skills", Velocity(0.4))
    multiplexer.withdraw("teleop")
    multiplexer.withdraw("stop")  # it said nothing
    assert multiplexer.output() == (Velocity(0.4), "skills")


def test_limits_clamp_and_keep_the_direction(multiplexer):
    multiplexer.put("skills", Velocity(3.0, 4.0, -9.0))
    velocity, _ = multiplexer.output()
    assert velocity == pytest.approx((0.3, 0.4, -1.0))


@pytest.mark.parametrize("bad", [math.nan, math.inf])
def test_what_is_no_number_stops(multiplexer, bad):
    multiplexer.put("skills", Velocity(0.4))
    multiplexer.put("teleop", Velocity(0.1, 0.0, bad))
    assert multiplexer.output() == (ZERO, "teleop")


def test_an_unknown_input_is_refused(multiplexer):
    with pytest.raises(KeyError, match="known: stop, teleop, skills"):
        multiplexer.put("joystick", ZERO)
