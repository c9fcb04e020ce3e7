# SPDX-License-Identifier: Apache-2.0
"""The person who helps a simulated robot: with hands that only write down what they do, and with the simulator's."""

import os
import signal
import subprocess
import sys
import threading

import pytest

rclpy = pytest.importorskip("rclpy")
pytest.importorskip("agent_planner_interfaces.action")

from action_msgs.msg import GoalStatus  # noqa: E402
from agent_planner_interfaces.action import AskPerson  # noqa: E402
from agent_planner_interfaces.msg import SceneGraph  # noqa: E402
from agent_planner_interfaces.srv import HandOver  # noqa: E402
from rclpy.executors import MultiThreadedExecutor  # noqa: E402
from rclpy.node import Node  # noqa: E402
from rclpy.parameter import Parameter  # noqa: E402
from rosgraph_msgs.msg import Clock  # noqa: E402

from agent_planner.ros.names import NEWEST  # noqa: E402
from agent_planner.ros.process import spinning  # noqa: E402
from agent_planner_sim.nodes import simulated_person  # noqa: E402
from agent_planner_sim.nodes.hidden import observed  # noqa: E402
from agent_planner_sim.nodes.scene_message import stamp  # noqa: E402
from agent_planner_sim.nodes.simulated_person import SimulatedPerson  # noqa: E402
from tests.motion.ros.clients import Actions  # noqa: E402
from tests.processes import free_domain  # noqa: E402
from tests.waits import eventually  # noqa: E402

pytestmark = [pytest.mark.sim, pytest.mark.ros]
Code, Goal = AskPerson.Result, AskPerson.Goal
SUCCEEDED, CANCELED, ABORTED = GoalStatus.STATUS_SUCCEEDED, GoalStatus.STATUS_CANCELED, GoalStatus.STATUS_ABORTED
BIN = {"task": Goal.UNLOAD_IN, "object": "red cube", "target": "blue bin"}


@pytest.fixture(scope="module")
def domain():
    return free_domain()


@pytest.fixture
def context(domain, monkeypatch):
    monkeypatch.setenv("ROS_AUTOMATIC_DISCOVERY_RANGE", "LOCALHOST")
    context = rclpy.Context()
    rclpy.init(args=[], context=context, domain_id=domain)
    yield context
    rclpy.shutdown(context=context)


@pytest.fixture
def node(context):
    """A node of the test's own, spinning."""
    node = Node("test", context=context)
    with spinning(MultiThreadedExecutor(4, context=context), node):
        yield node
    node.destroy_node()


@pytest.fixture
def person(context):
    """Call it with parameters; returns the node, spinning."""
    running = []

    def start(**parameters):
        overrides = [Parameter(name, value=value) for name, value in parameters.items()]
        node = SimulatedPerson(context=context, parameter_overrides=overrides)
        node.start()
        spin = spinning(MultiThreadedExecutor(4, context=context), node)
        spin.__enter__()
        running.append((node, spin))
        return node

    yield start
    for node, spin in running:
        node.stop()
        spin.__exit__(None, None, None)
        node.destroy_node()


@pytest.fixture
def ask(node):
    """Send a goal; returns what is under way."""
    actions = Actions(node, {"ask_person": AskPerson})

    def ask(**goal):
        actions.wait()
        return actions.send("ask_person", **goal)

    yield ask
    actions.destroy()


class Hands:
    """Write down what is asked for; with a fault they refuse, with an event they wait for it."""

    def __init__(self, node):
        self.done = []
        self.fault = ""
        self.goes_on = threading.Event()
        self.goes_on.set()
        node.create_service(HandOver, "sim/hand_over", self._take)

    def _take(self, request, response):
        self.done.append((request.task, request.object, request.target))
        self.goes_on.wait(20.0)
        response.success, response.message = not self.fault, self.fault
        return response


@pytest.fixture
def hands(node):
    hands = Hands(node)
    yield hands
    hands.goes_on.set()


def found(person):
    """The person knows the hands, whatever discovery takes."""
    assert eventually(person._hands.service_is_ready)
    return person


