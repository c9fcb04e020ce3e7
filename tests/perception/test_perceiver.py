# SPDX-License-Identifier: Apache-2.0
from types import SimpleNamespace as Message

import numpy as np
import pytest

from agent_planner.perception.chain import ChainSettings
from agent_planner.perception.perceiver import Perceiver, Robot, scene_place
from agent_planner.perception.places import SceneMap
from agent_planner.perception.published import detections_of
from agent_planner.perception.rigid import transform
from agent_planner.perception.tracker import Hand
from tests.perception.scenery import BLUE, RED, box, camera_at, floor, picture, table
from tests.perception.test_openings import CAMERA, DRAWER, chest
from tests.perception.test_published import item

DOWN = (1.0, 0.0, 0.0, 0.0)
MAP = SceneMap.parse(
    """
places:
- {name: desk, pose: [0.9, 0, 0.35, 0], size: [0.5, 0.6, 0.7]}
objects:
- {name: cube, category: cube}
"""
)
FRAME = [floor(), table()]
CUBE = (0.8, 0.1, 0.72, (0.04, 0.04, 0.04), RED)


def look(perceiver, solids, stamp=0.0, hand=None, camera=None):
    return perceiver.look(picture(solids, camera, stamp=stamp), Robot({}, hand))


def test_what_is_seen_has_the_name_that_people_give_it_and_its_looks():
    perceiver = Perceiver(ChainSettings.load(), MAP)
    look(perceiver, [*FRAME, box(*CUBE), box(0.9, -0.15, 0.728, (0.056, 0.056, 0.056), BLUE, shape="ball")], stamp=5.0)
    things = {thing.name: thing for thing in perceiver.objects()}
    assert things.keys() == {"cube", "blue ball"}
    cube = things["cube"]
    assert (cube.category, cube.color, cube.affordances) == ("cube", "red", {"graspable"})
    assert cube.pose[:3] == pytest.approx((0.8, 0.1, 0.72), abs=0.003)
    assert cube.age_s == 0.0 and cube.confidence > 0.6


def test_out_of_sight_it_grows_old():
    perceiver = Perceiver(ChainSettings.load(), MAP)
    look(perceiver, [*FRAME, box(*CUBE)], stamp=5.0)
    look(perceiver, FRAME, stamp=45.0, camera=camera_at(yaw=3.0))
    (cube,) = perceiver.objects()
    assert cube.age_s == 40.0


def test_in_the_hand_it_moves_with_it_and_is_seen_as_nothing_else():
    perceiver = Perceiver(ChainSettings.load(), MAP)
    look(perceiver, [*FRAME, box(*CUBE)])
    look(perceiver, [*FRAME, box(*CUBE)], stamp=1.0, hand=Hand(transform((0.8, 0.1, 0.73), DOWN), 0.04))
    assert perceiver.held() == "cube"
    lifted = box(0.8, 0.1, 0.80, (0.04, 0.04, 0.04), RED)
    look(perceiver, [*FRAME, lifted], stamp=2.0, hand=Hand(transform((0.8, 0.1, 0.81), DOWN), 0.04))
    (cube,) = perceiver.objects()
    assert cube.pose.z == pytest.approx(0.80, abs=0.005)
    assert perceiver.held() == "cube"


def test_a_wide_thing_is_not_graspable():
    perceiver = Perceiver(ChainSettings.load(), MAP)
    for stamp in (0.0, 1.0):
        look(perceiver, [*FRAME, box(0.9, 0.0, 0.76, (0.13, 0.12, 0.12), BLUE)], stamp)
    (thing,) = perceiver.objects()
    assert thing.affordances == frozenset() and thing.name == "blue thing"


def test_a_drawer_that_is_seen_open_is_open_and_what_lies_in_it_is_known_after_it_is_closed():
    perceiver = Perceiver(ChainSettings.load(), SceneMap(places=(DRAWER.entry,)))
    inside = box(0.72, 0.05, 0.59, (0.04, 0.04, 0.04), RED)
    look(perceiver, chest(0.0), camera=CAMERA)
    (drawer,) = perceiver.places
    assert not drawer.is_open and not scene_place(drawer).explored
    look(perceiver, [*chest(1.0), inside], stamp=1.0, camera=CAMERA)
    (drawer,) = perceiver.places
    assert drawer.is_open and scene_place(drawer).explored
    assert [thing.name for thing in perceiver.objects()] == ["red cube"]
    look(perceiver, chest(0.0), stamp=2.0, camera=CAMERA)
    (drawer,) = perceiver.places
    assert not drawer.is_open and scene_place(drawer).explored
    (cube,) = perceiver.objects()
    # It went in with the drawer.
    assert cube.pose.x == pytest.approx(0.72 + 0.24, abs=0.02)


def test_the_same_pictures_give_the_same_scene():
    told = []
    for _ in range(2):
        perceiver = Perceiver(ChainSettings.load(), MAP)
        look(perceiver, [*FRAME, box(*CUBE)])
        told.append([thing.model_dump() for thing in perceiver.objects()])
    assert told[0] == told[1]
    assert np.isfinite(told[0][0]["pose"]).all()


def test_whatever_a_node_calls_its_things_the_scene_can_be_told():
    entry = {"type": "published"}
    perceiver = Perceiver(ChainSettings.model_validate({"detectors": [entry]}), MAP)
    items = [item("wine_glass", x=0.8), item("Cup", x=1.4, name="7f3a-01"), item("Cup", x=2.0, name="7f3a-01")]
    perceiver.chain.published[0].take(0.0, detections_of(Message(detections=items), np.eye(4)))
    look(perceiver, FRAME)
    assert [thing.name for thing in perceiver.objects()] == ["wine glass", "7f3a 01", "7f3a 01 2"]
