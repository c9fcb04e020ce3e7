# SPDX-License-Identifier: Apache-2.0
"""The motion servers and the simulator as processes, seen by a client: real goals, real physics."""

import os
import subprocess
import time

import pytest

pytest.importorskip("mujoco")

from action_msgs.msg import GoalStatus
from agent_planner_interfaces.action import (
    MoveArm,
    NavigateTo,
    OperateDoor,
    OperateGripper,
    Pick,
    Place,
)
from geometry_msgs.msg import PoseStamped

from tests.motion.ros.simulated_world import RESULT_SECONDS, SUCCEEDED, command, simulated_world

pytestmark = pytest.mark.sim
ABORTED, CANCELED = GoalStatus.STATUS_ABORTED, GoalStatus.STATUS_CANCELED


@pytest.fixture(scope="module")
def world(context, domain):
    with simulated_world(context, domain) as world:
        yield world


def test_to_a_cube_that_it_picks_up_and_puts_into_a_bin(world):
    world.reset("tidy", 1, ("red cube", "blue bin"))
    sent = world.actions.send("navigate_to", target="red cube")
    status, result = sent.result(RESULT_SECONDS)
    assert (status, result.error_code) == (SUCCEEDED, NavigateTo.Result.NONE), result.error_msg
    distances = [f.distance_remaining for f in sent.feedback]
    assert distances[0] > 1.0
    assert distances[-1] < 0.2
    assert sent.feedback[-1].navigation_time > 0.0
    assert sent.feedback[-1].current_pose.header.frame_id == "map"
    at = result.final_pose.pose.position
    world.until(lambda: ("at", "red cube", "") in world.facts, "being at the cube")
    base = world.scene.robot.base.position
    assert (at.x, at.y) == pytest.approx((base.x, base.y), abs=0.02)

    picking = world.actions.send("pick", object="red cube")
    status, result = picking.result(RESULT_SECONDS)
    assert (status, result.error_code) == (SUCCEEDED, Pick.Result.NONE), result.error_msg
    assert [f.state for f in picking.feedback] == ["APPROACHING", "GRASPING", "LIFTING", "RETRACTING"]
    world.until(lambda: world.scene.robot.holding == "red cube", "the cube in the hand")

    world.succeed("navigate_to", target="blue bin")
    assert world.scene.robot.holding == "red cube", "carried along"
    world.succeed("place", object="red cube", target="blue bin", mode=Place.Goal.IN)
    world.until(lambda: ("in", "red cube", "blue bin") in world.facts, "the cube in the bin")
    assert world.scene.robot.holding == ""


def test_cancelled_in_mid_drive_it_ends_canceled_with_the_base_at_rest(world):
    world.reset("apartment", 2, ("red cube", "blue bin"))
    farthest = max(
        world.scene.places,
        key=lambda p: (
            abs(p.pose.position.x - world.scene.robot.base.position.x)
            + abs(p.pose.position.y - world.scene.robot.base.position.y)
        ),
    )
    sent = world.actions.send("navigate_to", target=farthest.name)
    world.until(lambda: world.speed[0] > 0.15, "driving")
    assert sent.cancel().goals_canceling
    status, result = sent.result()
    assert (status, result.error_code) == (CANCELED, NavigateTo.Result.CANCELLED)
    assert "at rest" in result.error_msg
    assert max(world.speed) < 0.03
    where = world.scene.robot.base.position
    stamp = world.now
    world.until(lambda: world.now > stamp + 1.0, "a second more")
    after = world.scene.robot.base.position
    assert (after.x, after.y) == pytest.approx((where.x, where.y), abs=0.02)
    at = result.final_pose.pose.position
    assert (at.x, at.y) == pytest.approx((after.x, after.y), abs=0.03)


def test_a_drawer_is_opened_and_closed(world):
    world.reset("tidy", 4, ("red cube", "drawer"))
    world.succeed("navigate_to", target="drawer")
    assert not world.place("drawer").is_open
    world.succeed("operate_door", target="drawer", open=True)
    assert world.place("drawer").is_open
    assert world.place("drawer").opening > 0.5
    world.succeed("operate_door", target="drawer", open=False)
    assert world.place("drawer").opening < 0.1


