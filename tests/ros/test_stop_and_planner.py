# SPDX-License-Identifier: Apache-2.0
"""Planner and supervisor together: the planner obeys, and is stopped where it cannot."""

import signal
import threading
from dataclasses import replace
from functools import partial

import pytest
from action_msgs.msg import GoalStatus
from agent_planner_interfaces.action import ExecuteInstruction
from agent_planner_interfaces.msg import StopReport, StopServer
from rclpy.qos import DurabilityPolicy

from agent_planner.skills.library import DEFAULT_LIBRARY
from agent_planner.testing.fake_action import Ending
from tests.ros import waits
from tests.ros.node_process import begin, planner_process
from tests.ros.scripts import AT_SHELF

Code = ExecuteInstruction.Result
CANCELED, ABORTED, SUCCEEDED = GoalStatus.STATUS_CANCELED, GoalStatus.STATUS_ABORTED, GoalStatus.STATUS_SUCCEEDED
SECONDS = 30.0
eventually = partial(waits.eventually, seconds=SECONDS)


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
    hanging.behaviour = replace(hanging.behaviour, ending=Ending.SUCCEED)
    assert eventually(lambda: trigger("reset_stop").success)
    assert eventually(lambda: planner.send().result()[0] == SUCCEEDED)


def test_without_a_supervisor_nothing_is_done(robot, start_planner):
    planner = start_planner(AT_SHELF, supervised=False, supervisor_timeout_s=0.5)
    status, result = planner.send().result()
    assert (status, result.outcome, result.error_code) == (ABORTED, "failed", Code.SUPERVISOR_LOST)
    assert "nothing was heard of the supervisor yet" in result.error_msg
    assert not robot.actions["navigate_to"].goals


def test_nothing_is_sent_while_the_supervisor_has_another_library(robot, start_planner, start_supervisor, tmp_path):
    library = tmp_path / "skills.yaml"
    library.write_text(DEFAULT_LIBRARY.read_text().replace("    name: navigate_to\n", "    name: other_drive\n"))
    start_supervisor(skills_file=str(library))
    planner = start_planner(AT_SHELF, supervised=False)
    status, result = planner.send().result()
    assert (status, result.error_code) == (CANCELED, Code.SUPERVISOR_LOST)
    assert "the supervisor does not watch navigate_to: a stop would not end what runs there" in result.error_msg
    assert "(parameter skills_file)" in result.error_msg
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
    hanging.behaviour = replace(hanging.behaviour, ending=Ending.SUCCEED)
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


@pytest.mark.parametrize("way", ["stop", "trigger_deactivate"])
def test_a_planner_that_ends_before_its_instruction_does_has_the_robot_stopped(
    robot, start_planner, supervisor, monkeypatch, way
):
    planner = start_planner(AT_SHELF, supervised=False)
    assert eventually(lambda: supervisor._planner.state.value == "alive")
    assert eventually(lambda: planner.node._stops._request.get_subscription_count())
    monkeypatch.setattr(planner.node._server, "end_all", lambda reason: False)
    getattr(planner.node, way)()
    assert eventually(lambda: supervisor._latch.active)
    assert "an instruction did not end in time (the planner " in supervisor._latch.stop.reason


# --- a planner that cannot obey


@pytest.fixture
def planner(node, namespace, hanging, supervisor, shelf_script):
    with planner_process(namespace, shelf_script) as process:
        begin(node, hanging)
        yield process


@pytest.fixture
def reports(listen):
    return listen(StopReport, "stop_report", DurabilityPolicy.TRANSIENT_LOCAL)


@pytest.mark.parametrize("number", [signal.SIGSTOP, signal.SIGKILL])
def test_a_planner_that_falls_silent_is_stopped(planner, hanging, supervisor, drive, reports, number):
    assert eventually(lambda: 0.25 in drive)
    planner.signal(number)
    assert waits.stands(drive)
    assert eventually(lambda: hanging.ended == ["canceled"])
    assert supervisor._latch.stop.reason == "the planner's heartbeat was lost"
    states = {server.name: server.state for server in reports.until(lambda m: m.active).servers}
    # Nobody can say for it that its instruction has ended.
    assert states["execute_instruction"] in (StopServer.RUNNING, StopServer.NO_ANSWER)
    if number == signal.SIGSTOP:
        planner.signal(signal.SIGCONT)
        assert eventually(lambda: reports.messages[-1].all_ended)


def test_a_planner_is_watched_before_anything_moves(planner, hanging, supervisor):
    planner.signal(signal.SIGKILL)
    assert eventually(lambda: hanging.ended == ["canceled"])
    assert supervisor._latch.stop.reason == "the planner's heartbeat was lost"


def test_a_planner_that_dies_is_not_waited_for_until_its_heartbeat_is_overdue(
    planner, hanging, supervisor, monkeypatch
):
    monkeypatch.setattr(supervisor._planner, "_timeout_s", 1000.0)
    planner.signal(signal.SIGKILL)
    assert eventually(lambda: hanging.ended == ["canceled"])
    assert supervisor._latch.stop.reason == "the planner's heartbeat was lost"


def test_a_stop_needs_no_planner(planner, hanging, supervisor, drive, trigger):
    planner.signal(signal.SIGSTOP)
    assert trigger("stop").success
    assert waits.stands(drive)
    assert eventually(lambda: hanging.ended == ["canceled"])
    assert not trigger("reset_stop").success
    planner.signal(signal.SIGCONT)
    assert eventually(lambda: trigger("reset_stop").success)
    assert eventually(lambda: 0.25 in drive[-10:])
