# SPDX-License-Identifier: Apache-2.0
import numpy as np
from nav_msgs.msg import OccupancyGrid

from agent_planner.ros.free_floor import FreeFloor


def test_floor_is_free_at_some_distance_from_everything():
    cells = np.zeros((40, 60), dtype=np.int8)
    cells[20, 30] = 100
    cells[:, 50:] = -1
    message = OccupancyGrid(data=cells.ravel().tolist())
    message.info.height, message.info.width, message.info.resolution = 40, 60, 0.05
    message.info.origin.position.x, message.info.origin.position.y = -1.0, -1.0
    floor = FreeFloor.of(message)
    points = np.array([[0.52, 0.02, 0.1], [0.57, 0.02, 0.1], [0.72, 0.02, 0.1], [1.7, 0, 0], [-5, 0, 0], [9, 9, 0]])
    assert floor.covers(points).tolist() == [False, False, True, False, False, False]


def test_a_base_needs_more_room_than_a_thing():
    message = OccupancyGrid(data=[0] * 20 + [100] + [0] * 20)
    message.info.height, message.info.width, message.info.resolution = 1, 41, 0.1
    assert FreeFloor.of(message).is_free(2.35, 0.05)
    assert not FreeFloor.of(message, clear_m=0.5).is_free(2.35, 0.05)
    assert FreeFloor.of(message, clear_m=0.5).is_free(3.05, 0.05)
