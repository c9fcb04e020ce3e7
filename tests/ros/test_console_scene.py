# SPDX-License-Identifier: Apache-2.0
"""Maps that a console draws, and those that it does not."""

from types import SimpleNamespace

import pytest
from nav_msgs.msg import OccupancyGrid

from agent_planner.ros.console_scene import ConsoleScene
from agent_planner.ros.messages import to_scene_message
from agent_planner.scene import SceneGraph, ScenePlace
from agent_planner.scene.geometry import Reach

SHELF = SceneGraph(places=(ScenePlace(name="shelf", size=(0.6, 0.4, 0.5)),))


@pytest.fixture
def faults():
    return []


@pytest.fixture
def told():
    return []


@pytest.fixture
def scene(faults, told):
    node = SimpleNamespace(
        create_subscription=lambda *what: None, get_logger=lambda: SimpleNamespace(error=faults.append)
    )
    return ConsoleScene(node, Reach(), lambda topic, data: told.append((topic, data)))


@pytest.mark.parametrize(("z", "w", "shown"), [(0.0, 1.0, True), (0.0, 0.0, True), (0.7071, 0.7071, False)])
def test_a_map_that_is_turned_is_complained_of(scene, faults, z, w, shown):
    message = OccupancyGrid(data=[0, 100])
    message.info.width, message.info.height, message.info.resolution = 2, 1, 0.5
    message.info.origin.orientation.z, message.info.origin.orientation.w = z, w
    scene._take_map(message)
    assert (scene.grid is not None) is shown
    assert ["its origin is turned" in fault for fault in faults] == [True] * (not shown)


def test_a_scene_that_cannot_be_read_makes_the_last_one_no_younger(scene, faults, told, monkeypatch):
    clock = SimpleNamespace(monotonic=lambda: clock.now, now=100.0)
    monkeypatch.setattr("agent_planner.ros.console_scene.time", clock)
    scene._take(to_scene_message(SHELF))
    scene.look()
    clock.now = 107.0
    broken = to_scene_message(SHELF)
    broken.places[0].pose.position.x = float("nan")
    scene._take(broken)
    scene.look()
    assert [(topic, data["age_s"]) for topic, data in told] == [("scene", 0.0), ("scene", 7.0)]
    (fault,) = faults
    assert fault == "'scene_graph' cannot be shown: 'shelf' has a pose or size that is not finite"
