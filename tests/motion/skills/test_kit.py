# SPDX-License-Identifier: Apache-2.0
from dataclasses import replace

import numpy as np
import pytest

from agent_planner_motion.errors import MissingData, MotionError, NoWay
from agent_planner_motion.skills.kit import ArmKit
from agent_planner_motion.world import World
from tests.motion.things import cube, table


def test_postures_and_accelerations_must_be_for_all_joints(description, arm_settings):
    short = replace(arm_settings, postures={"stow": (0.0, 0.1), **arm_settings.postures})
    with pytest.raises(MotionError, match=r"postures \['stow'\] or 'acceleration' do not have 8 numbers"):
        ArmKit(None, description, replace(short, postures={"stow": (0.0, 0.1)}))
    with pytest.raises(MotionError, match="'acceleration' do not have 8 numbers"):
        ArmKit(None, description, replace(arm_settings, acceleration=(1.0,)))


def test_an_unknown_posture_is_told_with_the_known(kit):
    with pytest.raises(MotionError, match="UNKNOWN_POSTURE: there is no posture 'stwo'; did you mean 'stow'"):
        kit.posture("stwo")


def test_what_is_farther_than_the_arm_reaches_is_told_before_anything_is_planned(kit):
    kit.in_reach(cube(x=0.6, y=0.6), np.eye(4))
    with pytest.raises(MotionError, match=r"OUT_OF_REACH: 'red cube' is 1.20 m from the base, the arm reaches 0.90 m"):
        kit.in_reach(cube(x=1.2), np.eye(4))
    kit.in_reach(cube(x=1.2), np.eye(4), np.array((0.8, 0.0, 0.5)))


def test_what_is_held_has_a_shape_that_goes_with_the_hand(kit):
    assert kit.held(World(1.0)) is None
    assert kit.held(World(1.0, (), (), "ghost", np.eye(4))) is None
    hand = np.eye(4)
    hand[:3, 3] = (0.6, 0.0, 0.65)
    held = kit.held(World(1.0, (cube(x=0.6, bottom=0.6),), (), "red cube", hand))
    middle = held.centres.mean(axis=0)
    assert middle == pytest.approx((0.0, 0.0, -0.03), abs=1e-6)


def test_a_fresh_scene_is_younger_than_the_moment_it_was_asked_for(robot_in):
    robot, kit = robot_in()
    asked = robot.time
    assert kit.fresh_world(robot.job()).stamp > asked


def test_an_old_scene_is_not_taken_for_a_fresh_one(robot_in):
    robot, kit = robot_in()
    old = robot.world()
    robot.world = lambda: old
    with pytest.raises(MissingData, match="nothing came on 'scene_graph' for 1.5 s"):
        kit.fresh_world(robot.job())


def test_a_scene_from_a_clock_that_is_ahead_is_refused(robot_in):
    robot, kit = robot_in()
    robot.world = lambda: World(robot.time + 3.0)
    with pytest.raises(MissingData, match="the clock that stamps 'scene_graph' is 3.0 s ahead of ours"):
        kit.fresh_world(robot.job())
    robot.world = lambda: World(robot.time + 0.3)
    assert kit.fresh_world(robot.job()).stamp > robot.time


def test_where_it_is_already_it_does_not_go(robot_in):
    robot, kit = robot_in()
    kit.carry(robot.job())
    assert robot.arm_sent == []


def test_the_way_to_the_carrying_posture_touches_nothing(robot_in, arm_settings):
    tall = table(x=0.62, size=(0.42, 0.56, 0.55))
    robot, kit = robot_in(q=arm_settings.postures["ready"], places=(tall,), objects=(cube(x=0.5, y=0.1, bottom=0.55),))
    kit.carry(robot.job())
    assert robot.q == pytest.approx(kit.posture("stow"), abs=0.02)
    planner = kit.planner(robot.world(), np.eye(4))
    assert planner.clearance(robot.arm_sent[0].positions).min() >= 0.0


def test_an_arm_that_is_shut_in_says_so(robot_in, arm_settings):
    lid = table("lid", x=0.1, size=(1.2, 1.2, 0.9))
    robot, kit = robot_in(q=arm_settings.postures["ready"], places=(lid,))
    with pytest.raises(NoWay, match="NOT_REACHED: no free way for the arm was found"):
        kit.carry(robot.job())
    assert robot.arm_sent == []
