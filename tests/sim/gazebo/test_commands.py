# SPDX-License-Identifier: Apache-2.0
import math

import numpy as np
import pytest

from agent_planner_sim.gazebo.commands import POINT_STEP, VelocityRamp, dense
from agent_planner_sim.robots import ROBOTS

pytestmark = pytest.mark.sim
ROBOT = ROBOTS["mobile_manipulator"]()
STOW = ROBOT.postures["stow"]
DT = 0.02


def test_a_velocity_rises_and_falls_within_the_bases_limits():
    ramp = VelocityRamp(ROBOT.base)
    ramp.drive(9.0, -9.0, now=0.0)
    velocities = [ramp.step(n * DT, DT) for n in range(25)]
    assert velocities[0] == pytest.approx((0.8 * DT, -2.5 * DT))
    assert velocities[-1][0] == pytest.approx(min(0.5, 0.8 * 25 * DT))
    assert min(v[1] for v in velocities) == pytest.approx(-1.2)
    steps = np.diff([0.0, *(v[0] for v in velocities)])
    assert steps.max() <= 0.8 * DT + 1e-9


def test_a_velocity_ends_half_a_second_after_the_last_command():
    ramp = VelocityRamp(ROBOT.base)
    ramp.drive(0.1, 0.2, now=0.0)
    moving = [n * DT for n in range(100) if ramp.step(n * DT, DT) != (0.0, 0.0)]
    assert 0.5 <= moving[-1] < 0.7
    assert ramp.velocity == (0.0, 0.0)


def test_points_are_at_most_20_ms_apart_and_go_through_those_that_were_given():
    target = [*STOW[:1], 1.0, *STOW[2:]]
    times, points = dense(ROBOT, STOW, ROBOT.arm, [0.5, 1.13], [STOW, target])
    assert np.diff([0.0, *times]).max() <= POINT_STEP + 1e-9
    assert times[-1] == pytest.approx(1.13)
    np.testing.assert_allclose(points[-1], target)
    np.testing.assert_allclose(points[np.searchsorted(times, 0.4)], STOW)
    assert (np.diff(points[:, 1]) >= -1e-9).all()


def test_joints_that_are_not_named_stay_and_limits_hold():
    times, points = dense(ROBOT, STOW, ["arm_joint_2", "torso_lift_joint"], [0.1], [[9.0, 9.0]])
    lift, second = ROBOT.joint("torso_lift_joint"), ROBOT.joint("arm_joint_2")
    assert points[-1].tolist() == pytest.approx([lift.upper, STOW[1], second.upper, *STOW[3:]])
    assert points.shape == (len(times), len(ROBOT.arm))


def test_one_point_at_once_is_held():
    """As the supervisor's stop has it."""
    times, points = dense(ROBOT, STOW, ROBOT.arm, [0.0], [STOW])
    assert times.tolist() == [0.0]
    np.testing.assert_allclose(points, [STOW])


@pytest.mark.parametrize(
    ("names", "times", "points", "told"),
    [
        (["arm_joint_9"], [1.0], [[0.0]], "not joints of the arm: arm_joint_9; known: torso_lift_joint"),
        (["arm_joint_1"], [1.0, 0.5], [[0.0], [0.0]], "2 rising times"),
        (["arm_joint_1"], [1.0], [[0.0, 0.0]], "shape .1, 2. for 1 joints"),
        (["arm_joint_1"], [], [], "0 rising times"),
        (["arm_joint_1"], [1.0], [[math.nan]], "not finite"),
        (["arm_joint_1"], [math.inf], [[0.0]], "not finite"),
    ],
)
def test_what_is_no_trajectory_is_refused(names, times, points, told):
    with pytest.raises(ValueError, match=told):
        dense(ROBOT, STOW, names, times, points)
