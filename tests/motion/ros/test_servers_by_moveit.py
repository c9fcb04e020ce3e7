# SPDX-License-Identifier: Apache-2.0
"""The motion servers move the simulated robot through MoveIt's actions; what plans behind them is the test's."""

import pytest

pytest.importorskip("mujoco")

from action_msgs.msg import GoalStatus
from agent_planner_interfaces.action import MoveArm, Place

from agent_planner.ros.interface_types import is_installed

if not is_installed("moveit_msgs/action/MoveGroup"):
    pytest.skip("moveit_msgs is not installed", allow_module_level=True)
if not is_installed("control_msgs/action/FollowJointTrajectory"):
    pytest.skip("control_msgs is not built", allow_module_level=True)

from agent_planner_motion.ros.messages import world_of
from agent_planner_motion.skills.kit import ArmKit
from agent_planner_motion.spatial import inverse
from tests.motion.ros.moveit import BridgedExecution, Planning, Scene
from tests.motion.ros.simulated_world import simulated_world

pytestmark = pytest.mark.sim


@pytest.fixture(scope="module")
def execution(context):
    execution = BridgedExecution(context, "/")
    yield execution
    execution.close()


@pytest.fixture(scope="module")
def planning(context, execution, arm_settings):
    planning = Planning(context, "/", arm_settings.joints, lambda: execution.heard.of(arm_settings.joints)[0])
    yield planning
    planning.close()


@pytest.fixture(scope="module")
def scene(planning):
    return Scene(planning.node)


@pytest.fixture(scope="module")
def world(context, domain, planning, scene, description, arm_settings):
    with simulated_world(context, domain, "arm_interface:=move_group") as world:
        kit = ArmKit(None, description, arm_settings)

        def plan(start, goal):
            seen = world_of(world.scene)
            base = seen.end_effector @ inverse(kit.kinematics.pose(start))
            return kit.planner(seen, base).joint_path(start, [goal])

        planning.plan = plan
        world.reset("table_top", 0, ("red cube", "blue bin"))
        yield world


def test_a_cube_is_picked_up_and_put_down_and_meanwhile_attached(world, planning, execution, scene):
    world.succeed("pick", object="red cube")
    world.until(lambda: world.scene.robot.holding == "red cube", "the cube in the hand")
    assert scene.attached.keys() == {"red cube"}
    world.succeed("place", object="red cube", target="blue bin", mode=Place.Goal.IN)
    assert scene.history == [{"red cube"}, set()]
    assert set(execution.ended.values()) == {"SUCCESS"}
    assert len(planning.goals) >= 4, "to the cube, back, to its place, back"
    assert len(execution.goals) > len(planning.goals), "lines are found by ours"


def test_cancelled_in_mid_motion_the_arm_is_stopped_and_at_rest(world, execution):
    number = len(execution.goals)
    sent = world.actions.send("move_arm", posture="ready")
    sent.until(lambda feedback: len(feedback) > 3)
    assert sent.cancel().goals_canceling
    status, result = sent.result()
    assert (status, result.error_code) == (GoalStatus.STATUS_CANCELED, MoveArm.Result.CANCELLED)
    assert result.error_msg == "cancelled by the client; the robot is at rest"
    assert execution.ended[number] == "PREEMPTED"
