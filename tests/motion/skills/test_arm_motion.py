# SPDX-License-Identifier: Apache-2.0
from dataclasses import replace

import numpy as np
import pytest

from agent_planner_motion.arm.trajectory import Limits, densify
from agent_planner_motion.errors import MotionError
from agent_planner_motion.skills.arm_motion import ArmMotion, Tolerance
from agent_planner_motion.skills.job import CancelRequested, Job
from tests.motion.kinematic_robot import KinematicRobot

LIMITS = Limits(np.array([0.22, *[1.4] * 7]), np.array([0.9, *[4.5] * 7]))


@pytest.fixture
def robot():
    return KinematicRobot()


@pytest.fixture
def path(robot):
    return densify(np.array([robot.q, robot.q + 0.5 * np.array([0.2, 1, 1, 0, -1, 0, 0, 0])]))


def test_it_follows_a_path_to_its_end_and_waits_for_it(robot, path):
    ArmMotion(robot, LIMITS).follow(path, robot.job())
    assert robot.joints().q == pytest.approx(path[-1], abs=0.012)
    assert np.abs(robot.joints().speed).max() <= 0.03
    (trajectory,) = robot.arm_sent
    assert trajectory.positions[-1] == pytest.approx(path[-1])


def test_while_it_moves_it_tells_a_few_times_a_second_how_far_it_is_off(robot, path):
    told = []
    job = Job(robot.now, robot.now, 100.0, 100.0, feedback=lambda state, value: told.append((robot.time, value)))
    ArmMotion(robot, LIMITS).follow(path, job)
    times, errors = zip(*told, strict=True)
    assert len(told) >= 5
    assert min(np.diff(times)) >= 0.1 - 1e-6
    assert errors[0] > 0.4
    assert errors[-1] < 0.1
    assert list(errors) == sorted(errors, reverse=True)


def test_half_the_speed_takes_longer(robot, path):
    motion, started = ArmMotion(robot, LIMITS), robot.time
    motion.follow(path, robot.job())
    fast, started = robot.time - started, robot.time
    motion.follow(path[::-1], robot.job(), speed=0.5)
    assert robot.time - started > 1.3 * fast


def test_an_arm_that_does_not_get_there_is_held_where_it_is_and_told(robot, path):
    robot.arm_stuck = True
    before = robot.q.copy()
    with pytest.raises(MotionError, match=r"NOT_REACHED: joint 1 of the arm is 0.500 off .* something is in the way"):
        ArmMotion(robot, LIMITS).follow(path, robot.job())
    assert robot.arm_sent[-1].positions == pytest.approx(before[None])


def test_a_little_off_is_accepted(robot, path):
    robot.arm_stuck = True
    ArmMotion(robot, LIMITS).follow(path, robot.job(), tolerance=Tolerance(arrived=0.02, accepted=0.6))


def test_positions_that_are_no_numbers_are_no_success(robot, path):
    joints = robot.joints
    robot.joints = lambda: replace(joints(), q=joints().q * np.nan) if robot.arm_sent else joints()
    with pytest.raises(MotionError, match="NOT_REACHED: joint 0 of the arm is nan off"):
        ArmMotion(robot, LIMITS).follow(path, robot.job())


def test_it_begins_where_the_arm_is_not_where_it_was_to_be(robot, path):
    beside = path[0] + 0.04 * np.array([0.1, 1, -1, 1, 0, 0, 0, 0])
    robot.q = beside
    ArmMotion(robot, LIMITS).follow(path, robot.job())
    (sent,) = robot.arm_sent
    assert sent.positions[0] == pytest.approx(beside)
    rates = np.diff(sent.positions, axis=0) / np.diff(sent.times)[:, None]
    assert (np.abs(rates) <= LIMITS.velocity * 1.01).all()
    assert robot.q == pytest.approx(path[-1], abs=0.012)


