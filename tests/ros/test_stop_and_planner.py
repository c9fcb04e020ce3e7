# SPDX-License-Identifier: Apache-2.0
"""Planner and supervisor together: the planner obeys, and is stopped where it cannot."""

import os
import signal
import subprocess
import sys
import threading
from dataclasses import replace
from functools import partial

import pytest
import rclpy
from action_msgs.msg import GoalStatus
from agent_planner_interfaces.action import ExecuteInstruction
from agent_planner_interfaces.msg import StopReport, StopServer
from geometry_msgs.msg import Twist
from rclpy.qos import DurabilityPolicy, QoSProfile

from agent_planner.ros.action_client import SafeActionClient
from agent_planner.testing.fake_action import Ending
from tests.ros import waits

Code = ExecuteInstruction.Result
CANCELED, ABORTED, SUCCEEDED = GoalStatus.STATUS_CANCELED, GoalStatus.STATUS_ABORTED, GoalStatus.STATUS_SUCCEEDED
SECONDS = 30.0
eventually = partial(waits.eventually, seconds=SECONDS)
AT_SHELF = ["goal: at(shelf)", 'at(shelf)\nnavigate_to(target="shelf")']


@pytest.fixture
def hanging(robot):
    """The robot's navigate_to, which goes on until it is cancelled."""
    server = robot.actions["navigate_to"]
    server.behaviour = replace(server.behaviour, ending=Ending.HANG)
    return server


def unhang(server):
    server.behaviour = replace(server.behaviour, ending=Ending.SUCCEED)


# --- the planner obeys


def test_a_stop_ends_the_instruction_and_new_ones_are_refused_until_a_reset(hanging, start_planner, trigger):
    planner = start_planner(AT_SHELF)
    sent = planner.send()
    assert hanging.running.wait(SECONDS)
    assert trigger("stop").success
    status, result = sent.result()
    assert (status, result.outcome, result.error_code) == (CANCELED, "cancelled", Code.STOPPED)
    assert "the robot is stopped" in result.error_msg
    assert hanging.ended == ["canceled"]
    status, result = planner.send().result()
    assert (status, result.outcome, result.error_code) == (ABORTED, "failed", Code.STOPPED)
    assert "the robot is stopped (the service 'stop' was called); `agent-planner reset` or" in result.error_msg
    assert len(hanging.goals) == 1
    unhang(hanging)
    assert eventually(lambda: trigger("reset_stop").success)
    assert eventually(lambda: planner.send().result()[0] == SUCCEEDED)


def test_without_a_supervisor_nothing_is_done(robot, start_planner):
    planner = start_planner(AT_SHELF, supervised=False, supervisor_timeout_s=0.5)
    status, result = planner.send().result()
    assert (status, result.outcome, result.error_code) == (ABORTED, "failed", Code.SUPERVISOR_LOST)
    assert "nothing was heard of the supervisor yet" in result.error_msg
    assert not robot.actions["navigate_to"].goals


def test_a_supervisor_that_turns_up_in_time_is_waited_for(robot, start_planner, start_supervisor):
    planner = start_planner(AT_SHELF, supervised=False, supervisor_timeout_s=SECONDS)
    sent = planner.send()
    start_supervisor()
    assert sent.result()[0] == SUCCEEDED


def test_the_loss_of_the_supervisor_ends_the_instruction(hanging, start_planner, start_supervisor):
    _, end = start_supervisor()
    planner = start_planner(AT_SHELF, supervised=False, supervisor_timeout_s=1.0)
    sent = planner.send()
    assert hanging.running.wait(SECONDS)
    end()
    status, result = sent.result()
    assert (status, result.outcome, result.error_code) == (CANCELED, "cancelled", Code.SUPERVISOR_LOST)
    assert hanging.ended == ["canceled"]
    assert planner.send().result()[1].error_code == Code.SUPERVISOR_LOST
    unhang(hanging)
    start_supervisor()
    assert eventually(lambda: planner.send().result()[0] == SUCCEEDED)


def test_a_skill_that_does_not_confirm_its_cancel_is_stopped_for_good(hanging, start_planner, supervisor):
    hanging.behaviour = replace(hanging.behaviour, obeys_cancel=False)
    planner = start_planner(AT_SHELF, supervised=False, cancel_timeout_s=0.5)
    sent = planner.send()
    assert hanging.running.wait(SECONDS)
    sent.cancel()
    status, result = sent.result()
    assert (status, result.outcome) == (ABORTED, "unknown")
    assert eventually(lambda: supervisor._latch.active)
    assert 'navigate_to(target="shelf"): cancelled, but' in supervisor._latch.stop.reason


