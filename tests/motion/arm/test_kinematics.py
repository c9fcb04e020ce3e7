# SPDX-License-Identifier: Apache-2.0
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import strategies as st

from agent_planner_motion.arm.kinematics import Kinematics
from agent_planner_motion.errors import MotionError
from agent_planner_motion.spatial import rotation_about, rotation_vector, transform
from tests.motion.properties import given

SHARES = st.lists(st.floats(0.02, 0.98), min_size=8, max_size=8)


def within(kinematics, shares):
    return kinematics.lower + np.array(shares) * (kinematics.upper - kinematics.lower)


def one_by_one(description, kinematics, q):
    """The tip's pose, joint for joint as URDF tells it."""
    values = dict(zip(kinematics.names, q, strict=True))
    here = np.eye(4)
    for joint in description.chain(kinematics.base, kinematics.tip):
        here = here @ joint.origin
        value = values.get(joint.name, 0.0)
        if joint.kind == "prismatic":
            here = here @ transform(xyz=joint.axis * value)
        elif joint.kind == "revolute":
            here = here @ transform(rotation_about(joint.axis, value))
    return here


@given(SHARES)
def test_the_tip_is_where_the_chain_of_joints_puts_it(description, kinematics, shares):
    q = within(kinematics, shares)
    assert kinematics.pose(q) == pytest.approx(one_by_one(description, kinematics, q), abs=1e-9)


@given(SHARES)
def test_the_jacobian_is_what_small_motions_of_the_joints_do(kinematics, shares):
    q = within(kinematics, shares)
    (tip,), (jac,) = kinematics.jacobian(q[None])
    for i in range(kinematics.dof):
        step = np.zeros(kinematics.dof)
        step[i] = 1e-6
        moved = kinematics.pose(q + step)
        assert (moved[:3, 3] - tip[:3, 3]) / 1e-6 == pytest.approx(jac[:3, i], abs=1e-5)
        assert rotation_vector(moved[:3, :3] @ tip[:3, :3].T) / 1e-6 == pytest.approx(jac[3:, i], abs=1e-4)


@given(SHARES, st.integers(0, 1000))
def test_what_counts_as_reached_is_reached_within_the_limits(kinematics, shares, seed):
    target = kinematics.pose(within(kinematics, shares))
    seeds = np.random.default_rng(seed).uniform(kinematics.lower, kinematics.upper, (6, kinematics.dof))
    found = kinematics.solve(np.tile(target, (6, 1, 1)), seeds)
    assert (found.q >= kinematics.lower).all()
    assert (found.q <= kinematics.upper).all()
    for q in found.q[found.reached]:
        pose = kinematics.pose(q)
        assert np.linalg.norm(pose[:3, 3] - target[:3, 3]) <= 1.1e-3
        assert np.linalg.norm(rotation_vector(pose[:3, :3] @ target[:3, :3].T)) <= 5.5e-3


def test_most_poses_within_reach_are_found_from_nearby(kinematics):
    rng = np.random.default_rng(5)
    goals = rng.uniform(kinematics.lower, kinematics.upper, (100, kinematics.dof))
    seeds = goals + rng.normal(0, 0.3, goals.shape)
    found = kinematics.solve(kinematics.links(goals)[kinematics.tip], seeds)
    assert found.reached.mean() > 0.9


def test_what_is_out_of_reach_does_not_count_as_reached(kinematics):
    far = transform(xyz=(3.0, 0.0, 1.0))
    found = kinematics.solve(far[None], np.zeros((1, kinematics.dof)))
    assert not found.reached.any()


def test_a_row_does_not_depend_on_the_others(kinematics):
    rng = np.random.default_rng(2)
    seeds = rng.uniform(kinematics.lower, kinematics.upper, (5, kinematics.dof))
    targets = kinematics.links(seeds + 0.2)[kinematics.tip]
    together = kinematics.solve(targets, seeds, seeds)
    for i in range(5):
        alone = kinematics.solve(targets[i : i + 1], seeds[i : i + 1], seeds[i : i + 1])
        assert alone.q[0] == pytest.approx(together.q[i], abs=1e-6)


def test_a_joint_that_is_not_in_the_chain_is_told(description):
    with pytest.raises(MotionError, match="not between 'base_link' and 'end_effector': joints wheel_joint"):
        Kinematics(description, "base_link", "end_effector", ("arm_joint_1", "wheel_joint"))


def test_a_moving_joint_of_the_chain_that_is_not_named_is_told(description, arm_settings):
    told = r"what arm_joints does not name: 'torso_lift_joint' \(prismatic\); name it there, or make it a fixed joint"
    with pytest.raises(MotionError, match=told):
        Kinematics(description, "base_link", "end_effector", arm_settings.joints[1:])
    torso = replace(description.joints["torso_lift_joint"], kind="fixed")
    standing = replace(description, joints=description.joints | {torso.name: torso})
    assert Kinematics(standing, "base_link", "end_effector", arm_settings.joints[1:]).dof == 7


def test_a_joint_without_end_is_solved_however_often_it_has_turned(endless, arm_settings):
    kinematics = Kinematics(endless, "base_link", "end_effector", arm_settings.joints)
    goal = np.array(arm_settings.postures["ready"])
    goal[-1] = 4.5
    target = kinematics.pose(goal)
    found = kinematics.solve(target[None], (goal + 0.1)[None])
    assert found.reached.all()
    assert found.q[0, -1] == pytest.approx(4.5, abs=0.2)
    turned = kinematics.unwound(found.q[0], goal + 4 * np.pi)
    assert turned[:-1] == pytest.approx(found.q[0, :-1]), "the others stay"
    assert turned[-1] == pytest.approx(found.q[0, -1] + 4 * np.pi)
    assert kinematics.pose(turned) == pytest.approx(kinematics.pose(found.q[0]))