def test_a_driver_may_count_the_angles_of_a_joint_without_end_from_minus_pi_to_pi(robot):
    last, joints, whole = np.eye(8)[7], robot.joints, 2 * np.pi

    def counted():
        measured = joints()
        return replace(measured, q=measured.q - last * whole * np.round(measured.q / whole))

    robot.joints = counted
    robot.q = robot.q * (1 - last) + 3.0 * last
    motion = ArmMotion(robot, LIMITS, lambda q, reference: q - last * whole * np.round((q - reference) / whole))
    path = densify(np.array([robot.q, robot.q + 0.5 * last]))
    motion.follow(path, robot.job())
    motion.follow(path[::-1], robot.job())
    there, back = robot.arm_sent
    assert there.positions[-1, 7] == pytest.approx(3.5)
    assert back.positions[[0, -1], 7] == pytest.approx([3.5 - whole, 3.0 - whole], abs=0.012)


@pytest.mark.parametrize("off", [0.06, np.nan])
def test_from_too_far_beside_where_it_begins_nothing_moves(robot, path, off):
    robot.q = path[0] + off * np.eye(8)[3]
    told = r"NOT_REACHED: joint \d of the arm is (0.060|nan) off where its motion begins; 0.050 are accepted"
    with pytest.raises(MotionError, match=told):
        ArmMotion(robot, LIMITS).follow(path, robot.job())
    assert robot.arm_sent == []


def broken():
    raise IndexError("index 3 is out of bounds")


def test_whatever_ends_a_motion_arm_and_fingers_do_not_go_on(robot, path):
    done = robot.arm_done
    robot.arm_done = lambda: broken() if robot.time > 1.1 else done()
    with pytest.raises(IndexError):
        ArmMotion(robot, LIMITS).follow_while_gripping(path, robot.job(), 0.0)
    assert robot.arm_sent[-1].positions == pytest.approx(robot.q[None])
    stopped = robot.opening
    robot.wait(lambda: False, 1.0, None)
    assert robot.opening == pytest.approx(stopped, abs=0.005)


def test_whatever_ends_a_grip_the_fingers_do_not_go_on(robot):
    robot.gripper_done = lambda: robot.time > 1.1 and broken()
    with pytest.raises(IndexError):
        ArmMotion(robot, LIMITS).grip(0.0, robot.job())
    stopped = robot.opening
    robot.wait(lambda: False, 1.0, None)
    assert 0.04 < robot.opening == pytest.approx(stopped, abs=0.005)


@pytest.mark.parametrize("after", [0.0, 0.3])
def test_cancelled_it_stays_where_it_is(robot, path, after):
    robot.cancel_at = robot.time + after
    with pytest.raises(CancelRequested):
        ArmMotion(robot, LIMITS).follow(path, robot.job())
    if after:
        assert robot.arm_sent[-1].positions == pytest.approx(robot.q[None])
    else:
        assert robot.arm_sent == [], "it never began"
    assert np.abs(robot.q - path[-1]).max() > 0.1


def test_cancelled_on_the_way_the_fingers_stay_where_they_are_too(robot, path):
    robot.cancel_at = robot.time + 0.1
    with pytest.raises(CancelRequested) as ended:
        ArmMotion(robot, LIMITS).follow_while_gripping(path, robot.job(), 0.0)
    assert ended.value.at_rest
    stopped = robot.opening
    assert stopped > 0.01
    robot.wait(lambda: False, 1.0, None)
    assert robot.opening == pytest.approx(stopped, abs=0.005)


def test_fingers_close_as_far_as_what_is_between_them_allows(robot):
    motion = ArmMotion(robot, LIMITS)
    robot.least_opening = 0.03
    assert motion.grip(0.0, robot.job()) == pytest.approx(0.03)
    assert motion.grip(0.06, robot.job()) == pytest.approx(0.06, abs=0.002)


def test_cancelled_the_fingers_stay_where_they_are(robot):
    robot.cancel_at = robot.time + 0.1
    with pytest.raises(CancelRequested):
        ArmMotion(robot, LIMITS).grip(0.0, robot.job())
    stopped = robot.opening
    assert stopped > 0.04
    robot.wait(lambda: False, 1.0, None)
    assert robot.opening == pytest.approx(stopped, abs=0.005)
