# SPDX-License-Identifier: Apache-2.0
import pytest

pytest.importorskip("rclpy")

from agent_planner_sim.nodes.pacer import Pacer

pytestmark = pytest.mark.sim


def test_at_factor_two_a_simulated_second_takes_half_a_second():
    pacer = Pacer(2.0)
    assert pacer.wait(0.0, 100.0) == 0.0
    assert pacer.wait(1.0, 100.1) == pytest.approx(0.4)


def test_as_fast_as_possible_never_waits():
    assert Pacer(0.0).wait(100.0, 0.0) == 0.0


def test_a_short_delay_is_caught_up_and_a_long_one_given_up():
    pacer = Pacer(1.0)
    pacer.wait(0.0, 0.0)
    assert pacer.wait(0.1, 0.2) == 0.0
    assert pacer.wait(0.3, 0.25) == pytest.approx(0.05)
    assert pacer.wait(0.4, 5.0) == 0.0
    assert pacer.wait(0.5, 5.0) == pytest.approx(0.1)


def test_after_a_restart_the_pause_is_forgotten():
    pacer = Pacer(1.0)
    pacer.wait(0.0, 0.0)
    pacer.restart()
    assert pacer.wait(0.1, 60.0) == 0.0
    assert pacer.wait(0.2, 60.0) == pytest.approx(0.1)
