# SPDX-License-Identifier: Apache-2.0
"""A person's commands for arm and hand on their topics: when they are carried out, and which are not."""

from types import SimpleNamespace

import numpy as np
import pytest

from agent_planner.ros.interface_types import is_installed
from agent_planner_motion.errors import MissingData
from agent_planner_motion.ros.goal_server import Resource
from agent_planner_motion.ros.jog import JogSettings, RosJog
from tests.motion.kinematic_robot import HOME, KinematicRobot, kit_of
from tests.motion.ros.person import Person
from tests.waits import eventually

SETTINGS = JogSettings(
    base_frame="base_link",
    end_effector="end_effector",
    joints=("lift", "shoulder", "elbow"),
    linear=0.1,
    rotational=0.5,
    joint=0.4,
    timeout=0.2,
    widest=0.08,
)


@pytest.fixture
def robot(arm_settings, description):
    robot = KinematicRobot(q=HOME)
    robot.kit = kit_of(robot, description, arm_settings)
    robot.openings = []
    robot.send_gripper = robot.openings.append
    return robot


@pytest.fixture
def arm():
    return Resource("the arm")


@pytest.fixture
def jog(node, robot, arm):
    jog = RosJog(node, robot, lambda job: robot.kit, arm, SETTINGS)
    yield jog
    jog.close()


@pytest.fixture
def person(node, jog):
    person = Person(node)
    yield person
    person.rests()


def height(robot):
    return robot.kit.kinematics.pose(robot.q)[2, 3]


def held(robot):
    """Whether the last word was one point."""
    return bool(robot.arm_sent) and len(robot.arm_sent[-1].times) == 1


def test_the_arm_moves_as_asked_and_is_held_when_nothing_is_asked_any_more(person, robot, arm):
    before = height(robot)
    person.asks(z=0.5)
    assert eventually(lambda: height(robot) > before + 0.02)
    assert arm.holder == "jog", "a goal would be told so"
    person.rests()
    assert eventually(lambda: arm.holder == "")
    assert held(robot)


def test_a_command_of_zero_moves_nothing(person, robot, arm, jog):
    person.asks(z=0.0)
    assert eventually(lambda: jog._asked is not None)
    assert robot.arm_sent == [] and arm.holder == ""


@pytest.mark.parametrize(
    ("case", "told"),
    [
        ("skills", "the skills have the robot; call 'take_over' first"),
        ("stopped", "the robot is stopped"),
        ("silent", "nothing is heard of the supervisor, which counts as a stop"),
        ("goal", "the arm is in use by 'pick'"),
    ],
)
def test_nothing_moves(person, robot, arm, jog, case, told):
    person.has_the_robot = case != "skills"
    person.stopped = case == "stopped"
    if case == "silent":
        person.falls_silent()
    if case == "goal":
        assert arm.take("pick")
    person.asks(z=0.5)
    assert eventually(lambda: jog._told[0] == told), jog._told
    person.opens(1.0)
    assert not eventually(lambda: robot.openings or robot.arm_sent, 0.3)


@pytest.mark.parametrize("end", ["stop", "return", "silence"])
def test_it_ends_at_once(person, robot, arm, end):
    person.asks(z=0.5)
    assert eventually(lambda: arm.holder == "jog")
    person.stopped = end == "stop"
    person.has_the_robot = end != "return"
    if end == "silence":
        person.falls_silent()
    assert eventually(lambda: arm.holder == "" and held(robot))
    sent = len(robot.arm_sent)
    assert not eventually(lambda: len(robot.arm_sent) > sent, 0.3), "the person still asks"


def test_the_gripper_opens_and_closes_beside_a_motion_too(person, robot):
    assert eventually(lambda: person.opens(1.0) or robot.openings)
    assert robot.openings[-1] == pytest.approx(0.08)
    person.asks(z=0.1)
    assert eventually(lambda: robot.arm_sent)
    assert eventually(lambda: person.opens(0.25) or robot.openings[-1] == pytest.approx(0.02))


@pytest.mark.parametrize("opening", [float("nan"), -0.1, 1.5])
def test_an_opening_that_is_none_is_refused(person, robot, jog, opening):
    assert eventually(lambda: person.opens(opening) or "0 (closed) to 1 (open) was expected" in jog._told[0])
    assert robot.openings == []


@pytest.mark.parametrize(
    ("frame", "linear", "told"),
    [
        ("end_efector", 0.5, "a twist in the frame 'end_efector'; did you mean 'end_effector'? known: base_link"),
        ("base_link", float("nan"), "numbers from -1 to 1 were expected"),
        ("", 1.5, "a twist of 1.5, 0, 0, 0, 0, 0; numbers from -1 to 1 were expected"),
    ],
)
def test_a_command_that_is_wrong_is_told_and_not_carried_out(person, robot, jog, frame, linear, told):
    person.asks(frame, x=linear)
    assert eventually(lambda: told in jog._told[0]), jog._told
    assert robot.arm_sent == []


def test_what_is_missing_is_told(node, person, robot, jog):
    def kit(job):
        raise MissingData("scene_graph", 3.0)

    jog._kit = kit
    person.asks(z=0.5)
    assert eventually(lambda: "the arm is not moved: nothing came on 'scene_graph' for 3.0 s" in jog._told[0])


def test_joints_are_told_by_name(jog):
    asked = jog._joints(SimpleNamespace(joint_names=["elbow", "lift"], velocities=[1.0, -0.5]))
    assert asked.twist == pytest.approx(np.array([-0.2, 0.0, 0.4])) and asked.frame == ""
    for names, velocities, told in (
        (["elbo"], [0.1], "no joint 'elbo' of the arm; did you mean 'elbow'"),
        (["elbow"], [], "1 joint_names and 0 velocities"),
        (["elbow"], [float("inf")], "velocities of inf; numbers from -1 to 1"),
    ):
        with pytest.raises(ValueError, match=told):
            jog._joints(SimpleNamespace(joint_names=names, velocities=velocities))


def test_joints_are_listened_to_where_the_type_is_installed(node, jog):
    listens = any(name.endswith("/delta_joint_cmds") for name, _ in node.get_topic_names_and_types())
    assert listens == is_installed("control_msgs/msg/JointJog")
