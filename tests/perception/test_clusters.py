# SPDX-License-Identifier: Apache-2.0
import numpy as np
import pytest

from agent_planner.perception.clusters import clusters
from agent_planner.perception.foreground import foreground
from tests.perception.scenery import BLUE, RED, box, floor, picture, table
from tests.perception.test_foreground import CUBE, DESK


def parted(*solids):
    frame = picture([floor(), table(), *solids])
    return clusters(frame, foreground(frame, (DESK,)))


def test_a_thing_before_another_in_the_picture_is_another_thing():
    behind = box(0.92, 0.1, 0.76, (0.05, 0.05, 0.12), BLUE)
    before = box(0.82, 0.1, 0.74, (0.05, 0.05, 0.08), RED)
    largest = parted(behind, before)[:2]
    assert {int(np.argmax(c.colors.mean(axis=0))) for c in largest} == {0, 2}
    assert all(len(set(c.colors[:, 0] > c.colors[:, 2])) == 1 for c in largest)


def test_what_is_partly_behind_something_is_told_so_and_what_is_before_is_not():
    behind = box(0.92, 0.1, 0.74, (0.06, 0.06, 0.08), BLUE)
    before = box(0.80, 0.1, 0.76, (0.04, 0.04, 0.12), RED)
    hidden = {int(np.argmax(c.colors.mean(axis=0))): c.hidden for c in parted(behind, before)}
    assert hidden[2] > 0.2
    assert hidden[0] < 0.05


def test_a_top_looks_upward_and_a_side_does_not():
    (cube,) = parted(CUBE)
    high = cube.points[:, 2] > 0.739
    assert np.nanmedian(cube.upward[high]) == pytest.approx(1.0, abs=0.05)
    assert np.nanmedian(cube.upward[~high]) < 0.3


def test_specks_are_no_things():
    frame = picture([floor(), table(), CUBE])
    assert clusters(frame, foreground(frame, (DESK,)), fewest=1000) == []
    assert parted() == []
