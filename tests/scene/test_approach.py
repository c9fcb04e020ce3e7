# SPDX-License-Identifier: Apache-2.0
import math

import pytest

from agent_planner.scene import Pose, Relation, RobotState, SceneGraph, SceneObject, ScenePlace
from agent_planner.scene.approach import approach_pose, approach_poses
from agent_planner.scene.geometry import Reach, relations

CUBE = SceneObject(name="red cube", pose=Pose(2.0, 0.1, 0.6), size=(0.04, 0.04, 0.04))
DESK = ScenePlace(name="desk", pose=Pose(2.0, 0.0, 0.3), size=(0.4, 1.0, 0.6))


class LeftOf:
    """Only what is left of a line along x is free."""

    def __init__(self, y: float):
        self._y = y

    def is_free(self, x: float, y: float) -> bool:
        return y > self._y


def scene(desk=DESK, y=0.0, floor=None) -> SceneGraph:
    """The robot stands y to the left of the origin, and looks along x."""
    on_desk, robot = Relation("on", "red cube", "desk"), RobotState(base=Pose(0.0, y))
    return SceneGraph(objects=(CUBE,), places=(desk,), relations=(on_desk,), robot=robot, floor=floor)


def test_the_sides_come_in_the_order_in_which_they_face_the_robot():
    poses = approach_poses(CUBE, scene(y=0.2))
    assert [pose[:2] for pose in poses] == [pytest.approx(p) for p in ((1.3, 0.0), (2.0, 1.0), (2.0, -1.0), (2.7, 0.0))]
    assert poses[0].yaw == pytest.approx(math.atan2(0.1, 0.7))  # at the cube, not at the desk's middle


def test_sides_turn_with_what_carries_the_thing():
    turned = DESK.model_copy(update={"pose": Pose(2.0, 0.0, 0.3, math.pi / 2)})
    assert approach_pose(CUBE, scene(turned))[:2] == pytest.approx((1.0, 0.0))


def test_the_first_side_with_free_floor_is_taken():
    assert approach_pose(CUBE, scene(floor=LeftOf(0.5)))[:2] == pytest.approx((2.0, 1.0))


def test_without_free_floor_anywhere_the_navigation_server_is_to_say_so():
    assert approach_pose(CUBE, scene(floor=LeftOf(9.0))) == approach_pose(CUBE, scene())


def test_a_pose_from_the_map_file_comes_first_if_it_is_free():
    marked = DESK.model_copy(update={"poses": {"approach": Pose(0.9, -0.4, 0.0, 0.3), "dock": Pose(5.0)}})
    assert approach_pose(CUBE, scene(marked)) == Pose(0.9, -0.4, 0.0, 0.3)
    assert approach_pose(marked, scene(marked, floor=LeftOf(-0.3)))[:2] == pytest.approx((1.3, 0.0))


def test_the_robot_is_at_a_place_where_it_stands_at_its_approach_pose():
    far = DESK.model_copy(update={"poses": {"approach": Pose(0.9, 0.0)}})
    robot = RobotState(base=Pose(0.7, 0.2))
    at = Relation("at", "desk")
    assert at in relations((), (far,), robot)
    assert at not in relations((), (DESK,), robot)
    assert at not in relations((), (far,), robot, Reach(approach_m=0.2))


def test_a_map_is_no_part_of_the_record():
    assert "floor" not in scene(floor=LeftOf(0.0)).model_dump()