def test_what_is_asked_for_is_done_after_a_while_and_told(person, ask, hands):
    found(person(delay_s=0.2))
    sent = ask(**BIN)
    sent.until(lambda feedback: [f.state for f in feedback] == ["ASKED"])
    status, result = sent.result()
    assert (status, result.error_code, result.error_msg) == (SUCCEEDED, Code.NONE, "")
    assert hands.done == [(Goal.UNLOAD_IN, "red cube", "blue bin")]


def test_what_cannot_be_done_is_declined_with_the_reason(person, ask, hands):
    found(person(delay_s=0.0))
    hands.fault = "'blue bin' is closed"
    status, result = ask(**BIN).result()
    assert (status, result.error_code, result.error_msg) == (ABORTED, Code.DECLINED, "'blue bin' is closed")


def test_without_a_simulator_nobody_is_there(person, ask):
    person(delay_s=0.0)
    status, result = ask(**BIN).result()
    assert (status, result.error_code) == (ABORTED, Code.NOBODY)
    assert result.error_msg == "no simulator offers sim/hand_over"


def test_a_cancel_sends_the_person_back_before_anything_is_done(person, ask, hands):
    found(person(delay_s=60.0))
    sent = ask(**BIN)
    assert ask(**BIN).result()[1].error_code == Code.BUSY
    assert sent.cancel().goals_canceling
    status, result = sent.result(5.0)
    assert (status, result.error_code, hands.done) == (CANCELED, Code.CANCELLED, [])


def test_a_simulator_that_does_not_answer_is_told(person, ask, hands, monkeypatch):
    monkeypatch.setattr(simulated_person, "_ANSWER_S", 0.3)
    found(person(delay_s=0.0))
    hands.goes_on.clear()
    status, result = ask(**BIN).result()
    assert (status, result.error_code) == (ABORTED, Code.NO_ANSWER)


def test_the_person_takes_simulated_time(person, ask, hands, node):
    walker = found(person(delay_s=4.0, use_sim_time=True))
    clock = node.create_publisher(Clock, "/clock", 10)

    def shows(seconds):
        clock.publish(Clock(clock=stamp(seconds)))
        return walker._now() == seconds

    assert eventually(lambda: shows(100.0))
    sent = ask(**BIN)
    sent.until(lambda feedback: feedback)
    assert eventually(lambda: shows(103.0))
    assert not eventually(lambda: hands.done, seconds=0.3)
    assert eventually(lambda: shows(105.0))
    assert sent.result()[0] == SUCCEEDED
    assert len(hands.done) == 1


def test_the_simulators_hands_do_it_and_say_why_not(person, ask, node, domain):
    scenes = []
    node.create_subscription(SceneGraph, "sim/ground_truth", scenes.append, NEWEST)
    code = "from agent_planner_sim.nodes.simulator import main; main()"
    given = ("robot:=delivery_base", "scene:=table_top", "must_have:=[red cube, blue bin]", "camera_rate:=0.0")
    arguments = [sys.executable, "-c", code, "--ros-args", *(word for p in given for word in ("-p", p))]
    simulator = subprocess.Popen(arguments, env=os.environ | {"ROS_DOMAIN_ID": str(domain)})
    try:
        assert eventually(lambda: scenes, seconds=60.0)
        found(person(delay_s=0.0))
        assert ask(task=Goal.LOAD, object="red cube").result()[0] == SUCCEEDED
        assert eventually(lambda: observed(scenes[-1]).robot.holding == "red cube")
        status, result = ask(task=Goal.UNLOAD_ON, object="red cube", target="blue bin").result()
        assert (status, result.error_code, result.error_msg) == (ABORTED, Code.DECLINED, "'blue bin' is no surface")
        assert ask(**BIN).result()[0] == SUCCEEDED
        inside = ("in", "red cube", "blue bin")
        assert eventually(lambda: inside in {(r.name, r.a, r.b) for r in observed(scenes[-1]).relations})
        simulator.send_signal(signal.SIGINT)
        assert simulator.wait(30) == 0
    finally:
        simulator.kill()
        simulator.wait()
