# SPDX-License-Identifier: Apache-2.0
import mujoco
import numpy as np
import pytest

from agent_planner.perception.places import SceneMap, places_of
from agent_planner_sim.mujoco import truth
from agent_planner_sim.nodes.scene_map import scene_map

pytestmark = pytest.mark.sim


@pytest.fixture(params=[("tidy", 0), ("apartment", 1), ("table_top", 2)])
def sim(simulate, request):
    return simulate(*request.param)


def test_the_map_tells_of_every_place_as_it_is(sim):
    states = {state.region.name: state for state in truth.places(sim)}
    places = {place.name: place for place in places_of(SceneMap.parse(scene_map(sim)))}
    assert places.keys() == states.keys()
    for name, place in places.items():
        state = states[name]
        assert np.allclose(place.pose[:3, 3], state.pose.position, atol=1e-4)
        assert place.size == pytest.approx(state.region.size, abs=1e-4)
        assert place.is_open == state.is_open


def test_an_opened_place_is_where_the_simulator_has_it(sim):
    places = places_of(SceneMap.parse(scene_map(sim)))
    parts = {part.name: part for piece in sim.scene.furniture for part in piece.parts}
    for place in places:
        if place.entry.opens is None:
            continue
        part = parts[place.name]
        sim.data.joint(f"part/{part.name}").qpos[0] = 0.6 * part.travel
    mujoco.mj_forward(sim.model, sim.data)
    states = {state.region.name: state for state in truth.places(sim)}
    for place in places:
        moved, state = place.opened(0.6), states[place.name]
        if place.entry.opens is not None:
            assert np.allclose(moved.pose[:3, 3], state.pose.position, atol=1e-3)
            assert np.allclose(moved.handle[:3, 3], state.handle.position, atol=1e-3)


def test_a_name_tells_no_more_than_it_says(sim):
    items = {item.name: item for item in sim.scene.items}
    for known in SceneMap.parse(scene_map(sim)).objects:
        item = items[known.name]
        assert known.category == item.category
        assert known.color in ("", item.color)
        assert known.size is None
