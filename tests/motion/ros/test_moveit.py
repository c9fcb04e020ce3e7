# SPDX-License-Identifier: Apache-2.0
"""Motions of an arm behind MoveIt's move_group, with one that does as it should or does not."""

import math
import time

import numpy as np
import pytest
from std_msgs.msg import String

from agent_planner.ros.interface_types import is_installed

if not is_installed("moveit_msgs/action/MoveGroup"):
    pytest.skip("moveit_msgs is not installed", allow_module_level=True)
if not is_installed("control_msgs/action/FollowJointTrajectory"):
    pytest.skip("control_msgs is not built", allow_module_level=True)

from agent_planner_motion.arm.fingers import Fingers
from agent_planner_motion.arm.trajectory import Limits, densify
from agent_planner_motion.errors import ControllerFailed, GoalRejected, Interrupted, MotionError, NoAnswer, NoServer
from agent_planner_motion.ros.arm_outputs import ArmChannel
from agent_planner_motion.ros.gripper_outputs import GripperChannel
from agent_planner_motion.ros.move_group import MoveGroupChannel
from agent_planner_motion.ros.robot import Channels, Limb, RosRobot
from agent_planner_motion.skills.arm_motion import ArmMotion
from agent_planner_motion.skills.job import CancelRequested, Job
from agent_planner_motion.skills.ways import CellWays, Held
from agent_planner_motion.spatial import rotation_z, transform
from tests.motion.ros.controllers import is_heard
from tests.motion.ros.moveit import Codes, CollisionObject, MovingExecution, Planning, Scene

SECONDS = 20.0
ARM = ("shoulder", "elbow")
SLOW = 0.2  # of the speed: the arm is in mid-motion even if this process is held up
LIMITS = Limits(np.array([1.0, 1.0]), np.array([5.0, 5.0]))
GOAL, OTHER = np.array([0.8, -0.4]), np.array([0.4, 0.4])
PLANNER = MoveGroupChannel(ARM, "manipulator", "hand", ("left_finger", "palm"), speed=0.7)


class OpenSpace:
    """Our own planner's view of a scene in which nothing is touched."""

    def free(self, path, margin):
        return True


@pytest.fixture
def robot(node, patient):
    gripper = GripperChannel("topic", Fingers(("finger",), 0.08, 0.08))
    robot = RosRobot(node, Channels(Limb(ArmChannel("move_group", ARM), gripper, PLANNER)))
    yield robot
    robot.destroy()


@pytest.fixture
def execution(context, namespace, robot):
    execution = MovingExecution(context, namespace, [*ARM, "finger"])
    yield execution
    execution.close()


@pytest.fixture
def planning(context, namespace, robot, execution):
    planning = Planning(context, namespace, ARM, lambda: execution.joints.q[:2].copy())
    events = robot._arm._events
    assert robot.wait_steady(lambda: is_heard(robot) and events.get_subscription_count(), SECONDS, None)
    yield planning
    planning.close()


@pytest.fixture
def ways(robot, planning):
    return CellWays(robot, robot.cell)


@pytest.fixture
def motion(robot):
    return ArmMotion(robot, LIMITS)


def job_of(robot, asked=lambda: False):
    return Job(robot.now, time.monotonic, SECONDS, SECONDS, asked)


def line(robot, goal=GOAL):
    return densify(np.array([robot.joints().q, goal]))


# --- plans


def test_a_free_way_is_planned_and_moved_along_as_it_was_planned(ways, planning, execution, robot, motion):
    way = ways.find(OpenSpace(), [GOAL], job_of(robot))
    assert way.goal == 0
    assert way.path.positions[[0, -1]] == pytest.approx(np.array([[0.0, 0.0], GOAL]))
    assert execution.goals == [], "nothing has moved"
    motion.follow(way.path, job_of(robot))
    assert robot.joints().q == pytest.approx(GOAL, abs=0.012)
    (sent,) = execution.goals
    assert sent.trajectory.joint_trajectory.joint_names == list(ARM)
    assert len(sent.trajectory.joint_trajectory.points) == len(way.path.times)
    assert sent.trajectory.joint_trajectory.points[-1].positions == pytest.approx(GOAL)


def test_the_request_says_how_the_plan_should_be(ways, planning, robot):
    ways.find(OpenSpace(), [GOAL], job_of(robot))
    (goal,) = planning.goals
    request = goal.request
    assert (request.num_planning_attempts, request.allowed_planning_time) == (4, 2.0)
    assert request.max_velocity_scaling_factor == request.max_acceleration_scaling_factor == 0.7
    (constraints,) = request.goal_constraints
    assert {(c.joint_name, c.position) for c in constraints.joint_constraints} == set(zip(ARM, GOAL, strict=True))
    assert {(c.tolerance_above, c.tolerance_below) for c in constraints.joint_constraints} == {(0.001, 0.001)}


