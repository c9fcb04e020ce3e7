# SPDX-License-Identifier: Apache-2.0
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent_planner.perception.rigid import apply, blend, inverse, pose_of, quaternion, transform, upright

numbers = st.floats(-1, 1)


@given(st.tuples(numbers, numbers, numbers, numbers).filter(lambda q: np.linalg.norm(q) > 0.1))
def test_a_quaternion_comes_back(quat):
    unit = np.array(quat) / np.linalg.norm(quat)
    again = np.array(quaternion(transform((1, 2, 3), quat)))
    assert abs(unit @ again) == pytest.approx(1.0, abs=1e-9)
    assert again[3] >= 0


def test_the_inverse_leads_back():
    pose = transform((1, 2, 3), (0.1, 0.2, 0.3, 0.9))
    assert np.allclose(pose @ inverse(pose), np.eye(4))
    points = np.random.default_rng(0).normal(size=(5, 3))
    assert np.allclose(apply(inverse(pose), apply(pose, points)), points)


def test_half_the_way_is_half_the_turn_the_shorter_way_round():
    middle = blend(upright(0, 0, 0, 3.0), upright(2, 0, 0, -3.0), 0.5)
    assert abs(pose_of(middle).yaw) == pytest.approx(math.pi)
    assert pose_of(middle).x == pytest.approx(1.0)
    assert np.allclose(blend(middle, middle, 0.3), middle)


@pytest.mark.parametrize("quat", [(0, 0, 0, 0), (math.nan, 0, 0, 1)])
def test_what_is_no_rotation_is_refused(quat):
    with pytest.raises(ValueError, match="is no rotation"):
        transform((0, 0, 0), quat)
