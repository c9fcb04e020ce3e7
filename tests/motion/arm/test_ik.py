# SPDX-License-Identifier: Apache-2.0
import math

import numpy as np
import pytest
from hypothesis import strategies as st

from agent_planner_motion.arm.ik import IkSolver, hand_rotation
from agent_planner_motion.spatial import rotation_vector, rotation_z, transform
from agent_planner_motion.world import World
from tests.motion.kinematic_robot import KinematicRobot, kit_of
from tests.motion.properties import given
from tests.motion.things import cube, table

MARGIN = 0.004
DOWN = (0.0, 0.0, -1.0)


@pytest.fixture(scope="module")
def planner(kit):
    world = World(1.0, (cube(x=0.6, y=0.12), cube("green cube", x=0.7, y=-0.1)), (table(),))
    return kit.planner(world, np.eye(4))


def apart(kinematics, q, target):
    """Metres and radians between the hand at some joints and a pose."""
    pose = kinematics.pose(q)
    return np.linalg.norm(pose[:3, 3] - target[:3, 3]), np.linalg.norm(rotation_vector(pose[:3, :3] @ target[:3, :3].T))


def check(kit, planner, solutions, target):
    kinematics = kit.kinematics
    for q in solutions:
        assert (q >= kinematics.lower).all()
        assert (q <= kinematics.upper).all()
        assert planner.clearance(q)[0] >= MARGIN
        metres, _ = apart(kinematics, q, target)
        assert metres <= 1.1e-3


@given(st.floats(0.40, 0.85), st.floats(-0.35, 0.35), st.floats(0.55, 0.9), st.floats(-1.5, 1.5), examples=15)
def test_every_solution_is_free_within_the_limits_and_where_it_should_be(kit, arm_settings, planner, x, y, z, yaw):
    target = transform(hand_rotation(DOWN, (-math.sin(yaw), math.cos(yaw), 0.0)), (x, y, z))
    solver = IkSolver(kit.kinematics, kit.postures)
    solutions = solver.solve(target, planner, MARGIN)
    check(kit, planner, solutions, target)
    for i, a in enumerate(solutions):
        assert all(np.abs(a - b).max() > 0.2 for b in solutions[:i]), "solutions differ"


def test_what_is_within_reach_is_found(kit, planner):
    targets = [
        transform(hand_rotation(DOWN, (0, 1, 0)), (x, y, 0.75)) for x in (0.45, 0.6, 0.75) for y in (-0.2, 0.0, 0.2)
    ]
    solved = IkSolver(kit.kinematics, kit.postures).solve_many(targets, planner, MARGIN)
    assert all(solved)
    for target, solutions in zip(targets, solved, strict=True):
        check(kit, planner, solutions, target)


@pytest.mark.parametrize("xyz", [(0.75, 0.0, 0.40), (0.6, 0.12, 0.62), (1.6, 0.0, 0.7), (0.75, 0.0, -0.05)])
def test_inside_of_things_and_out_of_reach_nothing_is_found(kit, planner, xyz):
    target = transform(hand_rotation(DOWN, (0, 1, 0)), xyz)
    assert IkSolver(kit.kinematics, kit.postures).solve(target, planner, MARGIN) == []


def test_fingers_are_swapped_only_where_that_is_allowed(kit, planner):
    solver = IkSolver(kit.kinematics, kit.postures)
    target = transform(hand_rotation(DOWN, (0, 1, 0)), (0.6, -0.15, 0.8))
    kept = solver.solve(target, planner, MARGIN, flip=False)
    assert kept
    assert all(apart(kit.kinematics, q, target)[1] < 6e-3 for q in kept)
    swapped = target @ transform(rotation_z(math.pi))
    turns = [
        min(apart(kit.kinematics, q, pose)[1] for pose in (target, swapped))
        for q in solver.solve(target, planner, MARGIN)
    ]
    assert max(turns) < 6e-3


def test_the_solution_near_given_joints_comes_first(kit, planner):
    solver = IkSolver(kit.kinematics, kit.postures)
    near = kit.posture("ready") + 0.1
    solutions = solver.solve(kit.kinematics.pose(near), planner, MARGIN, near=near, flip=False)
    assert np.abs(solutions[0] - near).max() < 0.02


def test_a_joint_that_has_turned_round_need_not_turn_back(endless, arm_settings):
    kit = kit_of(KinematicRobot(q=arm_settings.postures["home"]), endless, arm_settings)
    near = kit.posture("ready") + 0.1
    near[-1] += 4 * np.pi
    target = kit.kinematics.pose(kit.posture("ready"))
    solutions = kit.ik.solve(target, kit.planner(World(1.0), np.eye(4)), MARGIN, near=near, flip=False)
    assert np.abs(solutions[0] - near).max() < 0.3
    assert all(abs(q[-1] - near[-1]) <= np.pi for q in solutions)


def test_no_targets_no_solutions(kit, planner):
    assert IkSolver(kit.kinematics, kit.postures).solve_many([], planner, MARGIN) == []


@given(st.tuples(*[st.floats(-1, 1)] * 3), st.tuples(*[st.floats(-1, 1)] * 3))
def test_the_hand_comes_along_its_z_and_closes_along_its_y(approach, closing):
    approach, closing = np.array(approach), np.array(closing)
    if np.linalg.norm(np.cross(approach, closing)) < 1e-2:
        return
    turned = hand_rotation(approach, closing)
    assert turned.T @ turned == pytest.approx(np.eye(3), abs=1e-9)
    assert np.linalg.det(turned) == pytest.approx(1.0)
    assert turned[:, 2] == pytest.approx(approach / np.linalg.norm(approach))
    assert turned[:, 1] @ closing > 0.0
