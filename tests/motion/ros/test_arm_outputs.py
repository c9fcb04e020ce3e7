# SPDX-License-Identifier: Apache-2.0
"""Motions of an arm behind FollowJointTrajectory, with a controller that does as it should or does not."""

import threading
import time
from dataclasses import replace

import numpy as np
import pytest
from action_msgs.srv import CancelGoal

from agent_planner.ros.interface_types import is_installed

if not is_installed("control_msgs/action/FollowJointTrajectory"):
    pytest.skip("control_msgs is not built", allow_module_level=True)

from agent_planner_motion.arm.fingers import Fingers
from agent_planner_motion.arm.trajectory import Limits, densify, time_path
from agent_planner_motion.errors import ControllerFailed, GoalRejected, Interrupted, MotionError, NoAnswer, NoServer
from agent_planner_motion.ros.arm_outputs import ArmChannel, FollowJointTrajectoryArm
from agent_planner_motion.ros.gripper_outputs import GripperChannel
from agent_planner_motion.ros.robot import Channels, Limb, RosRobot
from agent_planner_motion.skills.arm_motion import ArmMotion, Tolerance
from agent_planner_motion.skills.job import CancelRequested, Job
from tests.motion.ros.controllers import ArmController, FollowJointTrajectory, is_heard

SECONDS = 20.0
ARM = ("shoulder", "elbow")
SLOW = 0.2  # of the speed: the arm is in mid-motion even if this process is held up
LIMITS = Limits(np.array([1.0, 1.0]), np.array([5.0, 5.0]))
GOAL = np.array([0.8, -0.4])
CHANNEL = ArmChannel("follow_joint_trajectory", ARM, patience=3.0)


@pytest.fixture
def robot(node, patient):
    robot = RosRobot(node, Channels(Limb(CHANNEL, GripperChannel("topic", Fingers(("finger",), 0.08, 0.08)))))
    yield robot
    robot.destroy()


@pytest.fixture
def controller(context, namespace, robot):
    controller = ArmController(context, namespace, [*ARM, "finger"])

    assert robot.wait_steady(lambda: is_heard(robot), SECONDS, None)
    yield controller
    controller.close()


@pytest.fixture
def motion(robot):
    return ArmMotion(robot, LIMITS)


def path(robot, goal=GOAL):
    return densify(np.array([robot.joints().q, goal]))


def job_of(robot, asked=lambda: False):
    return Job(robot.now, time.monotonic, SECONDS, SECONDS, asked)


def test_the_arm_follows_and_the_goal_says_how_exactly_it_must(controller, robot, motion):
    motion.follow(path(robot), job_of(robot))
    assert robot.joints().q == pytest.approx(GOAL, abs=0.012)
    assert controller.ended == {0: "succeeded"}
    (goal,) = controller.goals
    assert goal.trajectory.joint_names == list(ARM)
    assert {(t.name, t.position) for t in goal.path_tolerance} == {("shoulder", 0.1), ("elbow", 0.1)}
    assert {(t.name, t.position) for t in goal.goal_tolerance} == {("shoulder", 0.05), ("elbow", 0.05)}
    assert goal.goal_time_tolerance.sec == 1


def test_where_the_arm_may_give_way_the_goal_says_so(controller, robot, motion):
    motion.follow(path(robot), job_of(robot), tolerance=Tolerance(give=0.3))
    (goal,) = controller.goals
    assert {t.position for t in (*goal.path_tolerance, *goal.goal_tolerance)} == {0.3}


def test_a_tolerance_that_is_the_controllers_own_stays_so(bare_node):
    arm = FollowJointTrajectoryArm(bare_node(), replace(CHANNEL, path_tolerance=0.0))
    goal = arm._goal(time_path(np.array([[0.0, 0.0], GOAL]), LIMITS), 0.3)
    assert {t.position for t in goal.path_tolerance} == {0.0}
    arm.destroy()


def test_a_controller_that_slows_the_motion_down_is_waited_for(controller, robot, motion):
    controller.scaling = 0.25
    wanted = time_path(path(robot), LIMITS).duration
    started = time.monotonic()
    motion.follow(path(robot), job_of(robot))
    assert time.monotonic() - started > 3 * wanted
    assert robot.joints().q == pytest.approx(GOAL, abs=0.012)


def test_a_violated_tolerance_is_told_by_the_controllers_name_for_it(controller, robot, motion):
    controller.stuck_after = 0.4
    with pytest.raises(ControllerFailed, match=r"PATH_TOLERANCE_VIOLATED: a joint is 0\.\d+ off") as told:
        motion.follow(path(robot), job_of(robot))
    assert (told.value.code, told.value.reason) == ("NOT_REACHED", "PATH_TOLERANCE_VIOLATED")


@pytest.mark.parametrize(("code", "name"), [(-2, "INVALID_JOINTS"), (-77, "ERROR_-77")])
def test_other_errors_of_the_controller_keep_their_names(controller, robot, motion, code, name):
    controller.told = code
    with pytest.raises(ControllerFailed, match=f"{name}: as the test wants it") as told:
        motion.follow(path(robot), job_of(robot))
    assert told.value.code == name


