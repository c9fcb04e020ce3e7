# SPDX-License-Identifier: Apache-2.0
"""A person takes the base from the skills, and gives it back."""

import pytest
from diagnostic_msgs.msg import DiagnosticStatus
from geometry_msgs.msg import Twist
from nav_msgs.msg import Odometry
from rclpy.qos import DurabilityPolicy

from agent_planner.ros.teleop_state import TeleopState, teleop_state_of
from tests.ros.waits import eventually

SKILLS, PERSON = 0.3, -0.2


@pytest.fixture
def states(listen):
    """What `teleop_state` told."""
    return listen(DiagnosticStatus, "teleop_state", DurabilityPolicy.TRANSIENT_LOCAL)


@pytest.fixture
def skills(node):
    """Skills drive all the time."""
    publisher = node.create_publisher(Twist, "cmd_vel_skills", 1)
    fast = Twist()
    fast.linear.x = SKILLS
    node.create_timer(0.02, lambda: publisher.publish(fast))


@pytest.fixture
def stick(node):
    """The person's stick: call it with a speed."""
    publisher = node.create_publisher(Twist, "cmd_vel_teleop", 1)

    def move(speed):
        assert eventually(lambda: publisher.get_subscription_count() == 1)
        wanted = Twist()
        wanted.linear.x = speed
        publisher.publish(wanted)

    return move


def of(message):
    return teleop_state_of(message)


def test_a_takeover_holds_until_it_is_given_back(start_supervisor, skills, stick, states, velocities, trigger):
    start_supervisor(timeout_s=0.2)
    assert of(states.until(lambda m: True)) == TeleopState()
    velocities.until(lambda m: m.linear.x == SKILLS)
    stick(0.0)
    velocities.next(lambda m: m.linear.x == SKILLS)  # the rest after the stick's half second
    stick(PERSON)
    velocities.until(lambda m: m.linear.x == PERSON)
    state = of(states.until(lambda m: of(m).active))
    assert (state.source, state.number) == ("stick", 1) and state.since > 0
    velocities.next(lambda m: m.linear.x == 0.0)
    velocities.messages.clear()
    assert eventually(lambda: len(velocities.messages) >= 30)
    assert {m.linear.x for m in velocities.messages} == {0.0}
    assert trigger("give_back").message == "the skills have the robot"
    assert not of(states.next(lambda m: True)).active
    velocities.next(lambda m: m.linear.x == SKILLS)
    assert trigger("give_back").message == "nobody had taken over"


def test_silence_gives_back_where_a_parameter_says_so(start_supervisor, skills, stick, states, velocities):
    start_supervisor(timeout_s=0.2, teleop_release_s=0.6)
    stick(PERSON)
    state = of(states.next(lambda m: of(m).number and not of(m).active))
    assert 0.5 < state.seconds < 5.0
    velocities.next(lambda m: m.linear.x == SKILLS)


def test_a_takeover_by_word(start_supervisor, skills, velocities, states, trigger):
    start_supervisor(teleop_release_s=0.3)
    velocities.until(lambda m: m.linear.x == SKILLS)
    assert trigger("take_over").message == "the person has the robot"
    assert trigger("take_over").message == "a person had the robot already"
    velocities.next(lambda m: m.linear.x == 0.0)
    velocities.messages.clear()
    assert eventually(lambda: len(velocities.messages) >= 30)
    assert {m.linear.x for m in velocities.messages} == {0.0}
    assert of(states.messages[-1]).source == "service"


def test_the_way_is_told(start_supervisor, node, states, trigger):
    start_supervisor()
    publisher = node.create_publisher(Odometry, "odom", 1)
    place = Odometry()

    def drive():
        place.pose.pose.position.x += 0.05
        publisher.publish(place)

    trigger("take_over")
    timer = node.create_timer(0.02, drive)
    assert of(states.until(lambda m: of(m).distance_m > 0.3)).active
    trigger("give_back")
    node.destroy_timer(timer)
    assert of(states.until(lambda m: of(m).number == 1 and not of(m).active)).distance_m > 0.3


def test_a_stop_stands_above_a_takeover(start_supervisor, stick, velocities, trigger):
    start_supervisor()
    trigger("stop")
    velocities.messages.clear()
    for _ in range(10):
        stick(PERSON)
    assert eventually(lambda: len(velocities.messages) >= 20)
    assert {m.linear.x for m in velocities.messages} == {0.0}


def test_a_state_that_says_nothing_is_refused():
    with pytest.raises(ValueError, match="active is ''; true or false was expected"):
        teleop_state_of(DiagnosticStatus(name="x"))
    state = TeleopState(True, "stick", 3, 12.5, 4.25, 1.125)
    assert teleop_state_of(state.message("/supervisor")) == state
