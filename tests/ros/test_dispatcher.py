# SPDX-License-Identifier: Apache-2.0
"""Every way in which a server can let us down, and what is reported of it."""

import threading
from dataclasses import replace
from functools import partial

import pytest
from action_msgs.srv import CancelGoal
from rclpy.executors import MultiThreadedExecutor
from rclpy.node import Node

from agent_planner.ros.dispatcher import SkillDispatcher
from agent_planner.ros.heartbeat import Heartbeat
from agent_planner.ros.process import spinning
from agent_planner.ros.stop_state import StopState
from agent_planner.ros.waiting import Limits
from agent_planner.scene import SceneGraph
from agent_planner.skills import SkillLibrary
from agent_planner.testing.fake_action import Ending
from agent_planner.testing.fake_service import FakeService
from agent_planner.types import Call, ResultStatus
from tests.ros.waits import eventually

PICK = "agent_planner_interfaces/action/Pick"
UNCONFIRMED = (ResultStatus.UNKNOWN, "CANCEL_NOT_CONFIRMED")
LIMITS = Limits(server_s=0.5, accept_s=0.3, cancel_s=1.0, lost_s=0.5, cap_factor=5.0)
LIBRARY = SkillLibrary.parse(
    f"""
skills:
- name: wave
  description: Wave.
  timeout_s: 1.0
  action: {{name: wave, type: {PICK}, goal: {{object: hand}}, success: {{error_code: 0}}}}
- name: tidy
  description: Tidy up.
  timeout_s: 0.5
  service: {{name: tidy, type: std_srvs/srv/Trigger, stop: tidy_stop}}
- name: rinse
  description: Rinse.
  timeout_s: 0.5
  service: {{name: rinse, type: std_srvs/srv/Trigger}}
"""
)


@pytest.fixture
def stops(namespace, supervisor):
    """What a dispatcher asks before it acts."""
    node = Node("dispatcher", namespace=namespace)
    heartbeat = Heartbeat(node, lambda: True)
    stops = StopState(node, heartbeat.id, 20.0, frozenset(), lambda halt: None)
    parts = (heartbeat, stops)
    for part in parts:
        part.configure()
    yield stops, node
    for part in parts:
        part.release()
    node.destroy_node()


@pytest.fixture
def dispatcher(stops):
    stops, node = stops
    dispatcher = SkillDispatcher(node, LIBRARY, LIMITS, stops)
    dispatcher.configure()
    with spinning(MultiThreadedExecutor(4), node):
        assert stops.settled(threading.Event()) is None
        yield dispatcher
    dispatcher.release()


@pytest.fixture
def patient(dispatcher, monkeypatch):
    """A dispatcher that gives servers their time to end, on a busy machine too."""
    monkeypatch.setattr(dispatcher, "_limits", replace(LIMITS, cancel_s=20.0))
    return dispatcher


@pytest.fixture
def serve_trigger(node):
    servers = []

    def start(name, **kwargs):
        servers.append(FakeService(node, "std_srvs/srv/Trigger", name, **kwargs))
        return servers[-1]

    yield start
    for server in servers:
        server.destroy()


def run(dispatcher, name="wave", tell=lambda text: None):
    return dispatcher.execute(Call(name), LIBRARY[name], SceneGraph(), tell)


def cancel_when(event, dispatcher):
    thread = threading.Thread(target=lambda: (event.wait(5), dispatcher.cancel()))
    thread.start()
    return thread


def test_success_with_feedback(dispatcher, serve):
    server = serve(seconds=0.1, feedback=[{"state": "APPROACHING"}, {"state": "LIFTING"}])
    heard = []
    result = run(dispatcher, tell=heard.append)
    assert result.ok and result.seconds >= 0.1
    assert server.goals[0].object == "hand"
    assert heard == ["state APPROACHING", "state LIFTING"]


def test_a_failure_carries_the_servers_code_by_name(dispatcher, serve):
    serve(ending=Ending.ABORT, result={"error_code": 405, "error_msg": "nothing between the fingers"})
    result = run(dispatcher)
    assert (result.status, result.code) == (ResultStatus.FAILED, "GRASP_FAILED")
    assert result.message == "nothing between the fingers"