@pytest.mark.parametrize("code", [Codes.GOAL_IN_COLLISION, Codes.PLANNING_FAILED, Codes.FAILURE, Codes.NO_IK_SOLUTION])
def test_where_a_goal_cannot_be_reached_the_next_is_asked_for(ways, planning, robot, code):
    planning.codes = [code]
    assert ways.find(OpenSpace(), [GOAL, OTHER], job_of(robot)).goal == 1
    assert len(planning.goals) == 2


def test_why_no_goal_can_be_reached_is_told_by_moveits_name_for_it(ways, planning, robot):
    planning.codes = [Codes.GOAL_IN_COLLISION]
    job = job_of(robot)
    assert ways.find(OpenSpace(), [GOAL], job) is None
    assert ways.why(job) == "; 'move_action' ended with GOAL_IN_COLLISION: as the test wants it"


@pytest.mark.parametrize(
    ("code", "name", "ours"),
    [
        (Codes.START_STATE_IN_COLLISION, "START_STATE_IN_COLLISION", "NOT_REACHED"),
        (Codes.ROBOT_STATE_STALE, "ROBOT_STATE_STALE", "NO_DATA"),
        (Codes.INVALID_GROUP_NAME, "INVALID_GROUP_NAME", "INVALID_GROUP_NAME"),
        (-77, "ERROR_-77", "ERROR_-77"),
    ],
)
def test_what_hinders_every_plan_ends_the_search(ways, planning, robot, code, name, ours):
    planning.codes = [code]
    with pytest.raises(ControllerFailed, match=f"'move_action' ended with {name}: as the test wants it") as told:
        ways.find(OpenSpace(), [GOAL, OTHER], job_of(robot))
    assert told.value.code == ours
    assert len(planning.goals) == 1


def test_a_plan_for_other_joints_names_both_and_the_parameter(ways, planning, robot):
    planning.spoil = lambda message: message.joint_names.append("lift")
    told = r"plans for elbow, shoulder, lift, arm_joints are shoulder, elbow; does move_group_name \('manipulator'\)"
    with pytest.raises(MotionError, match=told):
        ways.find(OpenSpace(), [GOAL], job_of(robot))


def _without_times(message):
    for point in message.points:
        point.time_from_start.sec = point.time_from_start.nanosec = 0


def _without_velocities(message):
    for point in message.points:
        point.velocities = []


@pytest.mark.parametrize("spoil", [_without_times, _without_velocities])
def test_a_plan_that_is_not_timed_is_none(ways, planning, robot, spoil):
    planning.spoil = spoil
    with pytest.raises(MotionError, match="is not timed; has its pipeline AddTimeOptimalParameterization"):
        ways.find(OpenSpace(), [GOAL], job_of(robot))


def test_a_request_that_is_rejected_or_not_answered_is_told_as_such(ways, planning, robot):
    planning.accepts = False
    with pytest.raises(GoalRejected, match="'move_action' rejected the goal"):
        ways.find(OpenSpace(), [GOAL], job_of(robot))
    planning.answers.clear()
    with pytest.raises(NoAnswer, match=r"'move_action' has not answered the goal in \d\.\d s"):
        ways.find(OpenSpace(), [GOAL], job_of(robot))


def test_without_move_group_nothing_is_asked_for(robot):
    with pytest.raises(NoServer, match="no server for 'move_action'"):
        robot.cell.ask(GOAL)


def test_cancelled_while_it_is_planned_it_ends_at_once_and_a_later_request_waits_its_turn(ways, planning, robot):
    planning.takes = 2.0
    began = time.monotonic()
    with pytest.raises(CancelRequested) as end:
        ways.find(OpenSpace(), [GOAL], job_of(robot, lambda: len(planning.goals) > 0))
    assert end.value.at_rest
    assert time.monotonic() - began < 1.5
    assert ways.find(OpenSpace(), [GOAL], job_of(robot)) is not None
    assert planning.ended == {0: "succeeded", 1: "succeeded"}, "the second was not asked for before the first had ended"


# --- motions


class Asked:
    """A cancel request that comes once the arm moves."""

    def __init__(self, robot):
        self.robot, self.at = robot, None

    def __call__(self):
        if self.at is None and np.abs(self.robot.joints().q).max() > 0.2:
            self.at = time.monotonic()
        return self.at is not None


