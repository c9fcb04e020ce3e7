# SPDX-License-Identifier: Apache-2.0
import cv2
import numpy as np
import pytest

from agent_planner.errors import UserError
from agent_planner.perception.detection import Look
from agent_planner.perception.foreground import foreground
from agent_planner.perception.rigid import apply
from agent_planner.perception.tags import Tags
from tests.perception.scenery import GREY, box, camera_at, floor, picture, table

SIDE = 0.06
NEAR = camera_at(z=1.15, pitch=0.8, x=0.35)


def tagged(number=7, dictionary=cv2.aruco.DICT_4X4_50, yaw=0.3):
    """A box of 8 cm with a tag on its top."""
    thing = box(0.85, 0.05, 0.74, (0.08, 0.08, 0.08), (235, 235, 235), yaw=yaw)
    frame = picture([floor(), table(color=GREY), thing], NEAR)
    tag = cv2.aruco.generateImageMarker(cv2.aruco.getPredefinedDictionary(dictionary), number, 120)
    half = SIDE / 2
    corners = apply(
        thing.pose, np.array([[-half, half, 0.04], [half, half, 0.04], [half, -half, 0.04], [-half, -half, 0.04]])
    )
    pixels, _ = frame.project(corners)
    flat = np.array([[0, 0], [119, 0], [119, 119], [0, 119]], dtype=np.float32)
    onto = cv2.getPerspectiveTransform(flat, pixels.astype(np.float32))
    size = (frame.shape[1], frame.shape[0])
    drawn = cv2.warpPerspective(tag, onto, size, flags=cv2.INTER_AREA)
    where = cv2.warpPerspective(np.full_like(tag, 255), onto, size) > 127
    frame.image[where] = drawn[where][:, None]
    return frame, thing


def look(frame):
    return Look(frame, foreground(frame, ()))


@pytest.mark.parametrize("dictionary", ["DICT_4X4_50", "DICT_APRILTAG_36h11"])
def test_the_number_tells_which_thing_and_the_depth_where(dictionary):
    frame, thing = tagged(7, getattr(cv2.aruco, dictionary))
    (found,) = Tags(dictionary, SIDE, {7: "box a"}, {7: (0.08, 0.08, 0.08)}).detect(look(frame))
    assert found.name == "box a"
    assert np.linalg.norm(found.centre - thing.pose[:3, 3]) < 0.004
    assert found.pose[2, 2] == pytest.approx(1.0, abs=1e-3)
    turn = np.arccos(np.clip(found.pose[:3, 0] @ thing.pose[:3, 0], -1, 1))
    assert min(turn % (np.pi / 2), np.pi / 2 - turn % (np.pi / 2)) < 0.06
    assert not found.cut


def test_of_a_thing_of_unknown_size_it_tells_only_about_where():
    frame, thing = tagged()
    (found,) = Tags("DICT_4X4_50", SIDE, {7: "box a"}).detect(look(frame))
    assert found.cut and np.linalg.norm(found.centre - thing.pose[:3, 3]) < 0.02


def test_a_tag_without_a_name_is_not_told_of():
    frame, _ = tagged()
    assert Tags("DICT_4X4_50", SIDE, {8: "box b"}).detect(look(frame)) == []


def test_without_depth_on_it_there_is_no_place():
    frame, _ = tagged()
    frame.depth[:] = np.nan
    assert Tags("DICT_4X4_50", SIDE, {7: "box a"}).detect(look(frame)) == []


def test_a_wrong_dictionary_is_refused():
    with pytest.raises(UserError, match="did you mean 'DICT_4X4_50'"):
        Tags("DICT_4X4_500", SIDE, {})
