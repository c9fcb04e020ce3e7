# SPDX-License-Identifier: Apache-2.0
import numpy as np
import pytest
from hypothesis import example
from hypothesis import strategies as st

from agent_planner_motion.arm.trajectory import STEP, Limits, densify, rounded, time_path
from tests.motion.properties import given

# A slow lift and two joints, like the arm's.
LIMITS = Limits(np.array([0.22, 1.4, 2.2]), np.array([0.9, 4.5, 4.5]))
POINT = st.tuples(st.floats(0.0, 0.4), st.floats(-2.5, 2.5), st.floats(-2.5, 2.5))
CORNERS = st.lists(POINT, min_size=2, max_size=5).map(np.array)
THERE_AND_BACK = np.array([[0.0, 0.0, 0.0], [0.3, 0.0, 0.0], [0.0, 0.0, 0.0]])
HAIR = np.array([[0.1, 0.0, 0.0], [0.1, 1e-5, 0.0]])
# Corners so near to each other that the averaging takes several at once.
ZIGZAG = np.array(
    [
        (-0.0333, 0.036, -0.0131),
        (-0.0535, 0.0591, -0.0282),
        (-0.0511, 0.0596, -0.0191),
        (0.0177, 0.0505, 0.0142),
        (0.0125, -0.0095, 0.0284),
        (-0.0212, 0.001, 0.008),
        (-0.0404, -0.0611, 0.0123),
        (-0.0233, -0.0649, 0.0444),
    ]
)
KINKS = np.array([[0.1, 0.0, 0.0], [0.12, 0.0, 0.02], [0.1, 0.02, 0.02], [0.12, 0.02, 0.0]])


@given(CORNERS, st.booleans())
@example(THERE_AND_BACK, False)
@example(HAIR, False)
@example(ZIGZAG, False)
@example(KINKS, False)
@example(KINKS, True)
def test_limits_are_kept_and_both_ends_are_at_rest(corners, curved):
    path = rounded(densify(corners)) if curved else densify(corners)
    trajectory = time_path(path, LIMITS)
    assert np.diff(trajectory.times) == pytest.approx(STEP)
    assert trajectory.positions[0] == pytest.approx(path[0], abs=1e-6)
    assert trajectory.positions[-1] == pytest.approx(path[-1], abs=1e-6)
    assert (trajectory.velocities[[0, -1]] == 0.0).all()
    rates = np.diff(trajectory.positions, axis=0) / STEP
    assert (np.abs(rates) <= LIMITS.velocity * 1.001).all()
    assert (np.abs(trajectory.velocities) <= LIMITS.velocity * 1.001).all()
    # From rest and to rest: the first and the last step count as changes too.
    changes = np.diff(rates, axis=0, prepend=0.0, append=0.0) / STEP
    assert (np.abs(changes) <= LIMITS.acceleration * 1.001).all()


@given(CORNERS)
def test_the_motion_stays_near_its_path_and_within_its_span(corners):
    path = rounded(densify(corners))
    positions = time_path(path, LIMITS).positions
    apart = np.linalg.norm(positions[:, None] - path[None], axis=2).min(axis=1)
    assert apart.max() < 0.12
    assert (positions >= path.min(axis=0) - 1e-9).all()
    assert (positions <= path.max(axis=0) + 1e-9).all()


def test_a_long_straight_motion_is_about_as_fast_as_the_limits_allow():
    trajectory = time_path(densify(np.array([[0.1, -2.0, 0.0], [0.1, 2.0, 0.0]])), LIMITS)
    fastest = 4.0 / 1.4 + 1.4 / 4.5
    # Half of the acceleration is kept for bends, and the averaging takes its own time.
    assert fastest < trajectory.duration < fastest + 0.31 + 0.3


def test_scaled_limits_make_a_slower_motion():
    path = densify(np.array([[0.1, -1.0, 0.0], [0.1, 1.0, 1.0]]))
    assert time_path(path, LIMITS.scaled(0.5)).duration > 1.4 * time_path(path, LIMITS).duration


def test_a_path_of_one_point_is_standing_still():
    point = np.array([[0.1, 0.2, 0.3]])
    trajectory = time_path(np.repeat(point, 3, axis=0), LIMITS)
    assert (trajectory.positions == point).all()
    assert (trajectory.velocities == 0.0).all()


@given(CORNERS, st.floats(0.01, 0.5))
def test_densify_leaves_no_gap_and_keeps_the_corners(corners, spacing):
    dense = densify(corners, spacing)
    assert (np.abs(np.diff(dense, axis=0)).max(axis=1) <= spacing + 1e-9).all()
    for corner in corners:
        assert np.abs(dense - corner).max(axis=1).min() < 1e-9


@given(CORNERS, st.integers(1, 40))
def test_rounding_keeps_the_ends_and_the_span(corners, width):
    dense = densify(corners)
    smooth = rounded(dense, width)
    assert smooth.shape == dense.shape
    assert smooth[[0, -1]] == pytest.approx(dense[[0, -1]], abs=1e-9)
    assert (smooth >= dense.min(axis=0) - 1e-9).all()
    assert (smooth <= dense.max(axis=0) + 1e-9).all()
