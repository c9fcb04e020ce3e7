# SPDX-License-Identifier: Apache-2.0
"""A person moves the arm: as far as asked, no further than what is free, and it ends with the asking."""

import numpy as np
import pytest

from agent_planner_motion.errors import MissingData
from agent_planner_motion.skills.jog import AT_END, TOO_NEAR, ArmJog, Jog
from agent_planner_motion.spatial import rotation_vector, transform
from agent_planner_motion.world import Thing
from tests.motion.kinematic_robot import KinematicRobot, kit_of

HOME = "home"


@pytest.fixture
def arm(robot_in, arm_settings):
    """Call it with what a robot takes; returns it, its arm, and a function that jogs for so many seconds."""

    def make(**what):
        robot, kit = robot_in(**({"q": arm_settings.postures[HOME]} | what))
        told = []

        def jog(asked, seconds):
            end = robot.time + seconds
            ArmJog(kit, told.append).run(lambda: asked if robot.time < end else None)
            return [text for text in told if text]

        return robot, kit, jog

    return make


def ahead(speed=0.1, frame="base_link", axis=0):
    return Jog(np.eye(6)[axis] * speed, frame)


def test_the_hand_goes_as_far_as_asked_and_is_held_there(arm):
    robot, kit, jog = arm()
    before = kit.kinematics.pose(robot.q)
    assert jog(ahead(), 1.0) == []
    moved = kit.kinematics.pose(robot.q)[:3, 3] - before[:3, 3]
    assert moved == pytest.approx([0.1, 0.0, 0.0], abs=0.015)
    assert len(robot.arm_sent[-1].times) == 1, "the last word holds"
    assert robot.arm_sent[-1].positions[0] == pytest.approx(robot.q)


def test_along_the_axes_of_the_hand(arm):
    robot, kit, jog = arm()
    before = kit.kinematics.pose(robot.q)
    jog(ahead(frame="end_effector", axis=2), 1.0)
    after = kit.kinematics.pose(robot.q)
    moved = after[:3, 3] - before[:3, 3]
    assert float(moved @ before[:3, 2]) == pytest.approx(0.1, abs=0.015)
    assert np.linalg.norm(np.cross(moved, before[:3, 2])) < 0.01
    jog(Jog(np.eye(6)[5] * 0.5, "end_effector"), 1.0)
    turned = rotation_vector(kit.kinematics.pose(robot.q)[:3, :3] @ after[:3, :3].T)
    assert float(turned @ after[:3, 2]) == pytest.approx(0.5, abs=0.06)


def test_single_joints(arm):
    robot, kit, jog = arm()
    before = robot.q.copy()
    rates = np.zeros(8)
    rates[1] = 0.3
    jog(Jog(rates), 1.0)
    assert robot.q - before == pytest.approx(rates, abs=0.03)


def test_accelerations_stay_within_the_limits(arm):
    robot, kit, jog = arm()
    jog(ahead(0.3), 0.5)
    rates = np.array([t.velocities[0] for t in robot.arm_sent if len(t.times) > 1])
    changes = np.diff(rates, axis=0, prepend=0.0)
    assert (np.abs(changes) <= kit.motion.limits.acceleration * 0.04 + 1e-9).all()


def test_it_stops_before_furniture_and_says_so(arm):
    table = Thing("table", transform(xyz=(0.95, 0.0, 0.45)), np.array([0.6, 1.2, 0.9]), frozenset(), movable=False)
    robot, kit, jog = arm(places=(table,))
    assert set(jog(ahead(), 3.0)) == {TOO_NEAR}
    planner = kit.planner(robot.world(), robot.base().matrix)
    assert 0.0 < planner.clearance(robot.q)[0] < 0.04
    before = kit.kinematics.pose(robot.q)[0, 3]
    jog(ahead(-0.1), 0.5)
    assert kit.kinematics.pose(robot.q)[0, 3] < before - 0.03


def test_what_can_be_picked_up_may_be_touched(arm):
    cube = Thing("cube", transform(xyz=(0.55, 0.0, 0.85)), np.array([0.05] * 3), frozenset({"graspable"}), movable=True)
    robot, kit, jog = arm(objects=(cube,))
    assert jog(ahead(), 1.0) == []


