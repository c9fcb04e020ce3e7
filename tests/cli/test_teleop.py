# SPDX-License-Identifier: Apache-2.0
"""`agent-planner teleop` in a terminal, with a supervisor that is there."""

import os
import pty
import signal
import subprocess
import sys
import termios
import threading

import pytest

pytest.importorskip("rclpy")

from geometry_msgs.msg import Twist, TwistStamped
from rclpy.executors import MultiThreadedExecutor
from rclpy.node import Node
from rclpy.qos import DurabilityPolicy
from std_msgs.msg import Bool, Empty, Float64

from agent_planner.ros.process import spinning
from tests.cli.supervisors import a_supervisor
from tests.processes import COMMAND, SECONDS
from tests.ros.waits import ears_of
from tests.waits import eventually, until

pytestmark = pytest.mark.ros
READY = "not stopped"
# A session's leader gets the terminal that it opens as its own: then Ctrl-C and hanging up are signals.
IN_TERMINAL = """
import os, sys
fd = os.open(sys.argv[1], os.O_RDWR)
for number in (0, 1, 2):
    os.dup2(fd, number)
os.execvp(sys.argv[2], sys.argv[2:])
"""


class Window:
    """A terminal in which `agent-planner teleop` runs."""

    def __init__(self, *arguments):
        self.keyboard, self._tty = pty.openpty()
        termios.tcsetwinsize(self._tty, (24, 200))
        self.before = termios.tcgetattr(self._tty)
        command = [sys.executable, "-c", IN_TERMINAL, os.ttyname(self._tty), *COMMAND, "teleop", *arguments]
        self.process = subprocess.Popen(command, start_new_session=True)
        self.said = ""
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self):
        while True:
            try:
                self.said += os.read(self.keyboard, 4096).decode(errors="replace")
            except OSError:
                return

    def press(self, keys):
        os.write(self.keyboard, keys.encode())

    def until(self, text):
        until(lambda: text in self.said, self.process, SECONDS, lambda: self.said)

    @property
    def modes(self):
        return termios.tcgetattr(self._tty)

    def close(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        os.close(self._tty)
        if self.keyboard >= 0:
            self.hang_up()

    def hang_up(self):
        os.close(self.keyboard)
        self.keyboard = -1


@pytest.fixture(scope="module")
def supervisor(context):
    with a_supervisor(context) as node:
        yield node


@pytest.fixture(scope="module")
def node(context, supervisor):
    node = Node("listener", context=context)
    with spinning(MultiThreadedExecutor(4, context=context), node):
        yield node
    node.destroy_node()


@pytest.fixture
def listen(node):
    with ears_of(node) as listen:
        yield listen


@pytest.fixture
def base(listen):
    return listen(Twist, "cmd_vel_teleop")


@pytest.fixture
def open_window(domain, supervisor):
    windows = []

    def start(*arguments):
        windows.append(Window("--domain", str(domain), "--wait", "60", *arguments))
        windows[-1].until(READY)
        return windows[-1]

    yield start
    for window in windows:
        window.close()


@pytest.fixture
def window(open_window, supervisor):
    supervisor._teleop._hold.give_back()
    return open_window()


def taken(supervisor):
    return supervisor._teleop.active


def test_a_key_drives_takes_over_and_ends_with_one_zero(window, base, listen, supervisor):
    beats = listen(Empty, "operator_heartbeat")
    window.press("i")
    assert base.until(lambda m: True).linear.x == 0.25
    assert eventually(lambda: taken(supervisor))
    window.until("robot: person")
    base.until(lambda m: m.linear.x == 0.0)
    base.messages.clear()
    assert not eventually(lambda: base.messages, 0.3)
    window.press("\x1b[D")
    assert base.until(lambda m: m.angular.z > 0).angular.z == 0.6
    assert len(beats.messages) > 10
    window.press("b")
    window.until("the skills have the robot")
    assert not taken(supervisor)
    window.press("t")
    window.until("the person has the robot")
    assert taken(supervisor)


def test_the_second_page_moves_the_arm_and_takes_over_too(window, base, listen, supervisor):
    arm, openings = listen(TwistStamped, "delta_twist_cmds"), listen(Float64, "gripper_opening")
    window.press("\tw")
    message = arm.until(lambda m: m.twist.linear.x > 0)
    assert (message.twist.linear.x, message.header.frame_id) == (0.5, "")
    assert eventually(lambda: taken(supervisor))
    arm.next(lambda m: m.twist == Twist())
    window.press("er")
    assert arm.until(lambda m: m.twist.linear.z > 0).header.frame_id == "end_effector"
    window.press("g")
    assert openings.until(lambda m: True).data == 0.0
    window.until("ARM 50%, hand axes")
    assert base.messages == []


def test_the_space_bar_stops_the_robot(window, base, listen, supervisor):
    active = listen(Bool, "stop_active", DurabilityPolicy.TRANSIENT_LOCAL)
    window.press("i")
    base.until(lambda m: m.linear.x > 0)
    window.press(" ")
    active.until(lambda m: m.data)
    window.until("STOPPED: a person at a keyboard stopped the robot")
    window.until("stop 1: sent zero velocity")
    assert base.messages[-1].linear.x == 0.0
    supervisor._latch.open(supervisor._latch.stop)


def test_help_and_levels(window):
    window.said = ""
    window.press("?")
    window.until("STOP the robot")
    window.press("2")
    window.until("nobody serves 'set_autonomy'")


def test_speeds_stamped_velocities_and_a_namespace(context, open_window, listen):
    stamped = listen(TwistStamped, "/rob/cmd_vel_teleop")
    with a_supervisor(context, "/rob", use_stamped=True) as supervisor:
        more = ("--speed", "0.1", "--base-frame", "base_footprint")
        window = open_window("--namespace", "rob", "--use-stamped", *more)
        window.press("qi")
        message = stamped.until(lambda m: True)
        assert message.twist.linear.x == pytest.approx(0.11)
        assert message.header.frame_id == "base_footprint"
        assert eventually(lambda: taken(supervisor))


@pytest.mark.parametrize("end", ["Q", "\x03", signal.SIGTERM])
def test_however_it_ends_zero_is_sent_and_the_terminal_is_as_it_was(window, base, supervisor, end):
    assert window.modes != window.before
    window.press("i")
    base.until(lambda m: m.linear.x > 0)
    assert eventually(lambda: taken(supervisor))
    if isinstance(end, str):
        window.press(end)
    else:
        window.process.send_signal(end)
    assert window.process.wait(SECONDS) == {"Q": 0, "\x03": 130}.get(end, 143)
    assert eventually(lambda: base.messages[-1].linear.x == 0.0)
    assert window.modes == window.before
    assert eventually(lambda: "stays with its person" in window.said), window.said
    assert taken(supervisor)


def test_it_ends_with_its_terminal(window, base):
    window.press("i")
    base.until(lambda m: m.linear.x > 0)
    window.hang_up()
    window.process.wait(SECONDS)
    assert eventually(lambda: base.messages[-1].linear.x == 0.0)


def test_without_a_terminal_that_is_told():
    done = subprocess.run(
        [*COMMAND, "teleop"], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=SECONDS, check=False
    )
    assert done.returncode == 2
    assert "its standard input is no terminal; over ssh take `ssh -t`" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_supervisor_that_takes_another_type_is_told(domain, supervisor):
    window = Window("--domain", str(domain), "--wait", "3", "--use-stamped")
    assert window.process.wait(SECONDS) == 2
    told = "a supervisor is there, but takes Twist on 'cmd_vel_teleop'; leave out --use-stamped"
    assert eventually(lambda: told in window.said), window.said
    window.close()


def test_without_a_supervisor_that_is_told(state):
    window = Window("--domain", "100", "--wait", "1")
    assert window.process.wait(SECONDS) == 2
    assert eventually(lambda: "no supervisor in ROS domain 100 within 1 s" in window.said), window.said
    assert window.modes == window.before
    window.close()
