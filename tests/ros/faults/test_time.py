# SPDX-License-Identifier: Apache-2.0
"""Simulated time that jumps or stands still while a skill runs."""

import threading
from dataclasses import replace

import pytest
from rclpy.parameter import Parameter
from rosgraph_msgs.msg import Clock

from agent_planner.ros.messages import to_stamp
from agent_planner.testing.fake_action import Ending
from tests.ros.waits import eventually

PART = "time"
HOUR = 3600.0
_TICK_S = 0.02


class SimulatedTime:
    """Publishes /clock from a thread of its own; ``now`` may be changed and ``runs`` be cleared at any time."""

    def __init__(self, node):
        self.now = 2 * HOUR
        self.runs = threading.Event()
        self.runs.set()
        self._node = node
        self._publisher = node.create_publisher(Clock, "/clock", 1)
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._tick)
        self._thread.start()

    def _tick(self):
        while not self._ended.wait(_TICK_S):
            if self.runs.is_set():
                self.now += _TICK_S
                self._publisher.publish(Clock(clock=to_stamp(self.now)))

    def end(self):
        self._ended.set()
        self._thread.join()
        self._node.destroy_publisher(self._publisher)


@pytest.fixture
def time(node):
    node.set_parameters([Parameter("use_sim_time", value=True)])
    time = SimulatedTime(node)
    yield time
    time.end()


@pytest.mark.parametrize(("fault", "seconds"), [("jumps an hour ahead", HOUR), ("jumps an hour back", -HOUR)])
def test_a_jump(robot, time, planner_for, to_shelf, witness, fault, seconds):
    server = robot.actions["navigate_to"]
    server.behaviour = replace(server.behaviour, seconds=3.0)
    sent = planner_for(to_shelf, use_sim_time=True).send()
    assert server.running.wait(20)
    begun = time.now
    assert eventually(lambda: time.now > begun + 0.5), "the planner may not have heard yet that its goal was accepted"
    time.now += seconds
    ended = sent.result()
    assert len(server.ended) == len(server.goals)
    witness.report(PART, fault, ended)


@pytest.mark.parametrize(
    ("fault", "ending"),
    [("stands still", Ending.SUCCEED), ("stands still, and the server hangs", Ending.HANG)],
)
def test_standing_still(robot, time, planner_for, to_shelf, quick_skills, witness, fault, ending):
    server = robot.actions["navigate_to"]
    server.behaviour = replace(server.behaviour, seconds=0.3, ending=ending)
    sent = planner_for(to_shelf, use_sim_time=True, skills_file=quick_skills, steady_cap_factor=2.0).send()
    assert server.running.wait(20)
    time.runs.clear()
    ended = sent.result()
    assert len(server.ended) == len(server.goals) == 1
    witness.report(PART, fault, ended)
