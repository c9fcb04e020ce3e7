# SPDX-License-Identifier: Apache-2.0
"""Fingers behind the gripper actions: one joint, whose position is an angle that shrinks as they open."""

import time

import pytest

from agent_planner.ros.interface_types import is_installed

if not is_installed("control_msgs/action/ParallelGripperCommand"):
    pytest.skip("control_msgs is not built", allow_module_level=True)

from agent_planner_motion.arm.fingers import Fingers
from agent_planner_motion.arm.trajectory import Limits
from agent_planner_motion.errors import ControllerFailed, GoalRejected, MotionError, NoAnswer, NoServer
from agent_planner_motion.ros.arm_outputs import ArmChannel
from agent_planner_motion.ros.gripper_outputs import GripperChannel
from agent_planner_motion.ros.robot import Channels, Limb, RosRobot
from agent_planner_motion.skills.arm_motion import ArmMotion
from agent_planner_motion.skills.job import CancelRequested, Job
from tests.motion.ros.controllers import GripperCommand, GripperController, ParallelGripperCommand, is_heard

SECONDS = 20.0
FINGERS = Fingers(("knuckle",), widest=0.08, open=0.0, closed=0.8)
KINDS = {"gripper_command": GripperCommand, "parallel_gripper_command": ParallelGripperCommand}


@pytest.fixture(params=sorted(KINDS))
def interface(request):
    return request.param


@pytest.fixture
def robot(node, interface, patient):
    channel = GripperChannel(interface, FINGERS, effort=15.0, patience=3.0)
    robot = RosRobot(node, Channels(Limb(ArmChannel("topic", ()), channel)))
    yield robot
    robot.destroy()


@pytest.fixture
def controller(context, namespace, robot, interface):
    controller = GripperController(context, namespace, "knuckle", KINDS[interface])

    assert robot.wait_steady(lambda: is_heard(robot), SECONDS, None)
    yield controller
    controller.close()


def grip(robot, opening, asked=lambda: False, seconds=6.0):
    job = Job(robot.now, time.monotonic, SECONDS, SECONDS, asked)
    return ArmMotion(robot, Limits(None, None)).grip(opening, job, seconds)


def test_an_opening_becomes_a_position_of_the_joint_and_is_read_back(controller, robot, interface):
    assert robot.joints().opening == pytest.approx(0.08), "the joint is at zero"
    assert grip(robot, 0.02) == pytest.approx(0.02, abs=0.002)
    assert controller.joints.q[0] == pytest.approx(0.6)
    command = controller.goals[0].command
    if interface == "gripper_command":
        assert (command.position, command.max_effort) == pytest.approx((0.6, 15.0))
    else:
        assert list(command.name) == ["knuckle"]
        assert (*command.position, *command.effort) == pytest.approx((0.6, 15.0))


@pytest.mark.parametrize("aborts", [True, False])
def test_a_thing_between_the_fingers_ends_a_grasp_and_is_no_fault(controller, robot, aborts):
    controller.blocked_at, controller.fails_stalled = 0.5, aborts
    assert grip(robot, 0.0) == pytest.approx(0.03, abs=0.002)
    assert controller.ended == {0: "aborted" if aborts else "succeeded"}


def test_slow_fingers_are_waited_for(controller, robot):
    controller.speed = 0.2
    assert grip(robot, 0.02) == pytest.approx(0.02, abs=0.002)


def test_fingers_that_are_too_slow_are_stopped_and_hold_nothing(controller, robot):
    controller.speed = 0.1
    with pytest.raises(MotionError, match="NOT_REACHED: the fingers are still on their way after 1 s"):
        grip(robot, 0.0, seconds=1.0)
    assert robot.wait_steady(lambda: controller.ended == {0: "canceled"}, SECONDS, None)


def test_fingers_that_gave_up_on_their_way_are_a_fault(controller, robot):
    controller.tells = False
    with pytest.raises(ControllerFailed, match="NOT_REACHED: .* ended with neither reached_goal nor stalled"):
        grip(robot, 0.02)


def test_rejected_unanswered_and_unserved_are_told_apart(controller, robot):
    controller.accepts = False
    with pytest.raises(GoalRejected):
        grip(robot, 0.02)
    controller.answers.clear()
    with pytest.raises(NoAnswer):
        grip(robot, 0.02)
    controller.answers.set()
    controller.vanish()

    def unserved():
        try:
            robot.controllers()
        except NoServer:
            return True
        return False

    assert robot.wait_steady(unserved, SECONDS, None)
    with pytest.raises(NoServer, match="no server for 'gripper_controller/gripper_cmd'"):
        grip(robot, 0.02)


def test_cancelled_the_fingers_stay_where_they_are(controller, robot):
    controller.speed = 0.1  # radians a second, so 1 cm a second
    with pytest.raises(CancelRequested) as end:
        grip(robot, 0.0, lambda: robot.joints().opening < 0.075)
    assert end.value.at_rest
    assert controller.ended == {0: "canceled"}
    assert 0.03 < robot.joints().opening < 0.075


def test_what_is_under_way_already_is_not_sent_again(controller, robot):
    controller.speed = 0.4
    robot.send_gripper(0.04)
    assert robot.wait_steady(lambda: bool(controller.goals), SECONDS, None)
    assert grip(robot, 0.04) == pytest.approx(0.04, abs=0.002)
    assert len(controller.goals) == 1
    assert grip(robot, 0.02) == pytest.approx(0.02, abs=0.002)
    assert len(controller.goals) == 2