@pytest.mark.parametrize(
    ("action", "goal", "code", "told"),
    [
        ("pick", {"object": "red cube"}, Pick.Result.OUT_OF_REACH, "the arm reaches 0.90 m; drive nearer first"),
        ("pick", {"object": "red cub"}, Pick.Result.UNKNOWN_OBJECT, "did you mean 'red cube'"),
        ("place", {"target": "blue bin", "mode": 1}, Place.Result.HAND_EMPTY, "nothing is in the hand"),
        ("navigate_to", {"target": "blue bean"}, NavigateTo.Result.UNKNOWN_TARGET, "did you mean 'blue bin'"),
        ("operate_door", {"target": "blue bin", "open": True}, OperateDoor.Result.NOT_OPENABLE, "cannot be opened"),
        ("operate_gripper", {"opening": 0.5}, OperateGripper.Result.OUT_OF_RANGE, "opens from 0 to 0.085 m"),
        ("move_arm", {"posture": "wave"}, MoveArm.Result.UNKNOWN_POSTURE, "known: home, ready, stow"),
    ],
)
def test_what_cannot_be_fails_with_its_code(world, action, goal, code, told):
    if action == "pick" and goal["object"] == "red cube":
        world.reset("apartment", 2, ("red cube", "blue bin"))
    status, result = world.do(action, **goal)
    assert (status, result.error_code) == (ABORTED, code), result.error_msg
    assert told in result.error_msg
    assert max(world.speed) < 0.01


def test_a_pose_in_a_frame_that_nobody_knows_or_that_is_no_number_is_told(world):
    for frame, x, told in (("moon", 0.0, "known frames: "), ("map", float("nan"), "not finite")):
        pose = PoseStamped()
        pose.header.frame_id, pose.pose.position.x = frame, x
        status, result = world.do("navigate_to", pose=pose)
        assert (status, result.error_code) == (ABORTED, NavigateTo.Result.UNKNOWN)
        assert told in result.error_msg


def test_arm_and_gripper_go_where_they_are_sent_and_only_one_goal_at_a_time_has_the_arm(world):
    world.reset("table_top", 0, ("red cube", "blue bin"))
    moving = world.actions.send("move_arm", posture="ready")
    moving.until(lambda feedback: len(feedback) > 2)
    status, result = world.do("operate_gripper", opening=0.04)
    assert (status, result.error_code) == (ABORTED, OperateGripper.Result.BUSY)
    assert result.error_msg == "the arm is in use by 'move_arm'; wait or cancel it"
    assert moving.result()[0] == SUCCEEDED
    assert max(f.joint_error for f in moving.feedback) > moving.feedback[-1].joint_error
    assert world.succeed("operate_gripper", opening=0.04).opening == pytest.approx(0.04, abs=0.006)
    pose = PoseStamped()
    pose.header.frame_id = "base_link"
    position, turn = pose.pose.position, pose.pose.orientation
    position.x, position.y, position.z = 0.45, 0.0, 0.95
    turn.x, turn.y, turn.z, turn.w = 1.0, 0.0, 0.0, 0.0  # straight down
    world.succeed("move_arm", pose=pose)
    hand = world.scene.robot.end_effector.position
    base = world.scene.robot.base.position
    assert hand.z == pytest.approx(0.95, abs=0.02)
    assert ((hand.x - base.x) ** 2 + (hand.y - base.y) ** 2) ** 0.5 == pytest.approx(0.45, abs=0.02)


def test_diagnostics_tell_what_is_fresh_and_what_is_in_use(world):
    world.until(lambda: "motion_servers: motion" in world.last, "diagnostics")
    world.last.pop("motion_servers: motion")
    world.until(lambda: "motion_servers: motion" in world.last, "younger diagnostics")
    status = world.last["motion_servers: motion"]
    values = {v.key: v.value for v in status.values}
    assert status.message == "ready"
    assert values["the arm"] == values["the base"] == "free"
    assert {"age of joint_states", "age of odom", "age of scene_graph"} <= set(values)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("-p", "arm_sped:=0.5"), "no parameter 'arm_sped'; did you mean 'arm_speed'"),
        (("-p", "base_radius:=-1.0"), "base_radius must be within"),
    ],
)
def test_the_executable_refuses_what_it_does_not_know(domain, arguments, told):
    environment = os.environ | {"ROS_DOMAIN_ID": str(domain), "ROS_AUTOMATIC_DISCOVERY_RANGE": "LOCALHOST"}
    started = time.monotonic()
    ended = subprocess.run(
        command("agent_planner_motion.motion_servers", *arguments),
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert ended.returncode == 2, f"after {time.monotonic() - started:.0f} s"
    assert told in ended.stderr
    assert "Traceback" not in ended.stderr
