# SPDX-License-Identifier: Apache-2.0
"""The motion servers move the simulated robot through the actions of controllers, as they would a real one."""

import pytest

pytest.importorskip("mujoco")

from action_msgs.msg import GoalStatus
from agent_planner_interfaces.action import MoveArm

from agent_planner.ros.interface_types import is_installed

if not is_installed("control_msgs/action/FollowJointTrajectory"):
    pytest.skip("control_msgs is not built", allow_module_level=True)

from agent_planner_sim.robots.mobile_manipulator import mobile_manipulator
from tests.motion.ros.controllers import BridgedArm, BridgedGripper
from tests.motion.ros.person import Person
from tests.motion.ros.simulated_world import simulated_world

pytestmark = pytest.mark.sim


@pytest.fixture(scope="module")
def arm(context):
    arm = BridgedArm(context, "/")
    yield arm
    arm.close()


@pytest.fixture(scope="module")
def gripper(context):
    gripper = BridgedGripper(context, "/", mobile_manipulator().fingers)
    yield gripper
    gripper.close()


@pytest.fixture(scope="module")
def world(context, domain, arm, gripper):
    parameters = ("arm_interface:=follow_joint_trajectory", "gripper_interface:=gripper_command")
    with simulated_world(context, domain, *parameters) as world:
        world.reset("table_top", 0, ("red cube", "blue bin"))
        yield world


def test_a_cube_is_picked_up(world, arm, gripper):
    world.succeed("pick", object="red cube")
    world.until(lambda: world.scene.robot.holding == "red cube", "the cube in the hand")
    assert set(arm.ended.values()) == {"succeeded"}
    assert gripper.ended[len(gripper.goals) - 1] == "aborted", "the cube stopped the fingers"


def test_cancelled_in_mid_motion_the_controllers_goal_ends_and_the_arm_is_at_rest(world, arm):
    number = len(arm.goals)
    sent = world.actions.send("move_arm", posture="ready")
    sent.until(lambda feedback: len(feedback) > 3)
    assert sent.cancel().goals_canceling
    status, result = sent.result()
    assert (status, result.error_code) == (GoalStatus.STATUS_CANCELED, MoveArm.Result.CANCELLED)
    assert result.error_msg == "cancelled by the client; the robot is at rest"
    assert arm.ended[number] == "canceled"


def test_a_person_moves_the_arm_by_goals_that_replace_each_other(world, arm):
    person, number = Person(world._node), len(arm.goals)
    before, start = world.scene.robot.end_effector.position.z, world.now
    person.asks(z=0.5)
    world.until(lambda: world.now >= start + 2.0, "two seconds")
    person.rests()
    world.until(lambda: world.now >= start + 4.0, "two seconds more")
    assert world.scene.robot.end_effector.position.z - before == pytest.approx(0.1, abs=0.04)
    assert len(arm.goals) > number + 10
    assert set(range(len(arm.goals))) <= arm.ended.keys()
