# SPDX-License-Identifier: Apache-2.0
"""A joystick on its topic, with a supervisor that is there."""

import threading

import pytest
from diagnostic_msgs.msg import DiagnosticStatus
from geometry_msgs.msg import Twist, TwistStamped
from rclpy.executors import SingleThreadedExecutor
from rclpy.parameter import Parameter
from rclpy.qos import DurabilityPolicy
from sensor_msgs.msg import Joy
from std_msgs.msg import Bool, Float64

from agent_planner.errors import UserError
from agent_planner.ros.process import spinning
from agent_planner.ros.teleop_joy_node import TeleopJoyNode
from agent_planner.ros.teleop_state import teleop_state_of
from agent_planner.types import Autonomy
from tests.ros.waits import SECONDS, eventually

ENABLE, ARM, STOP, BACK, CLOSE, OPEN, CONFIRM = 4, 5, 1, 7, 0, 3, 6


class Pad:
    """A joystick that tells again and again what is held."""

    def __init__(self, node, joy):
        self.joy = joy
        self._node = node
        self._told = threading.Event()
        self._state = Joy(axes=[0.0] * 8, buttons=[0] * 8)
        self._publisher = node.create_publisher(Joy, "joy", 1)
        self._timer = node.create_timer(0.05, self._tell)
        assert eventually(lambda: joy._heard is not None)

    def _tell(self):
        self._publisher.publish(self._state)
        self._told.set()

    def hold(self, *buttons, **axes):
        """Axes by letter: a is axis 0, b axis 1, …; returns when it was told."""
        values = [float(axes.get(letter, 0.0)) for letter in "abcdefgh"]
        self._state = Joy(axes=values, buttons=[int(n in buttons) for n in range(8)])
        self._told.clear()
        assert self._told.wait(SECONDS)

    def unplug(self):
        self._node.destroy_timer(self._timer)


@pytest.fixture
def start_joy(namespace):
    """Call it with parameters; the node spins until the test ends."""
    running = []

    def start(**parameters):
        overrides = [Parameter(name, value=value) for name, value in parameters.items()]
        joy = TeleopJoyNode(namespace=namespace, parameter_overrides=overrides)
        joy.start()
        spin = spinning(SingleThreadedExecutor(), joy)
        spin.__enter__()
        running.append((joy, spin))
        return joy

    yield start
    for joy, spin in running:
        joy.stop()
        spin.__exit__(None, None, None)
        joy.destroy_node()


@pytest.fixture
def pad(node, start_joy, supervisor):
    """One that was seen at rest by the node, which has found the supervisor."""
    pad = Pad(node, start_joy(confirm_button=CONFIRM))
    assert eventually(lambda: pad.joy._client.found)
    return pad


@pytest.fixture
def base(listen):
    return listen(Twist, "cmd_vel_teleop")


@pytest.fixture
def states(listen):
    return listen(DiagnosticStatus, "teleop_state", DurabilityPolicy.TRANSIENT_LOCAL)


def taken(states):
    return bool(states.messages) and teleop_state_of(states.messages[-1]).active


def only_zero_once(ear):
    """Whether nothing more comes but one zero."""
    ear.messages.clear()
    assert not eventually(lambda: len(ear.messages) > 1, 0.5), ear.messages
    return all(m.linear.x == 0.0 and m.angular.z == 0.0 for m in ear.messages)


def test_the_dead_man_drives_and_takes_over_and_one_zero_follows(pad, base, states):
    pad.hold(b=1.0, a=0.5)
    assert not eventually(lambda: base.messages, 0.4), "no dead-man is held"
    pad.hold(ENABLE, b=1.0, a=0.5)
    message = base.until(lambda m: m.linear.x > 0)
    assert (message.linear.x, message.angular.z) == pytest.approx((0.25, 0.3))
    assert eventually(lambda: taken(states))
    assert teleop_state_of(states.messages[-1]).source == "stick"
    pad.hold(b=1.0)
    base.next(lambda m: m.linear.x == 0.0)
    assert only_zero_once(base)
    assert taken(states), "who lets go does not give back"