def test_the_end_of_the_reach_is_told(arm):
    robot, kit, jog = arm()
    assert AT_END in jog(ahead(0.3), 6.0)


def test_an_arm_that_is_held_up_is_not_pushed_ever_harder(arm):
    robot, kit, jog = arm()
    robot.arm_stuck = True
    before = robot.q.copy()
    jog(ahead(0.3), 3.0)
    sent = np.array([t.positions[-1] for t in robot.arm_sent])
    assert np.abs(sent - before).max() < 0.15 + 0.25


def test_what_is_not_asked_any_more_once_the_scene_has_been_looked_at_is_not_sent(arm):
    robot, kit, _ = arm()
    asking, sent, world = [ahead()], [], robot.world

    def look():
        if robot.arm_sent and asking:
            asking.clear()
            sent.extend(robot.arm_sent)
        return world()

    robot.world = look
    ArmJog(kit, print).run(lambda: asking[0] if asking else None)
    assert sent and {len(t.times) for t in robot.arm_sent[len(sent) :]} == {1}, "only that it is to stand"


def test_without_a_scene_nothing_moves(arm):
    robot, kit, jog = arm()

    def silent():
        raise MissingData("scene_graph", 1.0)

    robot.world = silent
    with pytest.raises(MissingData, match="scene_graph"):
        jog(ahead(), 1.0)
    assert robot.arm_sent == []


def test_without_joints_on_the_way_it_ends(arm):
    robot, kit, jog = arm()
    joints = robot.joints

    def lost():
        if robot.time > 1.3:
            raise MissingData("joint_states", 1.0)
        return joints()

    robot.joints = lost
    with pytest.raises(MissingData, match="joint_states"):
        jog(ahead(), 1.0)
    assert len(robot.arm_sent[-1].times) == 1, "the arm was told to stand where it was"


def jogged_last(robot, kit, rate, seconds=1.0):
    """What the last joint is sent to first each time, while it is asked to turn."""
    end = robot.time + seconds
    asked = Jog(np.eye(8)[7] * rate)
    ArmJog(kit, print).run(lambda: asked if robot.time < end else None)
    return np.array([t.positions[0, 7] for t in robot.arm_sent if len(t.times) > 1])


def test_a_joint_without_end_goes_on_from_wherever_it_has_turned_to(endless, arm_settings):
    q = np.array(arm_settings.postures[HOME])
    q[7] = 4.5
    robot = KinematicRobot(q=q)
    sent = jogged_last(robot, kit_of(robot, endless, arm_settings), 0.5)
    assert np.abs(np.diff(sent, prepend=4.5)).max() < 0.05
    assert robot.q[7] == pytest.approx(5.0, abs=0.05)


def test_an_angle_that_is_counted_from_minus_half_a_turn_passes_there_without_a_jerk(endless, arm_settings):
    q = np.array(arm_settings.postures[HOME])
    q[7] = 3.0
    robot = KinematicRobot(q=q)
    kit, joints = kit_of(robot, endless, arm_settings), robot.joints

    def counted():
        told = joints()
        told.q[7] = (told.q[7] + np.pi) % (2 * np.pi) - np.pi
        return told

    robot.joints = counted
    sent = jogged_last(robot, kit, 0.5)
    assert sent.max() > 3.1 and sent.min() < -2.7, "it passed there"
    assert np.abs(np.diff(np.unwrap(sent))).max() < 0.05


@pytest.mark.parametrize("rate", [0.5, -0.5])
def test_a_joint_that_is_outside_its_limits_is_not_thrown_back(robot_in, arm_settings, kinematics, rate):
    q = np.array(arm_settings.postures[HOME])
    q[7] = kinematics.upper[7] + 0.3
    robot, kit = robot_in(q=q)
    sent = jogged_last(robot, kit, rate)
    assert np.abs(np.diff(sent, prepend=q[7])).max() < 0.05
    assert robot.q[7] == pytest.approx(q[7] + min(rate, 0.0), abs=0.05)
