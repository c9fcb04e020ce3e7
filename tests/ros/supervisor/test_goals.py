# SPDX-License-Identifier: Apache-2.0
"""What becomes of the goals of every server, and that the report says no more than is known."""

import pytest
from agent_planner_interfaces.msg import StopServer
from trajectory_msgs.msg import JointTrajectory

from agent_planner.ros.stop_client import progress_of
from agent_planner.testing.fake_action import Behaviour, Ending
from agent_planner.testing.fake_service import FakeService
from tests.ros.supervisor.measured import JOINTS
from tests.ros.waits import answer_of, eventually


def state(report, name):
    return next(server.state for server in report.servers if server.name == name)


def open_lines(report):
    return [line for line in progress_of(report).lines if not line.settled]


def test_all_goals_of_all_clients_on_all_servers_end(start_supervisor, serve, send, reports, trigger, library_file):
    servers = [serve("wave", ending=Ending.HANG), serve("nod", ending=Ending.HANG)]
    for name in ("wave", "nod", "wave"):
        assert answer_of(send(name)).accepted
    start_supervisor(skills_file=library_file)
    assert eventually(lambda: [len(server.goals) for server in servers] == [2, 1])
    answer = trigger("stop")
    assert "cancel of all goals to wave, nod" in answer.message
    assert eventually(lambda: [len(server.ended) for server in servers] == [2, 1])
    assert {end for server in servers for end in server.ended} == {"canceled"}
    report = reports.until(lambda m: m.active and m.all_ended)
    assert (state(report, "wave"), state(report, "nod")) == (StopServer.ENDED, StopServer.ENDED)
    assert state(report, "execute_instruction") == StopServer.MISSING
    assert trigger("reset_stop").success


def test_a_goal_that_is_accepted_while_stopped_falls_too(start_supervisor, serve, send, trigger, library_file):
    server = serve(ending=Ending.HANG, accept_after_s=1.0)
    start_supervisor(skills_file=library_file)
    late = send()
    assert trigger("stop").success
    assert not server.goals
    assert answer_of(late).accepted
    assert eventually(lambda: server.ended == ["canceled"])
    # And so does whatever a client without regard for the stop goes on to send.
    server.behaviour = Behaviour(ending=Ending.HANG)
    assert answer_of(send()).accepted
    assert eventually(lambda: server.ended == ["canceled"] * 2)


@pytest.mark.parametrize("trouble", [{"lost_cancels": 3}, {"refused_cancels": 3}])
def test_a_cancel_without_effect_is_repeated(start_supervisor, serve, send, reports, trigger, library_file, trouble):
    server = serve(ending=Ending.HANG, **trouble)
    assert answer_of(send()).accepted
    start_supervisor(skills_file=library_file)
    trigger("stop")
    assert eventually(lambda: server.ended == ["canceled"])
    reports.until(lambda m: m.active and state(m, "wave") == StopServer.ENDED)


@pytest.mark.parametrize("trouble", [{"obeys_cancel": False}, {"ends_on_cancel": False}])
def test_what_goes_on_is_reported_and_stands_in_the_way_of_a_reset(
    start_supervisor, serve, send, reports, active, trigger, library_file, trouble
):
    server = serve(ending=Ending.HANG, **trouble)
    serve("nod")
    assert answer_of(send()).accepted
    start_supervisor(skills_file=library_file)
    trigger("stop")
    report = reports.until(lambda m: m.active and state(m, "nod") == StopServer.ENDED)
    assert (state(report, "wave"), report.all_ended) == (StopServer.RUNNING, False)
    assert next(s.goals for s in report.servers if s.name == "wave") == 1
    answer = trigger("reset_stop")
    assert (answer.success, answer.message) == (False, "not reset: wave: 1 goal not ended")
    assert active.next(lambda m: True).data
    server.closing.set()  # its goal aborts
    assert reports.until(lambda m: m.active and m.all_ended)
    assert trigger("reset_stop").success


