# SPDX-License-Identifier: Apache-2.0
import numpy as np
import pytest

from agent_planner.perception.colour_shape import ColourShape
from agent_planner.perception.detection import Look
from agent_planner.perception.foreground import foreground
from agent_planner.perception.vocabulary import Vocabulary
from tests.perception.scenery import BLUE, GREEN, RED, box, floor, picture, table
from tests.perception.test_foreground import DESK

DETECTOR = ColourShape(Vocabulary.load())
YELLOW = (245, 204, 31)


def seen(*solids, noise=0.0):
    frame = picture([floor(), table(), *solids])
    if noise:
        frame.depth[:] += np.random.default_rng(0).normal(scale=noise, size=frame.depth.shape).astype(np.float32)
    return DETECTOR.detect(Look(frame, foreground(frame, (DESK,))))


@pytest.mark.parametrize(
    ("kind", "color", "solid"),
    [
        ("cube", "red", box(0.85, 0.08, 0.72, (0.04, 0.04, 0.04), RED, yaw=0.4)),
        ("box", "blue", box(0.9, -0.1, 0.725, (0.045, 0.065, 0.05), BLUE, yaw=1.0)),
        ("block", "green", box(0.9, -0.1, 0.7175, (0.035, 0.06, 0.035), GREEN, yaw=-0.3)),
        ("sponge", "yellow", box(0.8, 0.0, 0.715, (0.045, 0.07, 0.03), YELLOW, yaw=0.2)),
        ("bottle", "green", box(0.95, 0.1, 0.76, (0.052, 0.052, 0.12), GREEN, shape="cylinder")),
        ("jar", "blue", box(0.85, 0.0, 0.7325, (0.066, 0.066, 0.065), BLUE, shape="cylinder")),
        ("ball", "blue", box(0.85, 0.0, 0.728, (0.056, 0.056, 0.056), BLUE, shape="ball")),
        ("apple", "red", box(0.85, 0.0, 0.733, (0.066, 0.066, 0.066), RED, shape="ball")),
        ("lemon", "yellow", box(0.85, 0.0, 0.728, (0.056, 0.056, 0.056), YELLOW, shape="ball")),
    ],
)
def test_kind_colour_place_and_size_of_a_thing(kind, color, solid):
    (found,) = seen(solid)
    assert (found.kind, found.color) == (kind, color)
    assert np.linalg.norm(found.centre - solid.pose[:3, 3]) < 0.004
    assert sorted(found.size) == pytest.approx(sorted(solid.size))
    assert not found.cut and found.confidence > 0.6


def test_the_heading_of_a_box_is_that_of_its_longer_side():
    solid = box(0.9, 0.0, 0.715, (0.07, 0.045, 0.03), YELLOW, yaw=0.5)
    (found,) = seen(solid)
    apart = found.pose[:3, 0] @ solid.pose[:3, 0]
    assert abs(apart) > np.cos(0.05)
    assert found.size[0] == pytest.approx(0.07)


def test_a_noisy_depth_moves_it_by_millimetres():
    solid = box(0.85, 0.08, 0.72, (0.04, 0.04, 0.04), RED, yaw=0.4)
    (found,) = seen(solid, noise=0.002)
    assert found.color == "red"
    assert np.linalg.norm(found.centre - solid.pose[:3, 3]) < 0.01


def test_a_thing_of_no_known_kind_is_told_of_as_a_thing_with_less_confidence():
    (found,) = seen(box(0.9, 0.0, 0.75, (0.13, 0.10, 0.10), GREEN))
    assert (found.kind, found.color) == ("thing", "green")
    assert found.confidence < 0.5
    assert np.allclose(found.size, (0.13, 0.10, 0.10), atol=0.01)


def test_a_thing_that_something_stands_before_is_told_as_cut():
    found = seen(box(0.8, 0.0, 0.715, (0.07, 0.045, 0.03), YELLOW), box(0.73, 0.0, 0.75, (0.02, 0.02, 0.1), BLUE))
    assert [d.cut for d in found if d.color == "yellow"] == [True]


def test_two_that_touch_are_told_apart_by_their_colours():
    red, blue = box(0.85, 0.0, 0.72, (0.04, 0.04, 0.04), RED), box(0.85, 0.0405, 0.72, (0.04, 0.04, 0.04), BLUE)
    found = {d.color: d for d in seen(red, blue)}
    assert found.keys() == {"red", "blue"}
    assert all(d.kind == "cube" for d in found.values())
    assert np.linalg.norm(found["red"].centre - red.pose[:3, 3]) < 0.01


def test_an_empty_desk_has_nothing():
    assert seen() == []
