# SPDX-License-Identifier: Apache-2.0
"""What the base is told, by hand: whoever sends, whoever has the robot, and at the end."""

import pytest
from geometry_msgs.msg import Twist

from agent_planner.ros.velocity_output import SKILLS, TELEOP, VelocityOutput
from agent_planner.safety.teleop_hold import TeleopHold
from agent_planner.safety.velocity import Limits

WANTED, PERSON = 0.3, -0.2
NEVER_SILENT = 1000.0


class Robot:
    """Stands in for a node; its one publisher is the base's."""

    def __init__(self):
        self.told, self.waited = [], False
        self._takers = {}
        self.tick = lambda: None

    def create_publisher(self, kind, topic, depth):
        return self

    def create_subscription(self, kind, topic, take, depth, callback_group):
        self._takers[topic] = take

    def create_timer(self, seconds, tick, callback_group, clock):
        self.tick = tick

    def publish(self, message):
        self.told.append(message.linear.x)

    def wait_for_all_acked(self, seconds):
        self.waited = True

    def hear(self, topic, speed):
        """Someone commands the base; what it is told because of that."""
        message = Twist()
        message.linear.x = speed
        self._takers[topic](message)
        return self.told[-1]


@pytest.fixture
def robot():
    return Robot()


@pytest.fixture
def hold():
    return TeleopHold(0.0, lambda: 0.0)


@pytest.fixture
def stopped():
    """Empty: it is not."""
    return []


@pytest.fixture
def output(robot, hold, stopped):
    def heard(moves):
        hold.command(moves)
        return hold.active

    limits, rate = Limits(), 30.0
    output = VelocityOutput(robot, limits, NEVER_SILENT, rate, None, lambda: bool(stopped), lambda: hold.active, heard)
    output.configure()
    return output


def test_a_stick_that_says_that_it_rests_bars_nothing_until_a_person_has_the_robot(output, robot, hold):
    assert robot.hear(SKILLS, WANTED) == WANTED
    for nothing in (0.0, float("nan")):
        assert robot.hear(TELEOP, nothing) == WANTED
    hold.take()
    assert robot.hear(TELEOP, 0.0) == robot.hear(SKILLS, WANTED) == 0.0
    hold.give_back()
    assert robot.hear(TELEOP, 0.0) == WANTED


def test_whoever_gives_back_while_they_drive_ends_that_by_letting_go(output, robot, hold):
    robot.hear(SKILLS, 0.0)
    assert robot.hear(TELEOP, PERSON) == PERSON
    hold.give_back()
    assert robot.hear(TELEOP, 0.0) == 0.0
    assert not hold.active


def test_the_end_is_zero_whatever_comes_afterwards(output, robot):
    robot.hear(SKILLS, WANTED)
    output.close()
    assert robot.told[-1] == 0.0 and robot.waited
    assert robot.hear(SKILLS, WANTED) == robot.hear(TELEOP, PERSON) == 0.0
    robot.tick()
    assert robot.told[-1] == 0.0


@pytest.mark.parametrize("how", ["stop", "close"])
def test_an_end_between_the_look_at_it_and_the_command_has_the_last_word(output, robot, stopped, how):
    robot.hear(SKILLS, WANTED)
    ends = {"stop": lambda: stopped.append(True), "close": output.close}
    publish = robot.publish

    def publish_late(message):
        robot.publish = publish
        ends[how]()
        publish(message)

    robot.publish = publish_late
    robot.tick()
    assert WANTED in robot.told and robot.told[-1] == 0.0
