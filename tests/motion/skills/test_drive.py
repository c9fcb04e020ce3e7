# SPDX-License-Identifier: Apache-2.0
import math
from dataclasses import replace

import numpy as np
import pytest

from agent_planner_motion.base.grid import Footprint
from agent_planner_motion.base.pose import Pose2
from agent_planner_motion.errors import MissingData, MotionError, NoWay
from agent_planner_motion.skills.drive import DRIVING, Drive, DriveSettings
from agent_planner_motion.skills.job import CancelRequested, Job
from agent_planner_motion.spatial import wrapped
from tests.motion.kinematic_robot import KinematicRobot, empty_floor
from tests.motion.things import area, bin_on_foot, cabinet, cube, table

TABLE = Footprint(0.75, 0.0, 0.0, 0.42, 0.56)
SETTINGS = DriveSettings()


def robot_at(x=-1.5, y=-1.5, yaw=0.0, boxes=(TABLE,), **more):
    return KinematicRobot(
        pose=(x, y, yaw), grid=empty_floor().with_boxes(list(boxes)), **({"places": (table(),)} | more)
    )


def drive(robot, stow=lambda job: None):
    return Drive(robot, SETTINGS, stow)


def watch(robot):
    """Return the list to which the clearance at every moment is added."""
    seen = []
    robot.on_tick = lambda: seen.append(robot.map.clearance_at(robot.pose.x, robot.pose.y))
    return seen


@pytest.mark.parametrize("start", [(-1.5, -1.5, 0.0), (1.8, 1.5, 2.0), (0.75, -1.6, -3.0)])
def test_it_comes_to_rest_beside_a_table_facing_it_and_keeps_clear_of_all(start):
    robot = robot_at(*start)
    clearances = watch(robot)
    pose = drive(robot).to_entity("table", robot.job())
    assert robot.velocity == (0.0, 0.0)
    assert pose == robot.pose
    outside = np.abs(table().to_local(np.array((pose.x, pose.y, 0.0)))[:2]) - table().size[:2] / 2
    assert 0.3 < np.linalg.norm(np.maximum(outside, 0.0)) < 0.6
    assert wrapped(pose.yaw - math.atan2(-pose.y, 0.75 - pose.x)) == pytest.approx(0.0, abs=0.1)
    assert min(clearances) >= SETTINGS.radius - 0.05


@pytest.mark.parametrize("lag", [0.15, 0.4])
def test_it_arrives_too_where_what_it_sees_of_itself_is_late(lag):
    robot = robot_at()
    robot.lag = lag
    clearances = watch(robot)
    drive(robot).to_entity("table", robot.job(limit=60.0))
    assert robot.velocity == (0.0, 0.0)
    assert min(clearances) >= SETTINGS.radius - 0.10


def test_it_goes_to_a_pose_of_the_map():
    robot = robot_at()
    pose = drive(robot).to_pose(Pose2(1.8, 1.5, 1.0), robot.job())
    assert pose.distance(1.8, 1.5) < 0.085
    assert pose.yaw == pytest.approx(1.0, abs=0.05)


def test_the_remaining_way_is_told_as_it_shrinks():
    robot, told = robot_at(), []
    job = Job(robot.now, robot.now, 100.0, 100.0, feedback=lambda state, value: told.append((state, value)))
    drive(robot, lambda job: job.tell(value=7.0)).to_entity("table", job)
    metres = [value for state, value in told if state == DRIVING]
    assert metres[0] > 1.5
    assert metres[-1] < 0.1
    assert metres == sorted(metres, reverse=True)


def test_the_arm_is_stowed_before_the_base_moves():
    robot = robot_at()
    stowed_at = []
    drive(robot, lambda job: stowed_at.append(len(robot.sent))).to_entity("table", robot.job())
    assert stowed_at == [0]


NO_WAY = NoWay("no free way for the arm was found")


class Folding:
    """An arm that cannot be stowed the first times."""

    def __init__(self, robot, failures, error=NO_WAY):
        self.robot, self.failures, self.error, self.tried_at = robot, failures, error, []

    def __call__(self, job):
        self.tried_at.append(self.robot.pose)
        if len(self.tried_at) <= self.failures:
            raise self.error


