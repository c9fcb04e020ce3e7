# SPDX-License-Identifier: Apache-2.0
"""What moves arm and hand takes over first, whatever becomes of the answer to that."""

from types import SimpleNamespace

import pytest
from rclpy.clock import Clock as RosClock
from rclpy.task import Future
from std_srvs.srv import Trigger

from agent_planner.ros import names, teleop_client
from agent_planner.ros.teleop_client import TeleopClient
from agent_planner.ros.teleop_state import TeleopState
from agent_planner.ros.velocity_output import TELEOP
from agent_planner.safety.velocity import Velocity
from agent_planner.teleop.commands import ArmTwist, Word
from tests.clock import Clock

JOG = ArmTwist(x=1.0)


class Robot:
    """Stands in for a node: notes what is published, answers no service by itself, and hears what a test says."""

    def __init__(self):
        self.published, self.called, self.hears = {}, {}, {}

    def create_publisher(self, kind, topic, qos):
        self.published[topic] = []
        return SimpleNamespace(publish=self.published[topic].append)

    def create_client(self, kind, name):
        calls = self.called.setdefault(name, [])

        def call(request):
            calls.append(Future())
            return calls[-1]

        return SimpleNamespace(service_is_ready=lambda: True, call_async=call)

    def create_subscription(self, kind, topic, callback, qos):
        self.hears[topic] = callback

    def create_timer(self, period, callback, callback_group, clock):
        """Time stands still."""

    def get_clock(self):
        return RosClock()

    @property
    def asked(self):
        """How often somebody asked to take over."""
        return len(self.called[names.TAKE_OVER])

    @property
    def openings(self):
        return [message.data for message in self.published[names.GRIPPER_OPENING]]

    def tells(self, active, source):
        self.hears[names.TELEOP_STATE](TeleopState(active, source, 1).message("/supervisor"))

    def answers(self):
        self.called[names.TAKE_OVER][-1].set_result(Trigger.Response(success=True))


@pytest.fixture
def clock(monkeypatch):
    clock = Clock(100.0)
    monkeypatch.setattr(teleop_client, "time", SimpleNamespace(monotonic=clock))
    return clock


@pytest.fixture
def robot():
    return Robot()


@pytest.fixture
def client(robot, clock):
    return TeleopClient(robot, "base_link", False, lambda text: None)


def test_who_jogs_takes_over_once(client, robot):
    client.move_arm(JOG, "")
    client.move_arm(JOG, "")
    robot.tells(True, "service")
    robot.answers()
    client.move_arm(JOG, "")
    assert robot.asked == 1


def test_a_takeover_by_the_stick_is_made_one_that_its_silence_does_not_end(client, robot):
    robot.tells(True, "stick")
    client.move_arm(JOG, "")
    assert robot.asked == 1
    robot.tells(True, "service")
    client.move_arm(JOG, "")
    assert robot.asked == 1


def test_after_a_lost_answer_it_is_asked_again(client, robot, clock):
    client.move_arm(JOG, "")
    clock.now += 0.4
    client.move_arm(JOG, "")
    assert robot.asked == 1
    clock.now += 0.2
    client.move_arm(JOG, "")
    assert robot.asked == 2


@pytest.mark.parametrize("told_by", ["answer", "state"])
def test_the_hand_waits_for_the_takeover_and_does_the_last_word_once(client, robot, told_by):
    client.say(Word.OPEN, "a person")
    client.say(Word.CLOSE, "a person")
    assert (robot.asked, robot.openings) == (1, [])
    (robot.answers if told_by == "answer" else lambda: robot.tells(True, "service"))()
    assert robot.openings == [0.0]
    robot.answers() if told_by == "state" else robot.tells(True, "service")
    assert robot.openings == [0.0]
    client.say(Word.OPEN, "a person")
    assert robot.openings == [0.0, 1.0]


@pytest.mark.parametrize("word", [Word.STOP, Word.GIVE_BACK, None])
def test_what_waited_too_long_or_is_over_is_not_done(client, robot, clock, word):
    client.say(Word.OPEN, "a person")
    if word is None:
        clock.now += 60.0
    else:
        client.say(word, "a person")
    robot.tells(True, "service")
    assert robot.openings == []


def test_a_stop_lets_go_of_base_and_arm(client, robot):
    client.drive(Velocity(0.2))
    client.move_arm(JOG, "hand")
    client.say(Word.STOP, "a person")
    driven, jogged = (robot.published[topic] for topic in (TELEOP, names.DELTA_TWIST_CMDS))
    assert [message.linear.x for message in driven] == [0.2, 0.0]
    assert [(m.twist.linear.x, m.header.frame_id) for m in jogged] == [(1.0, "hand"), (0.0, "hand")]