def test_where_the_joints_say_otherwise_success_is_none(controller, robot, motion):
    controller.stuck_after = 0.75
    controller.told = FollowJointTrajectory.Result.SUCCESSFUL
    with pytest.raises(MotionError, match=r"NOT_REACHED: joint 0 of the arm is 0\.\d+ off"):
        motion.follow(path(robot), job_of(robot))
    assert controller.ended == {0: "succeeded"}


def test_a_goal_that_is_rejected_is_told_as_such(controller, robot, motion):
    controller.accepts = False
    with pytest.raises(GoalRejected, match="'arm_controller/follow_joint_trajectory' rejected the goal"):
        motion.follow(path(robot), job_of(robot))


def test_without_a_server_nothing_is_sent(robot):
    with pytest.raises(NoServer, match="no server for 'arm_controller/follow_joint_trajectory'"):
        robot.controllers()
    with pytest.raises(NoServer):
        robot.send_arm(time_path(np.array([[0.0, 0.0], GOAL]), LIMITS))


def test_a_goal_without_an_answer_is_given_up_and_cancelled_when_it_is_accepted_after_all(controller, robot, motion):
    controller.answers.clear()
    with pytest.raises(NoAnswer, match=r"has not answered the goal in \d\.\d s"):
        motion.follow(path(robot), job_of(robot))
    controller.answers.set()
    assert robot.wait_steady(lambda: controller.ended == {0: "canceled"}, SECONDS, None)
    assert np.abs(robot.joints().q - GOAL).max() > 0.1


def test_a_server_that_goes_away_in_mid_motion_is_missed(controller, robot, motion):
    controller.scaling = 0.1
    threading.Timer(0.5, controller.vanish).start()
    with pytest.raises(NoServer, match=r"no server for .* for 3\.0 s"):
        motion.follow(path(robot), job_of(robot))


class Asked:
    """A cancel request that comes once the arm moves."""

    def __init__(self, robot):
        self.robot, self.at = robot, None

    def __call__(self):
        if self.at is None and np.abs(self.robot.joints().q).max() > 0.2:
            self.at = time.monotonic()
        return self.at is not None


def test_cancelled_in_mid_motion_the_goal_is_cancelled_at_once_and_rest_is_seen(controller, robot, motion):
    controller.scaling = SLOW
    asked = Asked(robot)
    with pytest.raises(CancelRequested) as end:
        motion.follow(path(robot), job_of(robot, asked))
    assert end.value.at_rest
    assert controller.ended == {0: "canceled"}
    assert controller.cancel_asked - asked.at < 1.5
    stopped = robot.joints().q
    assert 0.2 <= np.abs(stopped).max() < 0.79
    robot.wait_steady(lambda: False, 0.3, None)
    assert robot.joints().q == pytest.approx(stopped, abs=1e-6)


def test_a_controller_that_does_not_heed_a_cancel_is_not_taken_for_one_at_rest(controller, robot, motion):
    controller.obeys, controller.scaling = False, SLOW
    asked = Asked(robot)
    with pytest.raises(CancelRequested) as end:
        motion.follow(path(robot), job_of(robot, asked))
    assert not end.value.at_rest
    assert controller.cancel_asked - asked.at > 1.0, "asked again and again"


def test_a_motion_that_somebody_else_ends_is_told_as_such(controller, robot, motion, node):
    controller.scaling = SLOW
    ended = threading.Thread(target=_cancel_all, args=(node, robot))
    ended.start()
    with pytest.raises(Interrupted, match="ended from outside"):
        motion.follow(path(robot), job_of(robot))
    ended.join(SECONDS)


def _cancel_all(node, robot):
    """Cancel the goals of every client, as a stop does."""
    client = node.create_client(CancelGoal, "arm_controller/follow_joint_trajectory/_action/cancel_goal")
    assert client.wait_for_service(SECONDS)
    assert robot.wait_steady(lambda: np.abs(robot.joints().q).max() > 0.2, SECONDS, None)
    client.call_async(CancelGoal.Request())


def test_a_new_trajectory_takes_the_place_of_the_one_under_way(controller, robot):
    controller.scaling = SLOW
    robot.send_arm(time_path(path(robot), LIMITS))
    assert robot.wait_steady(lambda: np.abs(robot.joints().q).max() > 0.2, SECONDS, None)
    back = np.array([0.0, 0.0])
    robot.send_arm(time_path(path(robot, back), LIMITS))
    assert robot.wait_steady(robot.arm_done, SECONDS, None)
    assert controller.ended == {0: "aborted", 1: "succeeded"}
    assert robot.wait_steady(lambda: np.abs(robot.joints().q - back).max() < 0.01, SECONDS, None)


def test_where_the_new_trajectory_is_rejected_the_one_under_way_is_cancelled_too(controller, robot):
    controller.scaling = SLOW
    robot.send_arm(time_path(path(robot), LIMITS))
    assert robot.wait_steady(lambda: np.abs(robot.joints().q).max() > 0.2, SECONDS, None)
    controller.accepts = False
    motion = ArmMotion(robot, LIMITS)
    with pytest.raises(GoalRejected):
        motion.follow(path(robot, np.zeros(2)), job_of(robot))
    assert controller.ended == {0: "canceled"}
