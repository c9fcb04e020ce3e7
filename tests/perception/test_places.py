# SPDX-License-Identifier: Apache-2.0
import math

import numpy as np
import pytest

from agent_planner.errors import ConfigError
from agent_planner.perception.places import Place, SceneMap, places_of
from agent_planner.perception.rigid import pose_of

MAP = """
places:
- {name: desk, pose: [1, 0, 0.35, 0], size: [0.5, 0.6, 0.7]}
- name: drawer
  pose: [2, 0, 0.5, 0]
  size: [0.3, 0.4, 0.1]
  affordances: [container, openable]
  opens: {mechanism: drawer, travel: 0.2, handle: [2.2, 0, 0.5, 0, 0, 0, 1], moves: true}
- name: cabinet
  pose: [4, 0, 0.5, 0]
  size: [0.4, 0.4, 0.4]
  affordances: [container, openable]
  opens:
    {mechanism: door, travel: 1.5708, handle: [4.25, -0.15, 0.5, 0.7071, 0, 0, 0.7071], hinge: [4.2, 0.2, 0.5]}
objects:
- {name: red cube, category: cube, color: red, tag: 3}
"""


def places() -> dict[str, Place]:
    return {place.name: place for place in places_of(SceneMap.parse(MAP))}


def test_what_can_be_closed_counts_as_closed_until_it_is_seen_open():
    desk, drawer = places()["desk"], places()["drawer"]
    assert desk.is_open and desk.explored
    assert not drawer.is_open and not drawer.explored and not drawer.looks_open


def test_open_and_closed_have_a_gap_between_them_and_explored_stays():
    drawer = places()["drawer"].opened(0.3)
    assert not drawer.is_open
    drawer = drawer.opened(0.6).opened(0.3)
    assert drawer.is_open
    drawer = drawer.opened(0.05)
    assert not drawer.is_open and drawer.explored


def test_a_drawer_moves_along_with_its_handle():
    drawer = places()["drawer"].opened(0.5)
    assert drawer.pose[0, 3] == pytest.approx(2.1)
    assert drawer.handle[0, 3] == pytest.approx(2.3)


def test_a_door_turns_about_its_hinge_and_the_cabinet_stays():
    cabinet = places()["cabinet"].opened(1.0)
    assert cabinet.pose[0, 3] == pytest.approx(4.0)
    x, y, _ = cabinet.handle[:3, 3]
    assert math.dist((x, y), (4.2, 0.2)) == pytest.approx(math.dist((4.25, -0.15), (4.2, 0.2)))
    assert x > 4.4 and y > 0.1  # outward, about a quarter of a turn
    assert pose_of(cabinet.handle).z == pytest.approx(0.5)


def test_local_coordinates_are_those_of_the_middle():
    assert np.allclose(places()["desk"].local(np.array([1.1, 0.2, 0.7])), [0.1, 0.2, 0.35])


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("name: desk", "name: Desk!", r":3: places\.0\.name"),
        ("name: desk", "name: drawer", "two entries have the name 'drawer'"),
        (", hinge: [4.2, 0.2, 0.5]", "", "a door needs its hinge"),
        ("0, 0, 0, 1], moves", "0, 0, 0, 0], moves", "is no rotation"),
        ("tag: 3", "tagg: 3", "no field that is known"),
    ],
)
def test_a_wrong_map_is_refused(old, new, told):
    with pytest.raises(ConfigError, match=told):
        SceneMap.parse(MAP.replace(old, new), "map.yaml")
