# SPDX-License-Identifier: Apache-2.0
from agent_planner.perception.detection import Detection
from agent_planner.perception.sight import Sight, sight
from tests.perception.scenery import BLUE, GREY, box, floor, picture, table
from tests.perception.test_foreground import CUBE

THING = Detection("test", CUBE.pose, CUBE.size, 1.0)


def test_where_it_is_something_is_seen():
    assert sight(THING, picture([floor(), table(), CUBE])) is Sight.THERE


def test_where_it_is_not_any_more_its_place_is_seen_empty():
    assert sight(THING, picture([floor(), table()])) is Sight.EMPTY


def test_behind_something_it_is_hidden():
    screen = box(0.6, 0.1, 0.9, (0.02, 0.3, 0.4), GREY)
    assert sight(THING, picture([floor(), table(), CUBE, screen])) is Sight.HIDDEN


def test_out_of_the_picture_nothing_is_told():
    aside = Detection("test", box(0.8, 2.0, 0.72, CUBE.size, BLUE).pose, CUBE.size, 1.0)
    assert sight(aside, picture([floor(), table()])) is Sight.OUTSIDE
