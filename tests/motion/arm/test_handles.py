# SPDX-License-Identifier: Apache-2.0
import math

import numpy as np
import pytest
from hypothesis import strategies as st

from agent_planner_motion.arm.handles import handle_grasps, motion_of, moved
from tests.motion.properties import given
from tests.motion.things import cabinet, drawer, planar

SHARE = st.floats(0.0, 1.0)


@given(SHARE, SHARE, st.floats(-math.pi, math.pi))
def test_a_drawer_moves_straight_out_along_its_handle(now, then, yaw):
    part = drawer(now, yaw=yaw)
    after = moved(part, then)
    expected = drawer(then, yaw=yaw)
    assert after.opening == then
    assert after.pose == pytest.approx(expected.pose, abs=1e-9)
    assert after.handle == pytest.approx(expected.handle, abs=1e-9)


@given(SHARE, SHARE, st.floats(-math.pi, math.pi), st.booleans())
def test_a_door_swings_about_its_hinge_to_the_right_side(now, then, yaw, left_hinge):
    part = cabinet(now, yaw=yaw, left_hinge=left_hinge)
    after = moved(part, then)
    expected = cabinet(then, yaw=yaw, left_hinge=left_hinge)
    assert after.handle == pytest.approx(expected.handle, abs=1e-9)
    assert after.pose == pytest.approx(part.pose), "the cabinet stays"
    reach = [np.linalg.norm((p.handle[:3, 3] - p.hinge)[:2]) for p in (part, after)]
    assert reach[0] == pytest.approx(reach[1])


@pytest.mark.parametrize("part", [drawer(0.3), cabinet(0.3)])
def test_where_it_is_nothing_moves(part):
    assert motion_of(part, 0.3) == pytest.approx(np.eye(4), abs=1e-12)


@pytest.mark.parametrize("part", [drawer(0.0, x=1.0), cabinet(0.0, x=1.0), cabinet(0.5, x=1.0, left_hinge=False)])
@pytest.mark.parametrize("base", [planar(0.0, 0.0, 0.0), planar(1.8, 0.3, 2.8)])
def test_the_fingers_close_across_the_bar(part, base):
    handle = np.linalg.inv(base) @ part.handle
    outward, bar = handle[:3, 0], handle[:3, 1]
    found = handle_grasps(part, base)
    assert len(found) >= 7
    for pose in found:
        assert pose[:3, :3].T @ pose[:3, :3] == pytest.approx(np.eye(3), abs=1e-9)
        assert abs(float(pose[:3, 1] @ bar)) < 1e-6, "not along it"
        assert float(pose[:3, 2] @ outward) < 1e-6, "the hand does not come from inside"
        beside = pose[:3, 3] - handle[:3, 3]
        assert np.linalg.norm(beside - bar * (beside @ bar)) < 1e-9, "on the bar"
        assert np.linalg.norm(beside) <= 0.02 + 1e-9
