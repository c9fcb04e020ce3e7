# SPDX-License-Identifier: Apache-2.0
"""The planner's client and what can go wrong on the other side."""

import threading
from dataclasses import replace

import pytest
import rclpy
from diagnostic_msgs.msg import DiagnosticArray, DiagnosticStatus

from agent_planner.errors import InfrastructureError
from agent_planner.ros import client as module
from agent_planner.ros.client import PlannerClient
from agent_planner.ros.client_node import ClientNode
from agent_planner.testing.fake_action import Behaviour, Ending, FakeAction

TYPE = "agent_planner_interfaces/action/ExecuteInstruction"
SECONDS = 30.0


def ignore(feedback):
    pass


@pytest.fixture
def planner(node):
    """A planner that takes an instruction and works at it until it is cancelled."""
    planner = FakeAction(node, TYPE, "/execute_instruction", Behaviour(ending=Ending.HANG))
    yield planner
    planner.destroy()


@pytest.fixture
def client(node, monkeypatch):
    monkeypatch.setenv("ROS_DOMAIN_ID", str(rclpy.get_default_context().get_domain_id()))
    own = ClientNode()
    own.open()
    yield PlannerClient(own)
    own.close()


def test_feedback_and_result(planner, client):
    said = {"step": 2, "thought": "t", "call": "c()", "state": "CHECKING", "detail": "d"}
    result = {"outcome": "succeeded", "summary": "done", "goal": "at(desk)", "steps": ["a()", "b()"]}
    planner.behaviour = Behaviour(seconds=0.1, feedback=[said], result=result)
    client.wait_for_server(SECONDS)
    heard = []
    answer = client.send("go", heard.append, autonomy="auto", preempt=True).result(SECONDS)
    assert (answer.status, answer.outcome, answer.goal, answer.steps) == (
        "SUCCEEDED",
        "succeeded",
        "at(desk)",
        ("a()", "b()"),
    )
    assert [vars(feedback) for feedback in heard] == [said]
    (goal,) = planner.goals
    assert (goal.instruction, goal.autonomy, goal.preempt) == ("go", "auto", True)


@pytest.mark.parametrize("trouble", [{}, {"lost_cancels": 2}, {"refused_cancels": 2}, {"slow_cancel_s": 0.5}])
def test_a_cancel_is_repeated_until_the_planner_has_stopped(planner, client, trouble):
    planner.behaviour = replace(planner.behaviour, **trouble)
    client.wait_for_server(SECONDS)
    sent = client.send("go", ignore)
    assert planner.running.wait(SECONDS)
    sent.cancel(SECONDS)
    assert planner.ended == ["canceled"]
    assert sent.result(SECONDS).status == "CANCELED"


def test_a_cancel_that_comes_before_the_acceptance_counts(planner, client):
    planner.behaviour = replace(planner.behaviour, accept_after_s=0.8)
    client.wait_for_server(SECONDS)
    sent = client.send("go", ignore)
    sent.cancel(SECONDS)
    assert planner.ended == ["canceled"]
    assert sent.result(SECONDS).status == "CANCELED"


def test_a_cancel_that_comes_too_late_changes_nothing(planner, client):
    planner.behaviour = Behaviour(result={"outcome": "succeeded"})
    client.wait_for_server(SECONDS)
    sent = client.send("go", ignore)
    assert sent.result(SECONDS).status == "SUCCEEDED"
    sent.cancel(SECONDS)
    assert sent.result(SECONDS).status == "SUCCEEDED"


def test_a_planner_that_does_not_stop_is_told(planner, client):
    planner.behaviour = replace(planner.behaviour, obeys_cancel=False)
    client.wait_for_server(SECONDS)
    sent = client.send("go", ignore)
    with pytest.raises(InfrastructureError, match="cancelling the instruction .the robot may still move.: no answer"):
        sent.cancel(1.0)
    assert planner.cancels > 1


def test_a_planner_that_shuts_down_rejects(planner, client):
    planner.behaviour = Behaviour(accept=False)
    client.wait_for_server(SECONDS)
    with pytest.raises(InfrastructureError, match="rejected the instruction: it is shutting down"):
        client.send("go", ignore).result(SECONDS)


def test_a_planner_that_goes_away_is_not_waited_for(planner, client, monkeypatch):
    monkeypatch.setattr(module, "_LOST_SECONDS", 0.5)
    client.wait_for_server(SECONDS)
    sent = client.send("go", ignore)
    assert planner.running.wait(SECONDS)
    planner.vanish()
    with pytest.raises(InfrastructureError, match="the planner went away"):
        sent.result(SECONDS)


def test_a_planner_that_was_killed_and_started_anew_is_not_waited_for(node, planner, client):
    client.wait_for_server(SECONDS)
    sent = client.send("go", ignore)
    assert planner.running.wait(SECONDS)
    planner.is_dead = True
    successor = FakeAction(node, TYPE, "/execute_instruction")
    with pytest.raises(InfrastructureError, match="does not know the instruction any more"):
        sent.result(SECONDS)
    with pytest.raises(InfrastructureError, match="it may not have ended"):
        sent.cancel(SECONDS)
    assert client.send("go", ignore).result(SECONDS).status == "SUCCEEDED"
    successor.destroy()


@pytest.fixture
def model(node):
    """Publishes the planner's line about its model until the test ends; call it to change the line."""
    line = DiagnosticStatus(name="planner: model")
    publisher = node.create_publisher(DiagnosticArray, "/diagnostics", 10)
    other = DiagnosticStatus(name="planner: scene", level=DiagnosticStatus.ERROR, message="stale")
    timer = node.create_timer(0.05, lambda: publisher.publish(DiagnosticArray(status=[other, line])))

    def say(level, message):
        line.level, line.message = level, message

    yield say
    node.destroy_timer(timer)
    node.destroy_publisher(publisher)


def test_the_model_is_waited_for(model, client):
    model(DiagnosticStatus.WARN, "loading: converting (25%)")
    loading = threading.Event()

    def tell(text):
        if "converting" in text:
            loading.set()
            model(DiagnosticStatus.OK, "ready")

    client.wait_for_model(SECONDS, tell)
    assert loading.is_set()


def test_a_model_that_cannot_be_loaded_is_told(model, client):
    model(DiagnosticStatus.ERROR, "the endpoint is dead")
    with pytest.raises(InfrastructureError, match="model cannot be loaded: the endpoint is dead"):
        client.wait_for_model(SECONDS, ignore)


def test_a_planner_that_says_nothing_of_its_model_is_told(client):
    with pytest.raises(InfrastructureError, match="the planner's model: no answer within 0.3 s"):
        client.wait_for_model(0.3, ignore)
