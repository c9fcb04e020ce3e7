# SPDX-License-Identifier: Apache-2.0
"""Rates of the joints for a hand that is moved by sight."""

import numpy as np
import pytest

from agent_planner_motion.arm.jog import AHEAD, hand_rates, is_free, joint_rates, stretch
from agent_planner_motion.arm.trajectory import STEP
from agent_planner_motion.spatial import rotation_vector

PERIOD = 0.04


@pytest.fixture(scope="module")
def limits(kit):
    return kit.motion.limits


@pytest.fixture(scope="module")
def home(arm_settings):
    return np.array(arm_settings.postures["home"])


def twist(index, value):
    return np.eye(6)[index] * value


def jogged(kinematics, limits, q, asked, seconds):
    """Joints after so long, and the largest share of a joint's speed on the way."""
    most = 0.0
    for _ in range(round(seconds / PERIOD)):
        rates = hand_rates(kinematics, q, asked, limits)
        most = max(most, float((np.abs(rates) / limits.velocity).max()))
        q = np.clip(q + rates * PERIOD, kinematics.lower, kinematics.upper)
    return q, most


@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize("index", range(6))
def test_the_hand_goes_straight_the_asked_way(kinematics, limits, home, index, sign):
    asked = twist(index, sign * (0.1 if index < 3 else 0.5))
    before = kinematics.pose(home)
    q, _ = jogged(kinematics, limits, home, asked, 0.8)
    after = kinematics.pose(q)
    moved = after[:3, 3] - before[:3, 3]
    turned = rotation_vector(after[:3, :3] @ before[:3, :3].T)
    assert moved == pytest.approx(asked[:3] * 0.8, abs=0.004)
    assert turned == pytest.approx(asked[3:] * 0.8, abs=0.01)


def test_rates_keep_the_joints_limits_and_the_direction(kinematics, limits, home):
    asked = np.array([3.0, 1.0, 0.0, 0.0, 0.0, 0.0])
    rates = hand_rates(kinematics, home, asked, limits)
    assert (np.abs(rates) / limits.velocity).max() == pytest.approx(1.0)
    _, jacobian = kinematics.jacobian(home[None])
    done = jacobian[0] @ rates
    assert done / np.linalg.norm(done) == pytest.approx(asked / np.linalg.norm(asked), abs=1e-3)


def test_a_joint_at_its_end_is_left_out_and_the_others_do_it(kinematics, limits, home):
    q = home.copy()
    q[0] = kinematics.upper[0]
    rates = hand_rates(kinematics, q, twist(2, 0.1), limits)
    assert rates[0] == 0.0
    _, jacobian = kinematics.jacobian(q[None])
    assert jacobian[0] @ rates == pytest.approx(twist(2, 0.1), abs=1e-3)


@pytest.mark.parametrize("index", [0, 2])
def test_at_the_end_of_its_reach_the_hand_stops_without_haste_and_comes_back(kinematics, limits, home, index):
    asked = twist(index, 0.1)
    q, most = jogged(kinematics, limits, home, asked, 12.0)
    assert most <= 1.0
    assert not hand_rates(kinematics, q, asked, limits).any()
    assert (q >= kinematics.lower).all() and (q <= kinematics.upper).all()
    reached = kinematics.pose(q)[:3, 3]
    assert reached[index] > kinematics.pose(home)[index, 3] + 0.15
    back, _ = jogged(kinematics, limits, q, -asked, 2.0)
    assert kinematics.pose(back)[index, 3] < reached[index] - 0.1


def test_at_a_singularity_rates_stay_small(kinematics, limits):
    # Stretched out ahead, all about one axis: the wrist's outer joints turn about the same line.
    q = np.array([0.2, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0])
    for index in range(6):
        for value in (0.1, -0.1):
            rates = hand_rates(kinematics, q, twist(index, value), limits)
            assert np.isfinite(rates).all()
            assert (np.abs(rates) <= limits.velocity * (1 + 1e-9)).all()


def test_joint_rates_are_slowed_alike_and_end_with_the_joint(kinematics, limits, home):
    wanted = np.zeros(8)
    wanted[[1, 7]] = 2 * limits.velocity[1], 0.2
    assert joint_rates(kinematics, home, wanted, limits) == pytest.approx(wanted / 2)
    at_end = home.copy()
    at_end[1] = kinematics.upper[1]
    assert joint_rates(kinematics, at_end, wanted, limits)[1] == 0.0
    assert joint_rates(kinematics, at_end, -wanted, limits)[1] < 0.0


def test_going_down_ends_above_the_floor_and_going_up_does_not(kit, kinematics, limits, robot_in):
    robot, kit = robot_in(q=kit.posture("ready"))
    planner = kit.planner(robot.world(), robot.base().matrix)
    q, asked = robot.q, twist(2, -0.1)
    for _ in range(400):
        rates = hand_rates(kinematics, q, asked, limits)
        if not is_free(planner, q, rates, limits):
            break
        q = q + rates * PERIOD
    assert rates.any(), "the arm's reach ended, not what is free"
    assert planner.clearance(q)[0] > 0.0
    assert is_free(planner, q, hand_rates(kinematics, q, -asked, limits), limits)


def test_a_stretch_ends_at_rest_and_within_the_limits(kinematics, home):
    q = home.copy()
    q[0] = kinematics.upper[0] - 0.005
    rates = np.zeros(8)
    rates[[0, 1]] = 0.1, 0.5
    trajectory = stretch(kinematics, q, rates)
    assert trajectory.duration + STEP == pytest.approx(AHEAD)
    assert trajectory.positions[0] == pytest.approx(np.minimum(q + rates * STEP, kinematics.upper))
    assert trajectory.positions[-1, 0] == kinematics.upper[0]
    assert trajectory.positions[-1, 1] == pytest.approx(q[1] + 0.5 * AHEAD)
    assert not trajectory.velocities[-1].any() and trajectory.velocities[0] == pytest.approx(rates)


def test_a_stretch_of_a_joint_outside_its_limits_begins_where_it_is(kinematics, home):
    q = home.copy()
    q[7] = kinematics.upper[7] + 0.3
    rates = np.zeros(8)
    rates[7] = 0.5
    assert stretch(kinematics, q, rates).positions[:, 7] == pytest.approx(q[7]), "no further out, and not thrown back"
    back = stretch(kinematics, q, -rates).positions[:, 7]
    assert back[0] == pytest.approx(q[7] - 0.5 * STEP)
    assert back[-1] == pytest.approx(q[7] - 0.5 * AHEAD)
