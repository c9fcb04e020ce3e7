# SPDX-License-Identifier: Apache-2.0
"""What the base is told, by hand: whoever sends, whoever has the robot, and at the end."""

from types import SimpleNamespace

import pytest
from geometry_msgs.msg import Twist, TwistStamped
from rclpy.clock import Clock
from rclpy.qos import ReliabilityPolicy

from agent_planner.ros.velocity_output import OUTPUT, SKILLS, TELEOP, VelocityOutput
from agent_planner.safety.teleop_hold import TeleopHold
from agent_planner.safety.velocity import Limits

WANTED, PERSON = 0.3, -0.2
NEVER_SILENT = 1000.0


class Robot:
    """Stands in for a node; its one publisher is the base's."""

    def __init__(self):
        self.told, self.messages, self.waited = [], [], False
        self._takers = {}
        self.kinds, self.qualities, self.period = set(), set(), 0.0
        self.publishers = {}
        self.tick = lambda: None

    def create_publisher(self, kind, topic, depth):
        self.kinds.add(kind)
        return self

    def create_subscription(self, kind, topic, take, quality, callback_group):
        self.kinds.add(kind)
        self.qualities.add(quality.reliability)
        self._takers[topic] = take

    def create_timer(self, seconds, tick, callback_group, clock):
        self.tick, self.period = tick, seconds

    def get_fully_qualified_name(self):
        return "/rob/supervisor"

    def get_publishers_info_by_topic(self, topic):
        told = [name.rpartition("/") for name in self.publishers.get(topic, ())]
        return [SimpleNamespace(node_namespace=space or "/", node_name=name) for space, _, name in told]

    def get_clock(self):
        return Clock()

    def publish(self, message):
        self.messages.append(message)
        self.told.append(getattr(message, "twist", message).linear.x)

    def wait_for_all_acked(self, seconds):
        self.waited = True

    def hear(self, topic, speed):
        """Someone commands the base; what it is told because of that."""
        message = Twist()
        message.linear.x = speed
        self.take(topic, message)
        return self.told[-1]

    def take(self, topic, message):
        self._takers[topic](message)


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


@pytest.mark.parametrize("frame", [None, "base_link"])
@pytest.mark.parametrize("topic", [SKILLS, TELEOP])
def test_every_part_of_a_velocity_goes_through_stamped_or_not(robot, topic, frame):
    never, rate = (lambda: False), 20.0
    output = VelocityOutput(robot, Limits(), NEVER_SILENT, rate, frame, never, never, lambda moves: moves)
    output.configure()
    wanted = Twist()
    wanted.linear.x, wanted.linear.y, wanted.angular.z = 0.1, -0.2, 0.3
    robot.take(topic, wanted if frame is None else TwistStamped(twist=wanted))
    told = robot.messages[-1]
    assert robot.kinds == {type(told)} == {Twist if frame is None else TwistStamped}
    assert (told if frame is None else told.twist) == wanted
    assert frame is None or told.header.frame_id == frame
    assert robot.period == pytest.approx(0.05)
    turn = Twist()
    turn.angular.z = 0.3
    assert output.current()[1] == topic
    robot.take(topic, turn if frame is None else TwistStamped(twist=turn))
    assert output.current() == ((0.0, 0.0, 0.3), topic), "a person who only turns drives, too"


def test_commands_are_heard_from_publishers_of_either_kind(output, robot):
    assert robot.qualities == {ReliabilityPolicy.BEST_EFFORT}


def test_who_else_sends_is_named(output, robot):
    own = "/rob/supervisor"
    robot.publishers = {OUTPUT: [own], SKILLS: ["/rob/monitor", "/controller", own]}
    assert output.senders(OUTPUT) == output.senders(TELEOP) == []
    assert output.senders(SKILLS) == ["/controller", "/rob/monitor", own]
    robot.publishers[OUTPUT] = [own, "/behavior_server", own]
    assert output.senders(OUTPUT) == ["/behavior_server", own], "a second supervisor"
