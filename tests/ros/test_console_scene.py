# SPDX-License-Identifier: Apache-2.0
"""Maps that a console draws, and those that it does not."""

from types import SimpleNamespace

import pytest
from nav_msgs.msg import OccupancyGrid

from agent_planner.ros.console_scene import ConsoleScene
from agent_planner.scene.geometry import Reach


@pytest.fixture
def faults():
    return []


@pytest.fixture
def scene(faults):
    node = SimpleNamespace(
        create_subscription=lambda *what: None, get_logger=lambda: SimpleNamespace(error=faults.append)
    )
    return ConsoleScene(node, Reach(), lambda topic, data: None)


@pytest.mark.parametrize(("z", "w", "shown"), [(0.0, 1.0, True), (0.0, 0.0, True), (0.7071, 0.7071, False)])
def test_a_map_that_is_turned_is_complained_of(scene, faults, z, w, shown):
    message = OccupancyGrid(data=[0, 100])
    message.info.width, message.info.height, message.info.resolution = 2, 1, 0.5
    message.info.origin.orientation.z, message.info.origin.orientation.w = z, w
    scene._take_map(message)
    assert (scene.grid is not None) is shown
    assert ["its origin is turned" in fault for fault in faults] == [True] * (not shown)