def test_a_success_that_the_fields_deny_is_a_failure(dispatcher, serve):
    serve(result={"error_code": 406})
    result = run(dispatcher)
    assert (result.status, result.code) == (ResultStatus.FAILED, "SLIPPED")


def test_nothing_is_begun_before_the_supervisor_hears_the_heartbeat(dispatcher, serve, monkeypatch):
    server = serve(seconds=0.1)
    monkeypatch.setattr(dispatcher._stops, "_beats_as", "a planner that nobody hears")
    monkeypatch.setattr("agent_planner.ros.stop_state._DISCOVERY_S", 0.5)
    result = run(dispatcher)
    assert (result.status, result.code) == (ResultStatus.CANCELLED, "SUPERVISOR_LOST")
    assert result.message == "the supervisor does not hear this planner's heartbeat"
    assert not server.goals


def test_no_server(dispatcher):
    result = run(dispatcher)
    assert (result.status, result.code) == (ResultStatus.FAILED, "SERVER_MISSING")
    assert result.seconds >= 0.5
    assert dispatcher.presence() == {"wave": False, "tidy": False, "tidy_stop": False, "rinse": False}


def test_a_rejected_goal(dispatcher, serve):
    serve(accept=False)
    result = run(dispatcher)
    assert (result.status, result.code) == (ResultStatus.FAILED, "REJECTED")


def test_a_goal_accepted_late_is_cancelled_and_that_is_waited_for(dispatcher, serve):
    server = serve(accept_after_s=0.6, ending=Ending.HANG)
    result = run(dispatcher)
    assert (result.status, result.code) == (ResultStatus.FAILED, "NOT_ACCEPTED")
    assert server.ended == ["canceled"]


def test_a_goal_accepted_after_we_gave_up_is_cancelled_at_once(dispatcher, serve):
    server = serve(accept_after_s=1.8, ending=Ending.HANG)
    result = run(dispatcher)
    assert (result.status, result.code) == (ResultStatus.UNKNOWN, "CANCEL_NOT_CONFIRMED")
    assert server.ended == []
    assert eventually(lambda: server.ended == ["canceled"])


def test_a_goal_that_takes_too_long_is_cancelled(dispatcher, serve):
    server = serve(ending=Ending.HANG)
    result = run(dispatcher)
    assert (result.status, result.code) == (ResultStatus.TIMEOUT, "TIMEOUT")
    assert "longer than 1 s" in result.message
    assert result.seconds >= 1.0
    assert server.ended == ["canceled"]


def test_a_server_that_ignores_the_cancel_is_not_called_cancelled(dispatcher, serve):
    server = serve(seconds=20.0, obeys_cancel=False)
    thread = cancel_when(server.running, dispatcher)
    result = run(dispatcher)
    thread.join()
    assert (result.status, result.code) == (ResultStatus.UNKNOWN, "CANCEL_NOT_CONFIRMED")


def test_a_cancel_is_confirmed(dispatcher, serve):
    server = serve(ending=Ending.HANG)
    thread = cancel_when(server.running, dispatcher)
    result = run(dispatcher)
    thread.join()
    assert (result.status, result.code) == (ResultStatus.CANCELLED, "CANCELLED")
    assert server.ended == ["canceled"]


@pytest.mark.parametrize("trouble", [{"ends_on_cancel": False}, {"lost_cancels": 1000}])
def test_cancel_waits_for_nothing(patient, serve, trouble):
    server = serve(ending=Ending.HANG, **trouble)
    running = threading.Thread(target=run, args=(patient,))
    running.start()
    assert server.running.wait(5)
    patient.cancel()
    assert server.ended == [], "what it cancels goes on until the test ends it"
    server.closing.set()
    running.join()
    assert server.ended == ["aborted"]


def test_cancel_while_the_goal_is_not_yet_answered(dispatcher, serve):
    server = serve(accept_after_s=0.4, ending=Ending.HANG)
    thread = cancel_when(_after(0.15), dispatcher)
    result = run(dispatcher)
    thread.join()
    assert result.status is ResultStatus.CANCELLED
    assert server.ended == ["canceled"]


def _after(seconds):
    event = threading.Event()
    threading.Timer(seconds, event.set).start()
    return event


