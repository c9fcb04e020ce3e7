# SPDX-License-Identifier: Apache-2.0
import math

import numpy as np
import pytest

from agent_planner.perception.openings import measured_opening
from agent_planner.perception.places import Place, PlaceEntry
from agent_planner.perception.rigid import apply, upright
from tests.perception.scenery import GREY, WOOD, Solid, box, camera_at, floor, picture

DRAWER = Place.of(
    PlaceEntry.model_validate(
        {
            "name": "drawer",
            "pose": (1.0, 0.0, 0.6, math.pi),  # its front looks at the camera
            "size": (0.4, 0.46, 0.1),
            "affordances": {"container", "openable"},
            "opens": {"mechanism": "drawer", "travel": 0.24, "handle": (0.755, 0, 0.6, 0, 0, 1, 0), "moves": True},
        }
    )
)
DOOR = Place.of(
    PlaceEntry.model_validate(
        {
            "name": "cabinet",
            "pose": (1.0, 0.0, 0.55, math.pi),
            "size": (0.38, 0.42, 0.36),
            "affordances": {"container", "openable"},
            "opens": {
                "mechanism": "door",
                "travel": math.pi / 2,
                "handle": (0.745, 0.16, 0.55, 0, 0, 1, 0),
                "hinge": (0.81, -0.21, 0.55),
                "front": 0.02,
            },
        }
    )
)
CAMERA = camera_at(z=1.4, pitch=0.85)


def chest(opening):
    out = 0.24 * opening
    front = box(0.8 - out + 0.009, 0.0, 0.625, (0.018, 0.46, 0.15), WOOD)
    tray = box(0.9 - out + 0.1, 0.0, 0.56, (0.4, 0.46, 0.02), WOOD)
    handle = box(0.755 - out, 0.0, 0.6, (0.015, 0.10, 0.015), GREY)
    return [floor(), box(1.0, 0.0, 0.72, (0.4, 0.5, 0.03), WOOD), front, tray, handle]


def cabinet(opening):
    closed = [box(0.799, 0.0, 0.55, (0.018, 0.42, 0.36), WOOD), box(0.745, 0.16, 0.55, (0.015, 0.015, 0.1), GREY)]
    turned = [Solid(DOOR.moved(part.pose, opening), part.size, part.color) for part in closed]
    return [
        floor(),
        box(1.15, 0.0, 0.55, (0.05, 0.42, 0.36), WOOD),
        box(1.0, 0.0, 0.36, (0.38, 0.42, 0.02), WOOD),
        *turned,
    ]


@pytest.mark.parametrize("opening", [0.0, 0.2, 0.55, 1.0])
def test_how_far_a_drawer_stands_open(opening):
    assert measured_opening(DRAWER, picture(chest(opening), CAMERA)) == pytest.approx(opening, abs=0.03)


@pytest.mark.parametrize("opening", [0.0, 0.3, 0.7])
def test_how_far_a_door_stands_open(opening):
    assert measured_opening(DOOR, picture(cabinet(opening), CAMERA)) == pytest.approx(opening, abs=0.06)


def test_out_of_the_picture_nothing_is_told():
    assert measured_opening(DRAWER, picture(chest(0.5), camera_at(yaw=2.0))) is None


def test_behind_something_nothing_is_told():
    screen = box(0.4, 0.0, 0.9, (0.02, 1.5, 1.2), GREY)
    assert measured_opening(DRAWER, picture([*chest(0.5), screen], CAMERA)) is None


def test_the_robot_at_the_handle_is_taken_for_no_front():
    arm = box(0.62, 0.0, 0.66, (0.02, 0.46, 0.2), GREY)
    frame = picture([*chest(0.0), arm], CAMERA)

    def own(points):
        return (np.abs(apply(np.linalg.inv(upright(0.62, 0, 0.66, 0)), points)) <= (0.012, 0.24, 0.11)).all(axis=1)

    told = measured_opening(DRAWER, frame, own)
    assert told is None or told == pytest.approx(0.0, abs=0.03)


def test_what_cannot_be_opened_has_no_opening():
    desk = Place.of(PlaceEntry(name="desk", pose=(0.9, 0, 0.35, 0), size=(0.5, 0.6, 0.7)))
    assert measured_opening(desk, picture(chest(0.0), CAMERA)) is None