def test_a_server_that_does_not_answer_is_not_called_ended(start_supervisor, serve, reports, trigger, library_file):
    server = serve(lost_cancels=10_000)
    start_supervisor(skills_file=library_file)
    trigger("stop")
    assert eventually(lambda: server.cancels >= 3)
    report = reports.next(lambda m: m.active)
    assert (state(report, "wave"), report.all_ended) == (StopServer.NO_ANSWER, False)
    assert trigger("reset_stop").message == "not reset: wave: has not answered"


def test_a_server_that_went_away_with_its_goal_is_not_called_ended(
    start_supervisor, serve, send, reports, trigger, library_file
):
    server = serve(ending=Ending.HANG, obeys_cancel=False)
    assert answer_of(send()).accepted
    start_supervisor(skills_file=library_file)
    trigger("stop")
    reports.until(lambda m: m.active and state(m, "wave") == StopServer.RUNNING)
    server.vanish()
    report = reports.until(lambda m: m.active and state(m, "wave") == StopServer.LOST)
    assert not report.all_ended
    serve()  # it is started again
    reports.until(lambda m: m.active and state(m, "wave") == StopServer.ENDED)


def test_what_is_watched_is_named_while_nothing_is_stopped(start_supervisor, reports, library_file):
    start_supervisor(skills_file=library_file)
    report = reports.until(lambda m: not m.active)
    watched = ["wave", "nod", "execute_instruction", "execute_call", "tidy_stop"]
    assert [(s.name, s.state) for s in report.servers] == [(name, "") for name in watched]


def test_where_no_server_is_there_nothing_has_confirmed(start_supervisor, reports, trigger, library_file):
    start_supervisor(skills_file=library_file)
    trigger("stop")
    report = reports.next(lambda m: m.active)
    assert {server.state for server in report.servers} == {StopServer.MISSING}
    assert not report.all_ended
    assert "tidy_stop (not there)" in [f"{line.name} ({line.text})" for line in open_lines(report)]
    assert trigger("reset_stop").success


def test_a_motion_service_without_its_stop_service_stands_in_the_way_of_a_reset(
    start_supervisor, node, reports, trigger, library_file
):
    service = FakeService(node, "std_srvs/srv/Trigger", "tidy", {"success": True})
    start_supervisor(skills_file=library_file)
    trigger("stop")
    report = reports.until(lambda m: m.active and state(m, "tidy_stop") == StopServer.NO_ANSWER)
    assert not report.all_ended
    answer = trigger("reset_stop")
    assert answer.message == "not reset: tidy_stop: has not answered: it is not there, but 'tidy' is"
    service.destroy()
    assert eventually(lambda: trigger("reset_stop").success)


def test_the_stop_service_of_a_motion_service_is_called_until_it_confirms(
    start_supervisor, node, reports, trigger, library_file
):
    service = FakeService(node, "std_srvs/srv/Trigger", "tidy_stop", {"success": False, "message": "stuck"})
    start_supervisor(skills_file=library_file)
    trigger("stop")
    report = reports.until(lambda m: m.active and state(m, "tidy_stop") == StopServer.REFUSED)
    assert next(s.detail for s in report.servers if s.name == "tidy_stop") == "stuck"
    assert trigger("reset_stop").message == "not reset: tidy_stop: refused: stuck"
    service.response = {"success": True}
    reports.until(lambda m: m.active and state(m, "tidy_stop") == StopServer.ENDED)
    service.destroy()


def test_the_gripper_is_left_alone(start_supervisor, node, measure, listen, trigger, library_file):
    commands = listen(JointTrajectory, "arm_controller/joint_trajectory")
    start_supervisor(skills_file=library_file, arm_joints=JOINTS)
    assert eventually(lambda: node.count_publishers("arm_controller/joint_trajectory") == 1)
    assert not node.count_publishers("gripper_controller/command")
    trigger("stop")
    assert commands.until(lambda m: True).joint_names == JOINTS
    assert not node.count_publishers("gripper_controller/command")
