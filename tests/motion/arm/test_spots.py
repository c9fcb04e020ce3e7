# SPDX-License-Identifier: Apache-2.0
import math

import numpy as np
import pytest
from hypothesis import strategies as st

from agent_planner_motion.arm.spots import Spot, spots, spread
from agent_planner_motion.world import World
from tests.motion.properties import given
from tests.motion.things import bin_on_foot, chest, cube, drawer, table, thing, tray

HERE = np.zeros(2)


def outline(thing_, point):
    """Metres from a point to the outline of a thing, seen from above."""
    local = np.abs(thing_.to_local(np.array((*point, 0.0)))[:2]) - thing_.size[:2] / 2
    return float(np.linalg.norm(np.maximum(local, 0.0)))


@given(
    st.floats(-math.pi, math.pi),
    st.floats(0.02, 0.06),
    st.lists(st.tuples(st.floats(0.55, 0.95), st.floats(-0.3, 0.3)), max_size=6),
)
def test_on_a_surface_every_spot_is_free_and_away_from_the_edge(yaw, radius, others):
    place = table(yaw=yaw)
    things = [cube(f"cube {i}", x, y, bottom=0.6) for i, (x, y) in enumerate(others)]
    world = World(1.0, (*things, cube("held", bottom=0.6, x=0.75)), (place,), holding="held")
    for spot in spots(world, place, radius, HERE, inside=False):
        local = np.abs(place.to_local(np.array((spot.x, spot.y, 0.0)))[:2])
        assert (local + radius <= place.size[:2] / 2 - 0.02).all()
        assert all(outline(o, (spot.x, spot.y)) >= radius + 0.03 - 1e-9 for o in things)
        assert spot.z == pytest.approx(0.6)
        assert spot.free >= 0.0


def test_what_is_held_takes_no_room_and_what_stands_there_does():
    place = table(size=(0.14, 0.14, 0.6))
    alone = World(1.0, (cube("held", x=0.75, bottom=0.6),), (place,), holding="held")
    taken = World(1.0, (cube("other", x=0.75, bottom=0.6),), (place,))
    assert spots(alone, place, 0.03, HERE, inside=False)
    assert spots(taken, place, 0.03, HERE, inside=False) == []


def test_what_is_wider_than_the_place_has_no_spot():
    assert spots(World(1.0, (), (table(),)), table(), 0.3, HERE, inside=False) == []
    assert spots(World(1.0, (), (bin_on_foot(),)), bin_on_foot(), 0.16, HERE, inside=True) == []


def test_a_tray_takes_room_on_its_table_but_not_what_stands_under_it():
    place = table()
    world = World(1.0, (thing("box", 0.75, 0.2, 0.0, (0.1, 0.1, 0.1)),), (place, tray(x=0.75)))
    found = spots(world, place, 0.03, HERE, inside=False)
    assert found
    assert all(outline(tray(x=0.75), (s.x, s.y)) >= 0.06 - 1e-9 for s in found)
    assert min(outline(world.objects[0], (s.x, s.y)) for s in found) == 0.0


@pytest.mark.parametrize("place", [bin_on_foot(), tray(), drawer(1.0)])
def test_in_a_container_spots_are_on_its_floor_within_its_walls(place):
    neighbour = thing("inside", *place.centre[:2], place.bottom + 0.012, (0.03, 0.03, 0.03))
    world = World(1.0, (neighbour,), (place, chest()))
    found = spots(world, place, 0.02, HERE, inside=True)
    assert found
    for spot in found:
        local = np.abs(place.to_local(np.array((spot.x, spot.y, 0.0)))[:2])
        assert (local + 0.02 <= place.size[:2] / 2 - 0.012).all()
        assert outline(neighbour, (spot.x, spot.y)) >= 0.05 - 1e-9
        assert spot.z == pytest.approx(place.bottom + 0.012)


def test_the_best_spots_are_at_the_distance_at_which_the_arm_works_best():
    place = table(x=0.8, size=(0.8, 0.3, 0.6))
    first = spots(World(1.0, (), (place,)), place, 0.03, HERE, inside=False, best=0.58)[0]
    assert math.hypot(first.x, first.y) == pytest.approx(0.58, abs=0.06)


def test_spread_keeps_the_best_of_each_neighbourhood():
    found = [Spot(x, 0.0, 0.6, 0.1) for x in (0.5, 0.52, 0.60, 0.61, 0.70, 0.9)]
    assert [s.x for s in spread(found, 3)] == [0.5, 0.60, 0.70]
    assert [s.x for s in spread(found, 9)] == [0.5, 0.60, 0.70, 0.9]
    assert spread([], 3) == []
