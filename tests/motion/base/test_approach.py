# SPDX-License-Identifier: Apache-2.0
import math

import numpy as np
import pytest
from hypothesis import strategies as st

from agent_planner.scene.geometry import Reach
from agent_planner_motion.base.approach import approaches
from agent_planner_motion.base.pose import Pose2
from agent_planner_motion.spatial import wrapped
from agent_planner_motion.world import World
from tests.motion.properties import given
from tests.motion.things import area, bin_on_foot, cabinet, chest, cube, drawer, table, tray

START = Pose2(-1.0, 0.0, 0.0)
YAW = st.floats(-math.pi, math.pi)
RADIUS = 0.25


def beside(thing, pose):
    """Metres from a pose to the footprint of a thing."""
    outside = np.abs(thing.to_local(np.array((pose.x, pose.y, 0.0)))[:2]) - thing.size[:2] / 2
    return float(np.linalg.norm(np.maximum(outside, 0.0)))


def found(thing, *others):
    movable = tuple(t for t in (thing, *others) if t.movable)
    places = tuple(t for t in (thing, *others) if not t.movable)
    return approaches(World(1.0, movable, places), thing, START)


@given(YAW)
def test_the_best_come_first(yaw):
    for thing in (table(yaw=yaw), cube(), area(), cabinet(yaw=yaw)):
        penalties = [a.penalty for a in found(thing)]
        assert penalties == sorted(penalties)
        assert penalties


@given(YAW)
@pytest.mark.parametrize("make", [table, lambda yaw: bin_on_foot(), lambda yaw: tray(), chest])
def test_beside_a_place_the_robot_faces_it_within_reach_and_outside_of_it(make, yaw):
    place = make(yaw=yaw)
    poses = [a.pose for a in found(place)]
    for pose in poses:
        assert RADIUS < beside(place, pose) <= Reach().place_m
        to_middle = math.atan2(place.centre[1] - pose.y, place.centre[0] - pose.x)
        assert wrapped(pose.yaw - to_middle) == pytest.approx(0.0, abs=1e-6)
    headings = {round(wrapped(p.yaw - yaw) / (math.pi / 2)) % 4 for p in poses}
    assert len(headings) == 4, "from each of its sides"


def test_a_tray_is_approached_from_before_the_table_that_it_stands_on():
    best = [a.pose for a in found(tray(x=0.66), table()) if beside(table(), a.pose) > RADIUS]
    assert best
    assert best[0].x < 0.54


def test_around_an_object_it_is_within_the_arms_reach_and_square_to_the_table():
    on_table = cube(x=0.65, y=0.1, bottom=0.6)
    poses = [a.pose for a in found(on_table, table())]
    for pose in poses:
        assert 0.45 <= pose.distance(*on_table.centre[:2]) <= Reach().object_m
        to_it = math.atan2(on_table.centre[1] - pose.y, on_table.centre[0] - pose.x)
        assert wrapped(pose.yaw - to_it) == pytest.approx(0.0, abs=1e-6)
    assert wrapped(poses[0].yaw * 4) == pytest.approx(0.0, abs=1e-6), "a right angle"


@given(YAW)
def test_what_is_in_a_cabinet_or_drawer_is_approached_from_its_front(yaw):
    for place in (cabinet(1.0, x=0.0, y=0.0, yaw=yaw), drawer(1.0, x=0.0, y=0.0, yaw=yaw)):
        inside = cube(x=place.centre[0], y=place.centre[1], bottom=place.bottom + 0.01)
        for option in found(inside, place):
            away = np.array((option.pose.x, option.pose.y)) - inside.centre[:2]
            assert away @ (math.cos(yaw), math.sin(yaw)) >= 0.79 * np.linalg.norm(away)


def test_an_area_is_driven_into_and_keeps_the_heading_of_the_way():
    options = found(area(x=2.0, y=1.0))
    assert options[0].pose[:2] == pytest.approx((2.0, 1.0))
    assert options[0].pose.yaw == pytest.approx(math.atan2(1.0, 3.0))
    assert all(o.pose.distance(2.0, 1.0) <= 0.41 for o in options)


@given(YAW)
def test_before_a_closed_drawer_there_is_room_for_its_travel(yaw):
    shut = drawer(0.0, yaw=yaw)
    front = np.array((math.cos(yaw), math.sin(yaw)))
    for option in found(shut, chest(yaw=yaw)):
        before = (np.array(option.pose[:2]) - shut.handle[:2, 3]) @ front
        assert before - shut.travel > RADIUS
        assert wrapped(option.pose.yaw - yaw) == pytest.approx(math.pi, abs=1e-6) or wrapped(
            option.pose.yaw - yaw
        ) == pytest.approx(-math.pi, abs=1e-6)


@given(YAW)
def test_before_an_open_drawer_it_stands_off_its_front_where_it_is_now(yaw):
    out = drawer(1.0, yaw=yaw)
    front = np.array((math.cos(yaw), math.sin(yaw)))
    for option in found(out, chest(yaw=yaw)):
        before = (np.array(option.pose[:2]) - out.handle[:2, 3]) @ front
        assert RADIUS < before < 0.6


@given(YAW, st.booleans())
def test_before_a_cabinet_the_best_pose_is_beside_the_swing_of_its_door(yaw, left_hinge):
    place = cabinet(0.0, x=0.0, y=0.0, yaw=yaw, left_hinge=left_hinge)
    best = found(place)[0].pose
    local = place.to_local(np.array((best.x, best.y, 0.0)))
    assert local[0] - place.size[0] / 2 > RADIUS
    assert local[1] * (-1 if left_hinge else 1) > 0.2, "on the handle's side"
    assert all(beside(place, o.pose) <= Reach().place_m for o in found(place))