def test_where_the_arm_has_no_room_to_fold_the_base_backs_off_first():
    robot = robot_at(0.0, 0.0, 0.0)
    folding = Folding(robot, failures=1)
    pose = drive(robot, folding).to_pose(Pose2(-1.5, 1.5, 0.0), robot.job())
    assert pose.distance(-1.5, 1.5) < 0.1
    before, after = folding.tried_at
    assert before == (0.0, 0.0, 0.0)
    assert after == pytest.approx((-0.2, 0.0, 0.0), abs=0.02)


def test_an_arm_that_cannot_be_stowed_there_either_blocks_the_drive():
    robot = robot_at(0.0, 0.0, 0.0)
    with pytest.raises(MotionError, match="BLOCKED: the arm cannot be stowed for driving: no free way"):
        drive(robot, Folding(robot, failures=9)).to_pose(Pose2(-1.5, 1.5, 0.0), robot.job())
    assert robot.pose == pytest.approx((-0.2, 0.0, 0.0), abs=0.02)
    assert robot.velocity == (0.0, 0.0)


def test_an_arm_that_is_caught_on_something_is_not_torn_along():
    robot = robot_at(0.0, 0.0, 0.0)
    stalled = MotionError("NOT_REACHED", "joint 1 of the arm is 0.5 off")
    with pytest.raises(MotionError, match="BLOCKED: the arm cannot be stowed for driving: joint 1"):
        drive(robot, Folding(robot, failures=1, error=stalled)).to_pose(Pose2(-1.5, 1.5, 0.0), robot.job())
    assert robot.sent == []


def test_whatever_ends_a_drive_the_base_does_not_go_on():
    robot = robot_at()

    def broken():
        if robot.velocity[0] > 0.1:
            robot.map = None

    robot.on_tick = broken
    with pytest.raises(AttributeError):
        drive(robot).to_entity("table", robot.job())
    assert robot.velocity == (0.0, 0.0)


def test_without_room_behind_the_base_does_not_back_off():
    robot = robot_at(0.0, 0.0, 0.0, boxes=(TABLE, Footprint(-0.45, 0.0, 0.0, 0.2, 0.6)))
    with pytest.raises(MotionError, match="BLOCKED"):
        drive(robot, Folding(robot, failures=9)).to_pose(Pose2(0.0, 1.5, 0.0), robot.job())
    assert robot.pose == (0.0, 0.0, 0.0)


def test_an_unknown_target_is_told_with_what_there_is():
    robot = robot_at()
    with pytest.raises(MotionError, match="UNKNOWN_TARGET: 'tabel' is not in the scene; did you mean 'table'"):
        drive(robot).to_entity("tabel", robot.job())
    assert robot.sent == []


def test_where_no_pose_beside_it_is_free_there_is_no_approach():
    around = Footprint(0.75, 0.0, 0.0, 2.4, 2.4)
    robot = robot_at(boxes=(around,))
    with pytest.raises(MotionError, match=r"NO_APPROACH: none of \d+ poses at 'table' has 0.27 m of room") as told:
        drive(robot).to_entity("table", robot.job())
    assert told.value.code == "NO_APPROACH"
    assert robot.sent == []


def test_a_pose_without_room_and_one_behind_a_wall_have_no_path():
    robot = robot_at()
    with pytest.raises(MotionError, match="NO_PATH: none of 1 poses at"):
        drive(robot).to_pose(Pose2(0.75, 0.0, 0.0), robot.job())
    walled = robot_at(boxes=(TABLE, Footprint(-0.5, 0.0, math.pi / 2, 6.0, 0.1)))
    with pytest.raises(MotionError, match=r"NO_PATH: no way leads from \(-1.50, -1.50\) to any of \d+ free poses"):
        drive(walled).to_entity("table", walled.job())


