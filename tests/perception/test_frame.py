# SPDX-License-Identifier: Apache-2.0
import numpy as np
import pytest

from agent_planner.perception.frame import Frame, FrameError, Intrinsics
from tests.perception.scenery import camera_at, floor, picture, table

INTRINSICS = Intrinsics(100.0, 100.0, 3.5, 2.5)
IMAGE, DEPTH = np.zeros((6, 8, 3), np.uint8), np.ones((6, 8), np.float32)


def test_points_project_onto_their_own_pixels():
    frame = picture([floor(), table()])
    rows, columns = np.nonzero(frame.known)
    pixels, depth = frame.project(frame.points[rows, columns])
    assert np.allclose(pixels[:, 0], columns, atol=1e-2) and np.allclose(pixels[:, 1], rows, atol=1e-2)
    assert np.allclose(depth, frame.depth[rows, columns], atol=1e-4)


def test_the_table_is_as_high_as_it_was_built():
    frame = picture([floor(), table(height=0.7)])
    assert float(np.nanmedian(frame.points[100:120, 150:170, 2])) == pytest.approx(0.7, abs=1e-3)


def test_measured_depth_is_unknown_outside_the_picture_and_behind_the_camera():
    frame = picture([floor(), table(height=0.7)])
    own, seen = frame.measured(np.array([[0.9, 0.0, 0.7], [0.9, 3.0, 0.7], [-2.0, 0.0, 1.0]]))
    assert seen[0] == pytest.approx(own[0], abs=5e-3)
    assert np.isnan(seen[1:]).all()
    assert own[2] < 0


@pytest.mark.parametrize("bad", [0.0, -1.0, np.nan, np.inf])
def test_depths_that_are_none_are_unknown(bad):
    depth = DEPTH.copy()
    depth[2, 3] = bad
    frame = Frame(0.0, IMAGE, depth, INTRINSICS, camera_at())
    assert not frame.known[2, 3] and frame.known.sum() == 47
    assert np.isnan(frame.points[2, 3]).all()


@pytest.mark.parametrize(
    ("parts", "told"),
    [
        ({"image": IMAGE[..., :2]}, "must be RGB"),
        ({"depth": DEPTH[:3]}, "8 x 6 and 8 x 3 pixels"),
        ({"intrinsics": Intrinsics(0.0, 0.0, 0.0, 0.0)}, "calibrated"),
        ({"camera": 2 * np.eye(4)}, "no|not a rigid transform"),
    ],
)
def test_what_does_not_fit_is_refused(parts, told):
    whole = {"image": IMAGE, "depth": DEPTH, "intrinsics": INTRINSICS, "camera": np.eye(4)}
    with pytest.raises(FrameError, match=told):
        Frame(0.0, **(whole | parts))
