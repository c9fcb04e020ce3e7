# SPDX-License-Identifier: Apache-2.0
import pytest

from agent_planner_motion.errors import MotionError
from agent_planner_motion.skills.job import CancelRequested, Job


class Clocks:
    def __init__(self):
        self.ros, self.steady, self.cancel = 100.0, 5000.0, False
        self.told = []

    def job(self):
        return Job(
            lambda: self.ros,
            lambda: self.steady,
            10.0,
            50.0,
            lambda: self.cancel,
            lambda state, value: self.told.append((state, value)),
        )


@pytest.fixture
def clocks():
    return Clocks()


def test_within_its_limits_a_goal_goes_on(clocks):
    job = clocks.job()
    clocks.ros += 9.9
    clocks.steady += 49.9
    job.check()
    assert job.elapsed == pytest.approx(9.9)


def test_after_its_limit_of_ros_time_it_times_out(clocks):
    job = clocks.job()
    clocks.ros += 10.1
    with pytest.raises(MotionError, match="TIMEOUT: not done after 10 s of ROS time"):
        job.check()


def test_a_paused_clock_does_not_keep_it_for_ever(clocks):
    job = clocks.job()
    clocks.steady += 51.0
    with pytest.raises(MotionError, match=r"51 s of steady time \(0.0 s of ROS time passed\); is the clock running\?"):
        job.check()


def test_a_cancel_request_comes_before_a_time_out(clocks):
    job = clocks.job()
    clocks.ros += 11.0
    clocks.cancel = True
    with pytest.raises(CancelRequested):
        job.check()


def test_feedback_is_passed_on(clocks):
    job = clocks.job()
    job.tell("GRASPING")
    job.tell(value=0.5)
    assert clocks.told == [("GRASPING", 0.0), ("", 0.5)]