def test_what_falls_into_the_way_is_driven_around():
    robot = robot_at(-2.0, 0.0, boxes=())
    robot.places = (area(x=2.0),)
    box = cube("box", x=0.3, y=0.05, bottom=0.0, size=0.2)
    apart = []

    def fall():
        if robot.pose.x > -1.0:
            robot.objects = (box,)
        outside = np.abs(np.array(robot.pose[:2]) - box.centre[:2]) - 0.1
        apart.append(float(np.linalg.norm(np.maximum(outside, 0.0))))

    robot.on_tick = fall
    pose = drive(robot).to_entity("kitchen", robot.job())
    assert pose.distance(2.0, 0.0) < 0.1
    assert min(apart) >= 0.2


def test_before_what_blocks_the_whole_way_it_stops_waits_and_gives_up():
    corridor = (Footprint(0.0, 0.6, 0.0, 6.0, 0.3), Footprint(0.0, -0.6, 0.0, 6.0, 0.3))
    robot = robot_at(-2.0, 0.0, boxes=corridor)
    robot.places = (area(x=2.0),)
    barrier = replace(cube("box", x=0.5, bottom=0.0, size=0.3), size=np.array((0.2, 0.8, 0.3)))

    def fall():
        if robot.pose.x > -1.2:
            robot.objects = (barrier,)

    robot.on_tick = fall
    with pytest.raises(MotionError, match=r"BLOCKED: the way to 'kitchen' is blocked") as told:
        drive(robot).to_entity("kitchen", robot.job())
    assert told.value.code == "BLOCKED"
    assert robot.velocity == (0.0, 0.0)
    assert robot.pose.x < 0.4 - 0.27
    stood = max(t for t, linear, _ in robot.sent if linear > 0.0)
    assert SETTINGS.patience <= robot.time - stood < SETTINGS.patience + 2.0


def carried_along(robot, ahead, bottom):
    """Keep a cube before the base, or on it, wherever it goes."""

    def follow():
        x, y = (robot.pose.x + ahead * math.cos(robot.pose.yaw), robot.pose.y + ahead * math.sin(robot.pose.yaw))
        robot.objects = (cube(x=x, y=y, bottom=bottom),)

    robot.on_tick = follow
    follow()


def test_what_fell_on_the_robot_itself_is_not_in_its_way():
    robot = robot_at(-2.0, 0.0, boxes=())
    robot.places = (area(x=2.0),)
    carried_along(robot, 0.2, 0.265)
    assert drive(robot).to_entity("kitchen", robot.job()).distance(2.0, 0.0) < 0.1
    sent = len(robot.sent)
    with pytest.raises(MotionError, match="NO_APPROACH: 'red cube' lies on the robot itself"):
        drive(robot).to_entity("red cube", robot.job())
    assert len(robot.sent) == sent
    robot.holding = "red cube"
    drive(robot).to_entity("red cube", robot.job())


def test_where_every_way_is_blocked_as_soon_as_it_is_begun_it_gives_up():
    robot = robot_at(-2.0, 0.0, boxes=())
    robot.places = (area(x=2.0),)
    carried_along(robot, 0.2, 0.0)
    begun = robot.time
    with pytest.raises(MotionError, match="BLOCKED: the way to 'kitchen' is blocked: each that is found is blocked"):
        drive(robot).to_entity("kitchen", robot.job())
    assert robot.time - begun < 60.0
    assert robot.velocity == (0.0, 0.0)


def test_a_blocked_way_that_is_cleared_in_time_is_driven():
    corridor = (Footprint(0.0, 0.6, 0.0, 6.0, 0.3), Footprint(0.0, -0.6, 0.0, 6.0, 0.3))
    robot = robot_at(-2.0, 0.0, boxes=corridor)
    robot.places = (area(x=2.0),)
    barrier = replace(cube("box", x=0.5, bottom=0.0, size=0.3), size=np.array((0.2, 0.8, 0.3)))
    robot.on_tick = lambda: setattr(robot, "objects", (barrier,) if 4.0 < robot.time < 8.0 else ())
    assert drive(robot).to_entity("kitchen", robot.job()).distance(2.0, 0.0) < 0.1


def test_a_loop_that_was_held_up_does_not_take_that_for_a_base_that_is():
    robot = robot_at()
    waited = []

    def slow(until, seconds, job, wait=robot.wait):
        # Once, just after the start, the processor is busy elsewhere: time passes, and nothing is seen of the base.
        if robot.velocity != (0.0, 0.0) and not waited:
            waited.append(robot.time)
            robot.time += 2.5
        return wait(until, seconds, job)

    robot.wait = slow
    drive(robot).to_entity("table", robot.job())
    assert waited