def test_a_joystick_that_falls_silent_counts_as_released(pad, base, states):
    pad.hold(ENABLE, b=1.0)
    base.until(lambda m: m.linear.x > 0)
    pad.unplug()
    base.next(lambda m: m.linear.x == 0.0)
    assert only_zero_once(base)


def test_nothing_is_heard_of_a_joystick_once_the_node_has_let_go(pad, base, states):
    pad.hold(ENABLE, b=1.0)
    base.until(lambda m: m.linear.x > 0)
    pad.joy.stop()
    base.until(lambda m: m.linear.x == 0.0)
    base.messages.clear()
    assert not eventually(lambda: base.messages, 0.4), "it is still held, and the node still spins"


def test_what_is_no_number_counts_as_released(pad, base):
    pad.hold(ENABLE, b=1.0)
    base.until(lambda m: m.linear.x > 0)
    pad.hold(ENABLE, b=1.0, h=float("nan"))
    base.next(lambda m: m.linear.x == 0.0)
    assert only_zero_once(base)


def test_the_arm_moves_by_its_own_dead_man_which_takes_over(pad, base, states, listen):
    arm = listen(TwistStamped, "delta_twist_cmds")
    pad.hold(ARM, b=1.0, e=-0.5)
    message = arm.until(lambda m: m.twist.linear.x > 0)
    assert (message.twist.linear.x, message.twist.linear.z) == (1.0, -0.5)
    assert message.header.frame_id == ""
    assert eventually(lambda: taken(states))
    assert teleop_state_of(states.messages[-1]).source == "service"
    pad.hold()
    arm.until(lambda m: m.twist == Twist())
    arm.messages.clear()
    assert not eventually(lambda: arm.messages, 0.4)
    assert base.messages == []


def test_buttons_for_the_hand_and_for_giving_back(pad, states, listen):
    openings = listen(Float64, "gripper_opening")
    pad.hold(OPEN)
    assert not eventually(lambda: openings.messages, 0.3), "no dead-man is held"
    pad.hold(ARM)
    pad.hold(ARM, OPEN)
    assert openings.until(lambda m: True).data == 1.0
    pad.hold(ARM, CLOSE)
    assert openings.until(lambda m: m.data < 1.0).data == 0.0
    assert eventually(lambda: taken(states))
    pad.hold(ARM, BACK)
    assert eventually(lambda: not taken(states))


def test_the_stop_needs_no_dead_man(pad, listen, supervisor):
    active = listen(Bool, "stop_active", DurabilityPolicy.TRANSIENT_LOCAL)
    pad.hold(STOP)
    active.until(lambda m: m.data)
    assert eventually(lambda: "a person with a joystick stopped the robot" in (supervisor._latch.stop.reason or ""))


def test_a_button_sets_the_level(pad, start_planner):
    planner = start_planner([])
    assert planner.node._autonomy.level is not Autonomy.CONFIRM
    assert eventually(pad.joy._client._set_autonomy.service_is_ready)
    pad.hold(ENABLE, CONFIRM)
    assert eventually(lambda: planner.node._autonomy.level is Autonomy.CONFIRM)


def test_stamped_velocities_have_the_frame_and_turbo_its_scales(node, start_joy, listen):
    given = {"publish_stamped_twist": True, "frame": "base_footprint", "scale_linear_turbo.x": 1.5}
    joy = start_joy(enable_turbo_button=6, **given)
    base = listen(TwistStamped, "cmd_vel_teleop")
    Pad(node, joy).hold(6, b=1.0)
    message = base.until(lambda m: m.twist.linear.x > 0)
    assert (message.twist.linear.x, message.header.frame_id) == (1.5, "base_footprint")
    assert message.header.stamp.sec > 0


def test_a_parameter_that_is_wrong_is_told(namespace):
    with pytest.raises(UserError, match=r"has no parameter 'enable_buton'; did you mean 'enable_button'"):
        TeleopJoyNode(namespace=namespace, parameter_overrides=[Parameter("enable_buton", value=1)])
