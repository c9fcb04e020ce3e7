# SPDX-License-Identifier: Apache-2.0
"""A person moves the simulated robot's arm through the motion servers, in real physics."""

import numpy as np
import pytest

pytest.importorskip("mujoco")

from action_msgs.msg import GoalStatus
from agent_planner_interfaces.action import OperateGripper

from agent_planner_motion.ros.messages import pose_matrix
from tests.motion.ros.person import Person
from tests.motion.ros.simulated_world import simulated_world
from tests.waits import eventually

pytestmark = pytest.mark.sim


@pytest.fixture(scope="module")
def world(context, domain):
    with simulated_world(context, domain) as world:
        world.reset("table_top", 0, ("red cube", "blue bin"))
        world.succeed("move_arm", posture="home")
        yield world


@pytest.fixture(scope="module")
def person(world):
    return Person(world._node)


def hand(world):
    at = world.scene.robot.end_effector.position
    return np.array([at.x, at.y, at.z])


def after(world, seconds):
    """Wait so many seconds of simulated time."""
    start = world.now
    world.until(lambda: world.now >= start + seconds, "the simulated time")


def test_the_hand_goes_the_asked_way_about_as_far_and_rests_on_silence(world, person):
    before, start = hand(world), world.now
    person.asks(z=0.5)  # half of 0.1 m/s
    world.until(lambda: world.now >= start + 3.0, "three seconds")
    person.rests()
    after(world, 1.0)
    moved = hand(world) - before
    assert moved[2] == pytest.approx(0.15, abs=0.03)
    assert np.linalg.norm(moved[:2]) < 0.01
    rested = hand(world)
    after(world, 1.0)
    assert hand(world) == pytest.approx(rested, abs=0.003)


def test_along_the_axis_of_the_hand(world, person):
    before = pose_matrix(world.scene.robot.end_effector)
    start = world.now
    person.asks("end_effector", z=-1.0)
    world.until(lambda: world.now >= start + 1.0, "a second")
    person.rests()
    after(world, 1.0)
    moved = hand(world) - before[:3, 3]
    along = float(moved @ -before[:3, 2])
    assert along > 0.06
    assert np.linalg.norm(moved + along * before[:3, 2]) < 0.02


@pytest.mark.parametrize("why", ["skills", "stopped"])
def test_it_does_not_while_it_must_not(world, person, why):
    person.has_the_robot, person.stopped = why != "skills", why == "stopped"
    after(world, 0.5)
    before = hand(world)
    person.asks(z=-1.0)
    after(world, 1.5)
    person.rests()
    person.has_the_robot, person.stopped = True, False
    assert hand(world) == pytest.approx(before, abs=0.003)


def test_goal_and_person_have_the_arm_one_after_the_other(world, person):
    person.asks(z=0.2)
    assert eventually(lambda: refused(world))
    person.rests()
    assert eventually(lambda: not refused(world))
    moving = world.actions.send("move_arm", posture="ready")
    moving.until(lambda feedback: len(feedback) > 2)
    person.asks(z=-1.0)
    status, result = moving.result()
    person.rests()
    assert (status, result.error_code) == (GoalStatus.STATUS_SUCCEEDED, 0), result.error_msg


def refused(world):
    _, result = world.actions.send("operate_gripper", opening=0.04).result()
    return (result.error_code, result.error_msg) == (
        OperateGripper.Result.BUSY,
        "the arm is in use by 'jog'; wait or cancel it",
    )


def test_the_hand_opens_and_closes(world, person):
    assert eventually(lambda: person.opens(0.0) or world.scene.robot.gripper_opening < 0.01, every=0.2)
    assert eventually(lambda: person.opens(1.0) or world.scene.robot.gripper_opening > 0.075, every=0.2)