def test_a_base_that_is_held_fast_is_told():
    robot = robot_at()
    robot.stuck = True
    with pytest.raises(MotionError, match="BLOCKED: the base does not move although"):
        drive(robot).to_entity("table", robot.job())
    assert robot.velocity == (0.0, 0.0)


def test_cancelled_in_mid_drive_the_base_is_at_rest():
    robot = robot_at()
    robot.cancel_at = robot.time + 3.0
    with pytest.raises(CancelRequested):
        drive(robot).to_entity("table", robot.job())
    assert any(linear > 0.1 for _, linear, _ in robot.sent), "it was on its way"
    assert robot.velocity == (0.0, 0.0)
    assert robot.time < robot.cancel_at + 0.5


def test_a_time_out_stops_it_too():
    robot = robot_at()
    with pytest.raises(MotionError, match=r"TIMEOUT: not done after 2 s of ROS time; the base is at \(.*, on way 1 to"):
        drive(robot).to_entity("table", robot.job(limit=2.0))
    assert robot.velocity == (0.0, 0.0)


def test_what_was_pushed_aside_is_found_again():
    robot = robot_at(-2.0, 0.0, boxes=())
    robot.places = (area(x=2.0),)

    def push():
        if -1.0 < robot.pose.x < -0.9:
            robot.pose = Pose2(robot.pose.x, 0.5, robot.pose.yaw)

    robot.on_tick = push
    assert drive(robot).to_entity("kitchen", robot.job()).distance(2.0, 0.0) < 0.1


def test_beside_the_end_of_its_way_it_takes_another_one():
    robot = robot_at(-2.0, 0.0, boxes=(), places=())
    pushed = []

    def push():
        if robot.pose.x > 0.9 and not pushed:
            pushed.append(robot.time)
            robot.pose = Pose2(robot.pose.x, 0.15, robot.pose.yaw)

    robot.on_tick = push
    assert drive(robot).to_pose(Pose2(1.0, 0.0, 0.0), robot.job()).distance(1.0, 0.0) < 0.085
    assert robot.time - pushed[0] < 15.0


def test_without_a_scene_a_pose_can_still_be_driven_to():
    robot = robot_at()

    def silent():
        raise MissingData("scene_graph", 3.0)

    robot.world = silent
    assert drive(robot).to_pose(Pose2(-1.5, 1.0, 0.0), robot.job()).distance(-1.5, 1.0) < 0.1


def test_an_object_on_a_table_is_approached_within_reach():
    robot = robot_at(objects=(cube(x=0.65, y=0.1),))
    pose = drive(robot).to_entity("red cube", robot.job())
    assert 0.45 < pose.distance(0.65, 0.1) < 0.75


def test_beside_a_door_that_it_has_just_opened_it_is_where_it_should_be():
    shut = robot_at(1.0, -1.5, 0.0, boxes=(Footprint(0.0, 0.0, 0.0, 0.38, 0.42),), places=(cabinet(0.0, x=0.0),))
    at = drive(shut).to_entity("cabinet", shut.job())
    tight = Footprint(at.x, at.y - 0.36, 0.0, 0.9, 0.2)  # 0.26 m off
    robot = robot_at(*at, boxes=(Footprint(0.0, 0.0, 0.0, 0.38, 0.42), tight), places=(cabinet(1.0, x=0.0),))
    assert robot.map.clearance_at(at.x, at.y) < SETTINGS.radius
    assert drive(robot).to_entity("cabinet", robot.job()).distance(at.x, at.y) < 0.4


def test_the_nearer_side_is_taken_where_both_are_as_good():
    robot = robot_at(2.2, 0.0, math.pi)
    assert drive(robot).to_entity("table", robot.job()).x > 0.75
    other = robot_at(-2.0, 0.6, boxes=(Footprint(0.0, 0.6, 0.0, 0.3, 0.3),), places=(bin_on_foot(),))
    assert drive(other).to_entity("blue bin", other.job()).x < 0.0