@pytest.mark.parametrize("trouble", ["lost_cancels", "refused_cancels"])
def test_a_cancel_that_comes_to_nothing_is_sent_again(patient, serve, trouble):
    server = serve(ending=Ending.HANG, **{trouble: 2})
    thread = cancel_when(server.running, patient)
    result = run(patient)
    thread.join()
    assert (result.status, result.code) == (ResultStatus.CANCELLED, "CANCELLED")
    assert server.cancels >= 3
    assert server.ended == ["canceled"]


def test_a_cancel_is_not_sent_again_once_the_server_has_taken_it(patient, serve):
    server = serve(ending=Ending.HANG, slow_cancel_s=1.5)
    thread = cancel_when(server.running, patient)
    result = run(patient)
    thread.join()
    assert result.status is ResultStatus.CANCELLED
    assert server.cancels <= 2  # it may have come before the goal was known to be accepted


def test_a_goal_whose_acceptance_is_lost_is_cancelled_all_the_same(dispatcher, serve, monkeypatch):
    server = serve(ending=Ending.HANG)
    (client,) = dispatcher._actions.values()
    hear = client.execute

    async def miss(taken):
        taken.pop("goal", None)
        await hear(taken)

    monkeypatch.setattr(client, "execute", miss)
    result = run(dispatcher)
    assert (result.status, result.code) == (ResultStatus.FAILED, "NOT_ACCEPTED")
    assert server.ended == ["canceled"]


def test_a_goal_that_succeeds_in_spite_of_a_cancel_is_not_called_cancelled(patient, serve):
    server = serve(seconds=0.4, obeys_cancel=False)
    thread = cancel_when(server.running, patient)
    result = run(patient)
    thread.join()
    assert result.ok
    assert server.ended == ["succeeded"]


def test_a_goal_that_fails_while_it_is_cancelled_is_told_as_failed(patient, serve):
    failure = {"error_code": 405, "error_msg": "nothing between the fingers"}
    server = serve(seconds=0.4, ending=Ending.ABORT, result=failure, obeys_cancel=False)
    thread = cancel_when(server.running, patient)
    result = run(patient)
    thread.join()
    assert (result.status, result.code) == (ResultStatus.FAILED, "GRASP_FAILED")


def test_nothing_is_sent_after_a_cancel_until_the_next_instruction(dispatcher, serve):
    server = serve()
    dispatcher.cancel()
    assert run(dispatcher).status is ResultStatus.CANCELLED
    assert server.goals == []
    dispatcher.begin()
    assert run(dispatcher).ok


def test_a_stop_from_outside_is_told_as_cancelled(dispatcher, serve):
    server = serve(ending=Ending.HANG)
    thread = threading.Thread(target=lambda: (server.running.wait(5), _stop_all(server)))
    thread.start()
    result = run(dispatcher)
    thread.join()
    assert result.status is ResultStatus.CANCELLED


def _stop_all(server):
    node = Node("supervisor")
    client = node.create_client(CancelGoal, f"{server.full_name}/_action/cancel_goal")
    assert client.wait_for_service(5)
    client.call_async(CancelGoal.Request())  # zero id and stamp: all goals
    assert eventually(lambda: server.ended == ["canceled"])
    node.destroy_node()


def test_a_server_that_goes_away_is_told(dispatcher, serve, node):
    server = serve(seconds=20.0)
    thread = threading.Thread(target=lambda: (server.running.wait(5), server.vanish()))
    thread.start()
    result = run(dispatcher)
    thread.join()
    assert (result.status, result.code) == (ResultStatus.UNKNOWN, "SERVER_LOST")


def test_a_server_that_goes_away_while_it_is_cancelled_is_not_waited_for(patient, serve):
    server = serve(ending=Ending.HANG, lost_cancels=1000)
    thread = cancel_when(server.running, patient)
    vanishing = threading.Thread(target=lambda: (eventually(lambda: server.cancels > 1), server.vanish()))
    vanishing.start()
    result = run(patient)
    thread.join()
    vanishing.join()
    assert (result.status, result.code) == (ResultStatus.UNKNOWN, "SERVER_LOST")