def test_a_planner_that_ends_in_order_is_no_alarm(robot, start_planner, supervisor):
    planner = start_planner(AT_SHELF, supervised=False)
    assert eventually(lambda: supervisor._planner.state.value == "alive")
    planner.node.stop()
    assert eventually(lambda: supervisor._planner.state.value == "left in order")
    waited = threading.Event()
    waited.wait(supervisor.parameters.heartbeat_timeout_s + 0.5)
    assert not supervisor._latch.active


# --- a planner that cannot obey


class Process:
    """The planner as a process."""

    def __init__(self, namespace, script):
        domain = rclpy.get_default_context().get_domain_id()
        environ = os.environ | {"ROS_DOMAIN_ID": str(domain)}
        code = "import sys; from agent_planner.ros.planner_node import main; sys.exit(main())"
        arguments = [
            "--ros-args",
            "-r",
            f"__ns:={namespace}",
            "-p",
            f"model:=scripted:{script}",
            "-p",
            "policy_file:=simulation",
        ]
        self.process = subprocess.Popen([sys.executable, "-c", code, *arguments], env=environ)

    def begin(self, node, server):
        """Give it an instruction, until the server has got its goal."""
        client = SafeActionClient(node, ExecuteInstruction, "execute_instruction")
        assert client.wait_for_server(SECONDS)
        # The server may have been found before the way back from it: then its first answer is lost.
        for _ in range(4):
            goal = ExecuteInstruction.Goal(instruction="go to the shelf", preempt=True)
            client.send_goal_async(goal)
            if server.running.wait(10):
                return
        raise AssertionError("the instruction did not begin")

    def end(self):
        self.process.kill()
        self.process.wait()


@pytest.fixture
def planner(node, namespace, hanging, supervisor, tmp_path):
    script = tmp_path / "script.json"
    script.write_text('["goal: at(shelf)", "at(shelf)\\nnavigate_to(target=\\"shelf\\")"]')
    process = Process(namespace, script)
    try:
        process.begin(node, hanging)
        assert eventually(lambda: supervisor._planner.state.value == "alive")
        yield process.process
    finally:
        process.end()


@pytest.fixture
def drive(node):
    """The skill drives; the velocities that the base gets."""
    heard = []
    node.create_subscription(Twist, "cmd_vel", lambda m: heard.append(m.linear.x), 10)
    nav = node.create_publisher(Twist, "cmd_vel_nav", 1)
    fast = Twist()
    fast.linear.x = 0.25
    node.create_timer(0.05, lambda: nav.publish(fast))
    return heard


@pytest.fixture
def reports(node):
    heard = []
    qos = QoSProfile(depth=1, durability=DurabilityPolicy.TRANSIENT_LOCAL)
    node.create_subscription(StopReport, "stop_report", heard.append, qos)
    return heard


def stands(velocities):
    """The base is told to stand, again and again."""
    velocities.clear()
    return eventually(lambda: len(velocities) >= 10 and set(velocities[-10:]) == {0.0})


@pytest.mark.parametrize("number", [signal.SIGSTOP, signal.SIGKILL])
def test_a_planner_that_falls_silent_is_stopped(planner, hanging, supervisor, drive, reports, number):
    assert eventually(lambda: 0.25 in drive)
    planner.send_signal(number)
    assert stands(drive)
    assert eventually(lambda: hanging.ended == ["canceled"])
    assert supervisor._latch.stop.reason == "the planner's heartbeat was lost"
    assert eventually(lambda: reports and reports[-1].active)
    states = {server.name: server.state for server in reports[-1].servers}
    # Nobody can say for it that its instruction has ended.
    assert states["execute_instruction"] in (StopServer.RUNNING, StopServer.NO_ANSWER)
    if number == signal.SIGSTOP:
        planner.send_signal(signal.SIGCONT)
        assert eventually(lambda: reports[-1].all_ended)


def test_a_stop_needs_no_planner(planner, hanging, supervisor, drive, trigger):
    planner.send_signal(signal.SIGSTOP)
    assert trigger("stop").success
    assert stands(drive)
    assert eventually(lambda: hanging.ended == ["canceled"])
    assert not trigger("reset_stop").success
    planner.send_signal(signal.SIGCONT)
    assert eventually(lambda: trigger("reset_stop").success)
    assert eventually(lambda: 0.25 in drive[-10:])
