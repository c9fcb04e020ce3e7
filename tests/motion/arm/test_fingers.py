# SPDX-License-Identifier: Apache-2.0
import numpy as np
import pytest

from agent_planner_motion.arm.fingers import Fingers


def test_two_sliding_fingers_add_up_to_the_opening():
    fingers = Fingers(("left", "right"), widest=0.08, open=0.04)
    assert fingers.position(0.06) == pytest.approx(0.03)
    assert fingers.opening(np.array([0.01, 0.02])) == pytest.approx(0.03)
    assert fingers.opening_speed(np.array([0.1, 0.1])) == pytest.approx(0.2)


def test_one_joint_may_turn_the_other_way():
    fingers = Fingers(("knuckle",), widest=0.085, open=0.0, closed=0.8)
    assert fingers.position(0.085) == pytest.approx(0.0)
    assert fingers.position(0.0) == pytest.approx(0.8)
    assert fingers.opening(np.array([0.4])) == pytest.approx(0.0425)
    assert fingers.opening_speed(np.array([0.8])) == pytest.approx(-0.085)


@pytest.mark.parametrize("opening", [0.0, 0.013, 0.085])
def test_a_position_is_read_back_as_its_opening(opening):
    fingers = Fingers(("a", "b"), widest=0.085, open=-0.3, closed=0.7)
    assert fingers.opening(np.full(2, fingers.position(opening))) == pytest.approx(opening)
