# SPDX-License-Identifier: Apache-2.0
import math

import numpy as np
import pytest

from agent_planner.perception.chain import ChainSettings
from agent_planner.perception.perceiver import Perceiver, Robot
from agent_planner.perception.places import SceneMap
from agent_planner.perception.rigid import transform, upright
from agent_planner.perception.tracker import Hand
from agent_planner.ros.messages import to_scene
from agent_planner.ros.seen_message import RobotReading, seen_message
from tests.perception.scenery import box, camera_at, picture
from tests.perception.test_openings import CAMERA, DRAWER, chest
from tests.perception.test_perceiver import CUBE, FRAME, MAP

TIP = transform((0.8, 0.1, 0.73), (1.0, 0.0, 0.0, 0.0))


def reading(tip=TIP, opening=0.04):
    return RobotReading(upright(0.1, 0.0, 0.0, 0.2), tip, opening, False, True)


def test_what_is_held_is_on_nothing_and_its_age_is_told():
    perceiver = Perceiver(ChainSettings.load(), MAP)
    perceiver.look(picture([*FRAME, box(*CUBE)], stamp=5.0), Robot({}))
    perceiver.look(picture([*FRAME, box(*CUBE)], stamp=6.0), Robot({}, Hand(TIP, 0.04)))
    scene = to_scene(seen_message(perceiver, 6.0, reading()))
    assert scene.holding == "cube" and scene.location("cube") is None
    assert scene.robot.arm_moving and not scene.robot.base_moving
    assert scene.robot.base.yaw == pytest.approx(0.2)
    perceiver.look(picture(FRAME, camera_at(yaw=3.0), stamp=46.0), Robot({}))
    message = seen_message(perceiver, 46.0, reading(tip=None, opening=0.0))
    assert to_scene(message).entity("cube").age_s == pytest.approx(40.0)
    assert message.objects[0].observed.sec == 6


def test_an_open_drawer_is_told_with_its_handle_where_it_is_now():
    perceiver = Perceiver(ChainSettings.load(), SceneMap(places=(DRAWER.entry,)))
    perceiver.look(picture(chest(1.0), CAMERA), Robot({}))
    (place,) = seen_message(perceiver, 0.0, reading()).places
    assert place.is_open and place.explored and place.opening == pytest.approx(1.0, abs=0.03)
    assert place.handle.position.x == pytest.approx(0.755 - 0.24, abs=0.01)
    assert place.mechanism == "drawer" and place.travel == pytest.approx(0.24)
    q = place.handle.orientation
    assert math.isclose(np.linalg.norm((q.x, q.y, q.z, q.w)), 1.0)
