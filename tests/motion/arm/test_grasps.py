# SPDX-License-Identifier: Apache-2.0
import math

import numpy as np
import pytest
from hypothesis import strategies as st

from agent_planner_motion.arm.grasps import Hand, grasps
from agent_planner_motion.spatial import rotation_about, rotation_z, transform
from tests.motion.properties import given

HAND = Hand()
SIDE = st.floats(0.03, 0.12)
SIZE = st.tuples(SIDE, SIDE, st.floats(0.03, 0.2))
WHERE = st.tuples(st.floats(0.3, 0.8), st.floats(-0.4, 0.4), st.floats(0.4, 0.7), st.floats(-math.pi, math.pi))


def standing(where, size):
    x, y, bottom, yaw = where
    return transform(rotation_z(yaw), (x, y, bottom + size[2] / 2))


def all_of(pose, size, **more):
    return [g for group in grasps(pose, np.array(size), HAND, **more) for g in group]


@given(WHERE, SIZE)
def test_every_grasp_fits_the_gripper_and_the_thing(where, size):
    pose = standing(where, size)
    for grasp in all_of(pose, size):
        assert grasp.width <= HAND.max_opening - 0.006 + 1e-9
        closing = grasp.pose[:3, 1]
        assert closing[2] == pytest.approx(0.0, abs=1e-9), "the fingers close level"
        assert grasp.width == pytest.approx(float(np.abs(pose[:3, :3].T @ closing) @ size))
        # Along the pads there is something between the fingers.
        along = np.arange(-HAND.palm, HAND.tip + 1e-9, 0.001)
        points = grasp.pose[:3, 3] + along[:, None] * grasp.approach - pose[:3, 3]
        between = (np.abs(points @ pose[:3, :3]) <= np.array(size) / 2).all(axis=1)
        assert between.sum() >= 6, "millimetres"


@given(WHERE, SIZE)
def test_no_finger_touches_what_the_thing_stands_on(where, size):
    bottom = where[2]
    for grasp in all_of(standing(where, size), size):
        fingertips = grasp.pose[:3, 3] + grasp.approach * HAND.tip
        across = abs(float(np.cross(grasp.approach, grasp.pose[:3, 1])[2])) * HAND.pad / 2
        assert fingertips[2] - across >= bottom + 0.006


@given(WHERE, SIZE)
def test_the_palm_stays_off_the_thing_and_the_hand_does_not_come_from_below_or_behind(where, size):
    pose = standing(where, size)
    for grasp in all_of(pose, size):
        depth = float(np.abs(pose[:3, :3].T @ grasp.approach) @ size) / 2
        top = pose[:3, 3] - grasp.approach * depth
        assert float((grasp.pose[:3, 3] - top) @ grasp.approach) <= HAND.palm
        assert grasp.approach[2] < 0.0
        assert grasp.tilt == pytest.approx(math.acos(-grasp.approach[2]), abs=1e-6)
        if grasp.tilt > 0.01:
            assert float(grasp.approach[:2] @ pose[:2, 3]) >= -1e-9


def test_steep_ones_come_first_and_under_a_roof_the_flat_ones():
    pose, size = standing((0.6, 0.0, 0.5, 0.3), (0.04, 0.04, 0.10)), (0.04, 0.04, 0.10)
    tilts = [g.tilt for g in all_of(pose, size)]
    assert tilts[0] == 0.0
    flat = [g.tilt for g in all_of(pose, size, flattest=math.radians(35.0))]
    assert flat[0] == pytest.approx(math.radians(40.0))
    assert sorted(flat) == sorted(tilts)


def test_a_cube_is_held_across_both_pairs_of_sides_and_then_askew():
    size = (0.04, 0.04, 0.04)
    first = next(iter(grasps(standing((0.6, 0.0, 0.5, 0.0), size), np.array(size), HAND)))
    assert sorted(abs(round(float(g.pose[0, 1]), 6)) for g in first) == [0.0, 1.0]
    assert any(g.width > 0.045 for g in all_of(standing((0.6, 0.0, 0.5, 0.0), size), size))


@pytest.mark.parametrize("size", [(0.09, 0.09, 0.09), (0.2, 0.3, 0.05)])
def test_what_is_too_wide_has_no_grasp(size):
    assert all_of(standing((0.6, 0.0, 0.5, 0.3), size), size) == []


def test_a_long_thing_is_not_held_by_its_ends():
    size = (0.07, 0.03, 0.03)
    straight = [g for g in all_of(standing((0.6, 0.0, 0.5, 0.0), size), size) if abs(g.pose[0, 1]) > 0.99]
    assert straight == []


@given(st.floats(-math.pi, math.pi))
def test_what_lies_on_its_side_can_be_held_too(yaw):
    size = np.array((0.05, 0.05, 0.18))
    turned = rotation_z(yaw) @ rotation_about((1, 0, 0), math.pi / 2)
    found = all_of(transform(turned, (0.6, 0.0, 0.525)), size)
    assert found
    assert found[0].width == pytest.approx(0.05, abs=1e-6)


@given(st.floats(-math.pi, math.pi), st.floats(-math.pi, math.pi))
def test_a_bottle_that_lies_is_held_however_it_has_rolled(yaw, roll):
    size, where = (0.052, 0.052, 0.12), (0.5, 0.1, 0.026)
    lying = rotation_z(yaw) @ rotation_about((0.0, 1.0, 0.0), math.pi / 2)
    still = all_of(transform(lying, where), size)
    rolled = all_of(transform(lying @ rotation_z(roll), where), size)
    assert len(rolled) == len(still) > 4
    assert sorted(g.width for g in rolled) == pytest.approx(sorted(g.width for g in still))
    assert min(float((g.pose[:3, 3] + g.approach * HAND.tip)[2]) for g in rolled) > 0.006, "above the floor"