def test_cancelled_in_mid_motion_the_arm_is_stopped_by_the_event_and_rest_is_seen(planning, execution, robot, motion):
    execution.scaling = SLOW
    asked = Asked(robot)
    with pytest.raises(CancelRequested) as end:
        motion.follow(line(robot), job_of(robot, asked))
    assert end.value.at_rest
    assert execution.ended == {0: "PREEMPTED"}
    assert execution.cancel_asked is not None
    stopped = robot.joints().q
    assert 0.2 <= np.abs(stopped).max() < 0.79
    robot.wait_steady(lambda: False, 0.3, None)
    assert robot.joints().q == pytest.approx(stopped, abs=1e-6)


def test_a_goal_that_is_accepted_after_it_was_given_up_is_stopped_all_the_same(planning, execution, robot, motion):
    execution.answers.clear()
    execution.scaling = SLOW
    with pytest.raises(NoAnswer):
        motion.follow(line(robot), job_of(robot))
    assert execution.goals == []
    execution.answers.set()
    assert robot.wait_steady(lambda: execution.ended == {0: "PREEMPTED"}, SECONDS, None)
    assert np.abs(robot.joints().q - GOAL).max() > 0.1


def test_a_motion_that_somebody_else_stops_is_told_as_such(planning, execution, robot, motion, node):
    execution.scaling = SLOW
    events = node.create_publisher(String, "trajectory_execution_event", 1)
    asked = Asked(robot)
    job = job_of(robot, lambda: asked() and events.publish(String(data="stop")))
    with pytest.raises(Interrupted, match="'execute_trajectory' was ended from outside"):
        motion.follow(line(robot), job)


@pytest.mark.parametrize(
    ("code", "name", "ours"),
    [
        (Codes.CONTROL_FAILED, "CONTROL_FAILED", "NOT_REACHED"),
        (Codes.TIMED_OUT, "TIMED_OUT", "NOT_REACHED"),
        (Codes.CRASH, "CRASH", "CRASH"),
    ],
)
def test_errors_of_the_execution_keep_their_names(planning, execution, robot, motion, code, name, ours):
    execution.told = code
    with pytest.raises(ControllerFailed, match=f"'execute_trajectory' ended with {name}") as told:
        motion.follow(line(robot), job_of(robot))
    assert (told.value.code, told.value.reason) == (ours, name)


def test_without_a_server_nothing_is_sent(robot):
    with pytest.raises(NoServer, match="no server for 'execute_trajectory'"):
        robot.controllers()


# --- what is held


CUP = Held("red cup", transform(rotation_z(math.pi / 2), (0.0, 0.01, 0.02)), np.array([0.06, 0.05, 0.09]))


@pytest.fixture
def scene(node, robot):
    scene = Scene(node)
    publisher = robot.cell._held._publisher
    assert robot.wait_steady(publisher.get_subscription_count, SECONDS, None)
    return scene


def test_what_is_held_is_attached_as_a_box_until_it_is_let_go(scene, robot):
    for held in (None, CUP, CUP):
        robot.cell.show(held)
    assert robot.wait_steady(lambda: "red cup" in scene.attached, SECONDS, None)
    attached = scene.attached["red cup"]
    assert (attached.link_name, attached.touch_links) == ("hand", ["left_finger", "palm"])
    box = attached.object
    assert box.header.frame_id == "hand"
    assert (box.pose.position.y, box.pose.position.z) == (0.01, 0.02)
    assert box.pose.orientation.z == pytest.approx(math.sqrt(0.5))
    (shape,) = box.primitives
    assert (shape.type, list(shape.dimensions)) == (shape.BOX, [0.06, 0.05, 0.09])
    robot.cell.show(None)
    assert robot.wait_steady(lambda: len(scene.history) == 2, SECONDS, None)
    assert (scene.attached, scene.world) == ({}, set())


def test_another_object_takes_the_place_of_the_one_before(scene, robot):
    robot.cell.show(CUP)
    robot.cell.show(Held("can", CUP.pose, CUP.size))
    assert robot.wait_steady(lambda: scene.history == [{"red cup"}, set(), {"can"}], SECONDS, None)


def test_plans_have_it_in_the_hand_even_if_the_scene_has_not_heard_of_it(ways, planning, robot):
    robot.cell.show(CUP)
    ways.find(OpenSpace(), [GOAL], job_of(robot))
    (goal,) = planning.goals
    difference = goal.planning_options.planning_scene_diff
    assert difference.is_diff
    assert [a.object.id for a in difference.robot_state.attached_collision_objects] == ["red cup"]
    assert difference.robot_state.attached_collision_objects[0].object.operation == CollisionObject.ADD
