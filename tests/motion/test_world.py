# SPDX-License-Identifier: Apache-2.0
import math

import numpy as np
import pytest
from hypothesis import strategies as st

from agent_planner_motion.errors import MotionError
from agent_planner_motion.spatial import rotation_about, transform
from agent_planner_motion.world import SURFACE, Thing, World
from tests.motion.properties import given
from tests.motion.things import area, bin_on_foot, cabinet, chest, cube, drawer, table, thing, tray


def test_heights_count_how_a_thing_lies():
    size = np.array((0.05, 0.05, 0.2))
    lying = Thing("bottle", transform(rotation_about((1, 0, 0), math.pi / 2), (0, 0, 0.5)), size, movable=True)
    assert lying.top == pytest.approx(0.525)
    assert lying.bottom == pytest.approx(0.475)


@given(st.floats(-math.pi, math.pi), st.floats(-0.2, 0.2), st.floats(-0.27, 0.27))
def test_a_footprint_covers_what_is_within_it_at_any_heading(yaw, x, y):
    place = table(yaw=yaw, size=(0.42, 0.56, 0.6))
    point = place.pose @ np.array((x, y, 5.0, 1.0))
    assert place.covers(point[:3])
    assert not place.covers((place.pose @ np.array((x + math.copysign(0.5, x), y, 0.0, 1.0)))[:3])


def test_an_area_of_the_floor_is_no_body_but_a_flat_tray_on_a_table_is():
    assert not area().is_body
    assert tray().is_body
    assert tray(bottom=0.0).is_body
    assert cube(bottom=0.0).is_body
    mat = Thing("mat", transform(xyz=(0, 0, 0.7)), np.array((0.3, 0.3, 0.004)), frozenset({SURFACE}))
    assert mat.is_body, "thin, but high above the floor"


def test_an_unknown_name_is_told_with_the_nearest():
    world = World(1.0, (cube("red cube"),), (table("table"),))
    with pytest.raises(MotionError, match=r"NAMELESS: 'rad cube' is not in the scene; did you mean 'red cube'") as told:
        world.thing("rad cube", "NAMELESS")
    assert told.value.code == "NAMELESS"
    with pytest.raises(MotionError, match="known: red cube$"):
        world.thing("table", "NAMELESS", world.objects)
    assert world.thing("table", "NAMELESS").name == "table"


def test_what_things_stand_on_and_in():
    inside = cube("inside", x=0.0, y=0.6, bottom=0.24)
    on_tray, on_table = cube("on tray", x=0.7, bottom=0.61), cube("on table", x=0.6, y=0.2, bottom=0.6)
    fallen = cube("fallen", x=2.0, bottom=0.0)
    world = World(1.0, (inside, on_tray, on_table, fallen), (table(), tray(), bin_on_foot()))
    names = {t.name: getattr(world.support_of(t), "name", None) for t in world.objects}
    assert names == {"inside": "blue bin", "on tray": "tray", "on table": "table", "fallen": None}
    assert world.container_of(on_table) is None
    assert world.container_of(world.things["tray"]) is None, "nothing is inside itself"
    assert world.body_of(tray()).name == "table"


@pytest.mark.parametrize("yaw", [0.0, 1.0, -2.5])
@pytest.mark.parametrize("opening", [0.0, 0.4, 1.0])
def test_a_drawer_belongs_to_its_chest_however_far_it_is_out(yaw, opening):
    world = World(1.0, (), (chest(yaw=yaw), drawer(opening, yaw=yaw), table(x=3.0)))
    pulled = world.things["drawer"]
    assert world.body_of(pulled).name == "chest"
    assert world.front_of(pulled) == pytest.approx([math.cos(yaw), math.sin(yaw)])


@pytest.mark.parametrize("left_hinge", [True, False])
@pytest.mark.parametrize("opening", [0.0, 0.6, 1.0])
def test_a_cabinet_faces_where_its_door_is(left_hinge, opening):
    world = World(1.0, (), (cabinet(opening, yaw=0.7, left_hinge=left_hinge),))
    assert world.front_of(world.places[0]) == pytest.approx([math.cos(0.7), math.sin(0.7)])
    assert world.front_of(table()) is None


def test_of_two_containers_the_smaller_counts():
    box = Thing("box", transform(xyz=(0.7, 0, 0.65)), np.array((0.1, 0.1, 0.06)), frozenset({"container"}))
    world = World(1.0, (thing("pen", 0.7, 0.0, 0.625, (0.02, 0.02, 0.02)),), (table(), tray(), box))
    assert world.container_of(world.objects[0]).name == "box"
