# SPDX-License-Identifier: Apache-2.0
import math

import numpy as np
import pytest
from agent_planner_interfaces.msg import SceneGraph, SceneObject, ScenePlace
from builtin_interfaces.msg import Time
from geometry_msgs.msg import Point, Pose, Quaternion, TransformStamped, Vector3
from nav_msgs.msg import OccupancyGrid
from tf2_msgs.msg import TFMessage

from agent_planner_motion.arm.trajectory import Trajectory
from agent_planner_motion.base.pose import Pose2
from agent_planner_motion.errors import MissingData
from agent_planner_motion.ros.frames import Frames
from agent_planner_motion.ros.messages import fresh, grid_of, pose_matrix, pose_stamped, trajectory_message, world_of
from agent_planner_motion.spatial import planar, yaw_of

QUARTER = Quaternion(z=math.sqrt(0.5), w=math.sqrt(0.5))


def test_a_pose_there_and_back():
    message = pose_stamped(Pose2(1.0, -2.0, 2.5), "map", Time(sec=7))
    assert (message.header.frame_id, message.header.stamp.sec) == ("map", 7)
    assert Pose2.of(pose_matrix(message.pose)) == pytest.approx((1.0, -2.0, 2.5))


def test_a_scene_is_read_with_all_that_motion_needs():
    scene = SceneGraph()
    scene.header.stamp = Time(sec=3, nanosec=500_000_000)
    scene.objects = [SceneObject(name="cup", size=Vector3(x=0.1, y=0.2, z=0.3), affordances=["graspable"])]
    door = ScenePlace(name="cabinet", mechanism=ScenePlace.DOOR, is_open=False, opening=0.2, travel=1.5)
    door.handle.orientation = QUARTER
    door.hinge = Point(x=1.0, y=2.0, z=3.0)
    scene.places = [ScenePlace(name="table"), door]
    scene.robot.holding = "cup"
    scene.robot.end_effector = Pose(position=Point(x=0.5), orientation=QUARTER)
    world = world_of(scene)
    assert (world.stamp, world.holding) == (3.5, "cup")
    assert world.end_effector[:3, 3] == pytest.approx((0.5, 0.0, 0.0))
    cup, table, cabinet = world.things["cup"], world.things["table"], world.things["cabinet"]
    assert cup.movable
    assert list(cup.size) == [0.1, 0.2, 0.3]
    assert cup.can("graspable")
    assert table.handle is None, "nobody set it"
    assert table.hinge is None
    assert not table.movable
    assert (cabinet.is_open, cabinet.travel, list(cabinet.hinge)) == (False, 1.5, [1.0, 2.0, 3.0])
    assert cabinet.opening == pytest.approx(0.2)
    assert yaw_of(cabinet.handle[:3, :3]) == pytest.approx(math.pi / 2)


def test_a_zero_quaternion_means_that_a_drawer_has_no_handle():
    drawer = ScenePlace(name="drawer", mechanism=ScenePlace.DRAWER)
    drawer.handle.orientation = Quaternion(w=0.0)
    assert world_of(SceneGraph(places=[drawer])).things["drawer"].handle is None


def test_in_a_map_what_is_likely_taken_or_unknown_counts_as_taken():
    message = OccupancyGrid()
    message.info.width, message.info.height, message.info.resolution = 3, 2, 0.1
    message.info.origin.position.x, message.info.origin.position.y = -1.0, 2.0
    message.data = [0, 49, 50, 100, -1, 0]
    grid = grid_of(message)
    assert grid.occupied.tolist() == [[False, False, True], [True, True, False]]
    assert grid.origin == (-1.0, 2.0)
    assert grid.cell(-0.75, 2.15) == (1, 2)


def test_a_trajectory_begins_a_step_after_now_and_keeps_its_times():
    times = np.arange(60) * 0.02
    trajectory = Trajectory(times, np.ones((60, 2)), np.full((60, 2), 0.5))
    message = trajectory_message(("a", "b"), trajectory, 0.02)
    assert message.joint_names == ["a", "b"]
    stamps = [p.time_from_start.sec + p.time_from_start.nanosec * 1e-9 for p in message.points]
    assert stamps == pytest.approx(times + 0.02)
    assert all(0 <= p.time_from_start.nanosec < 1_000_000_000 for p in message.points)
    assert list(message.points[0].positions) == [1.0, 1.0]
    assert list(message.points[0].velocities) == [0.5, 0.5]


def frame(parent, child, x=0.0, yaw=0.0, sec=1):
    message = TransformStamped(child_frame_id=child)
    message.header.frame_id, message.header.stamp = parent, Time(sec=sec)
    message.transform.translation.x = x
    message.transform.rotation = Quaternion(z=math.sin(yaw / 2), w=math.cos(yaw / 2))
    return message


def test_frames_are_joined_over_their_common_ancestor():
    frames = Frames()
    frames.take(TFMessage(transforms=[frame("map", "odom", 1.0, math.pi / 2), frame("odom", "base_link", 2.0)]))
    frames.take(TFMessage(transforms=[frame("base_link", "camera", 0.5)]))
    assert frames.lookup("map", "base_link") == pytest.approx(planar(1.0, 2.0, math.pi / 2))
    assert frames.lookup("odom", "camera") == pytest.approx(planar(2.5, 0.0, 0.0))
    assert frames.lookup("camera", "odom") == pytest.approx(planar(-2.5, 0.0, 0.0))
    assert frames.lookup("base_link", "base_link") == pytest.approx(np.eye(4))
    assert frames.known() == ["base_link", "camera", "map", "odom"]


def test_the_newest_of_a_frame_counts_and_strangers_are_not_joined():
    frames = Frames()
    frames.take(TFMessage(transforms=[frame("map", "odom", 1.0), frame("elsewhere", "thing")]))
    frames.take(TFMessage(transforms=[frame("map", "odom", 5.0, sec=2)]))
    assert frames.lookup("map", "odom")[0, 3] == 5.0
    assert frames.lookup("map", "thing") is None
    assert frames.lookup("map", "nowhere") is None


def test_how_old_the_way_between_two_frames_is():
    frames = Frames()
    frames.take(TFMessage(transforms=[frame("map", "odom", sec=7), frame("odom", "base_link", sec=3)]))
    frames.take_static(TFMessage(transforms=[frame("earth", "map", sec=1), frame("base_link", "camera", sec=1)]))
    assert frames.oldest("map", "odom") == frames.oldest("odom", "map") == 7.0
    assert frames.oldest("map", "camera") == 3.0
    assert frames.oldest("base_link", "camera") == math.inf


def test_what_is_old_or_comes_from_a_clock_ahead_is_not_fresh():
    assert fresh("odom", 9.5, 10.0) == 9.5 and fresh("odom", 10.5, 10.0) == 10.5
    with pytest.raises(MissingData, match=r"nothing came on 'odom' for 2\.0 s"):
        fresh("odom", 8.0, 10.0)
    with pytest.raises(MissingData, match=r"the clock that stamps 'odom' is 2\.0 s ahead of ours"):
        fresh("odom", 12.0, 10.0)


def test_a_ring_of_frames_ends_too():
    frames = Frames()
    frames.take(TFMessage(transforms=[frame("a", "b"), frame("b", "a")]))
    assert frames.lookup("map", "a") is None