def test_a_server_that_was_killed_and_started_anew_is_told(patient, serve, monkeypatch):
    monkeypatch.setattr(patient, "_now", lambda: 7.0)  # no time-out before that
    monkeypatch.setattr(patient, "_limits", replace(LIMITS, cap_factor=60.0))
    server = serve(ending=Ending.HANG)
    results = []
    running = threading.Thread(target=lambda: results.append(run(patient)))
    running.start()
    assert server.running.wait(20)
    server.is_dead = True
    serve()
    running.join()
    (result,) = results
    assert (result.status, result.code) == (ResultStatus.UNKNOWN, "SERVER_LOST")
    assert result.message == "the server of 'wave' does not know the goal any more, as one started anew"


def test_a_service_succeeds_by_its_field(dispatcher, serve_trigger):
    server = serve_trigger("tidy", response={"success": True, "message": "tidied"})
    assert run(dispatcher, "tidy").ok
    server.response = {"success": False, "message": "too untidy"}
    result = run(dispatcher, "tidy")
    assert (result.status, result.message) == (ResultStatus.FAILED, "too untidy")


def test_a_service_that_hangs_is_stopped_by_its_stop_service(dispatcher, serve_trigger):
    serve_trigger("tidy", response={"success": True}, seconds=5.0)
    stop = serve_trigger("tidy_stop", response={"success": True})
    result = run(dispatcher, "tidy")
    assert result.status is ResultStatus.TIMEOUT
    assert len(stop.requests) == 1


def test_a_stop_service_that_fails_leaves_a_doubt(dispatcher, serve_trigger):
    serve_trigger("tidy", response={"success": True}, seconds=5.0)
    serve_trigger("tidy_stop", response={"success": False})
    result = run(dispatcher, "tidy")
    assert (result.status, result.code) == (ResultStatus.UNKNOWN, "CANCEL_NOT_CONFIRMED")


def test_no_stop_is_sent_before_the_request(dispatcher, serve_trigger, monkeypatch):
    serve_trigger("tidy", seconds=5.0)
    serve_trigger("tidy_stop", response={"success": True})
    sent = []

    def tell(name, send, request):
        if name == "tidy":
            cancelling = threading.Thread(target=dispatcher.cancel)
            cancelling.start()
            cancelling.join(0.5)  # ends only where nothing holds it back
        sent.append(name)
        return send(request)

    for (name, _), client in dispatcher._services.items():
        monkeypatch.setattr(client, "call_async", partial(tell, name, client.call_async))
    assert run(dispatcher, "tidy").status is ResultStatus.CANCELLED
    assert sent == ["tidy", "tidy_stop"]


@pytest.mark.parametrize(("confirms", "ended"), [(True, (ResultStatus.CANCELLED, "CANCELLED")), (False, UNCONFIRMED)])
def test_a_request_that_is_served_after_its_stop_is_stopped_again(patient, serve_trigger, monkeypatch, confirms, ended):
    monkeypatch.setattr(patient, "_now", lambda: 7.0)  # no time-out before the cancel
    begun, stopped = threading.Event(), threading.Event()

    def stop(request):
        if stopped.is_set():
            stopping.response = {"success": confirms}
        else:
            stopped.set()

    stopping = serve_trigger("tidy_stop", response={"success": True}, effect=stop)
    serve_trigger("tidy", response={"success": True}, effect=lambda _: (begun.set(), stopped.wait(20)))
    thread = cancel_when(begun, patient)
    result = run(patient, "tidy")
    thread.join()
    assert (result.status, result.code) == ended
    assert len(stopping.requests) == 2


def test_after_the_cancel_of_a_service_without_stop_nothing_is_known(dispatcher, serve_trigger):
    server = serve_trigger("rinse", response={"success": True}, seconds=5.0)
    thread = cancel_when(_after(0.2), dispatcher)
    result = run(dispatcher, "rinse")
    thread.join()
    assert result.status is ResultStatus.UNKNOWN
    assert "has no `stop` service" in result.message
    assert len(server.requests) == 1


def test_ros_time_counts_and_steady_time_caps(dispatcher, serve, monkeypatch):
    """The clock stands still: the cap (0.2 times here) must end it."""
    serve(ending=Ending.HANG)
    monkeypatch.setattr(dispatcher, "_now", lambda: 7.0)
    monkeypatch.setattr(dispatcher, "_limits", replace(LIMITS, cap_factor=0.2))
    result = run(dispatcher)
    assert result.status is ResultStatus.TIMEOUT
    assert result.seconds >= 0.2
