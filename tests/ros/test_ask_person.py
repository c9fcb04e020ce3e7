# SPDX-License-Identifier: Apache-2.0
"""The node that asks the people around the robot, and a person who answers or does not."""

import threading

import pytest
from action_msgs.msg import GoalStatus
from agent_planner_interfaces.action import AskPerson
from agent_planner_interfaces.msg import OperatorRequest
from agent_planner_interfaces.srv import AnswerOperator
from rclpy.executors import MultiThreadedExecutor
from rclpy.parameter import Parameter
from rclpy.qos import DurabilityPolicy

from agent_planner.errors import UserError
from agent_planner.ros.ask_person_node import AskPersonNode
from agent_planner.ros.process import spinning
from tests.motion.ros.clients import Actions
from tests.ros.waits import SECONDS

Code, Goal = AskPerson.Result, AskPerson.Goal
SUCCEEDED, CANCELED, ABORTED = GoalStatus.STATUS_SUCCEEDED, GoalStatus.STATUS_CANCELED, GoalStatus.STATUS_ABORTED
BIN = {"task": Goal.UNLOAD_IN, "object": "red cube", "target": "blue bin"}


@pytest.fixture
def start(namespace):
    """Call it with parameters; returns the node, spinning. ``prepare`` gets it before it offers anything."""
    running = []

    def start(prepare=lambda node: None, **parameters):
        overrides = [Parameter(name, value=value) for name, value in parameters.items()]
        node = AskPersonNode(namespace=namespace, parameter_overrides=overrides)
        prepare(node)
        node.start()
        spin = spinning(MultiThreadedExecutor(4), node)
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


class Person:
    """Hears what is asked for, and may answer."""

    def __init__(self, listen, call):
        self._heard = listen(OperatorRequest, "help_requests", DurabilityPolicy.TRANSIENT_LOCAL)
        self._call = call

    def asked(self, text):
        return self.heard(lambda m: m.text == text)

    def heard(self, fits):
        return self._heard.until(fits)

    def says(self, answer, question=""):
        return self._call(AnswerOperator, "answer_help", AnswerOperator.Request(id=question, answer=answer))


@pytest.fixture
def person(listen, call):
    return Person(listen, call)


@pytest.mark.parametrize(
    ("task", "text"),
    [
        (Goal.LOAD, "Please put the red cube on me."),
        (Goal.UNLOAD_ON, "Please take the red cube and put it on the blue bin."),
        (Goal.UNLOAD_IN, "Please take the red cube and put it in the blue bin."),
    ],
)
def test_what_a_person_says_is_done_is_done(start, ask, person, task, text):
    start()
    sent = ask(**(BIN | {"task": task}))
    sent.until(lambda feedback: [f.state for f in feedback] == ["ASKED"])
    question = person.asked(text)
    assert (question.kind, list(question.options)) == ("help", ["done", "cannot"])
    answer = person.says("perhaps", question.id)
    assert (answer.success, answer.message) == (False, "answer with one of: done, cannot")
    assert person.says("done", question.id).success
    status, result = sent.result()
    assert (status, result.error_code, result.error_msg) == (SUCCEEDED, Code.NONE, "")


def test_a_person_who_cannot_is_no_success(start, ask, person):
    start()
    sent = ask(**BIN)
    person.asked("Please take the red cube and put it in the blue bin.")
    assert person.says("cannot").success
    status, result = sent.result()
    assert (status, result.error_code) == (ABORTED, Code.DECLINED)
    assert result.error_msg.endswith("put it in the blue bin. They cannot.")


def test_where_nobody_listens_or_answers_that_is_told_and_the_next_one_is_asked(start, ask, request):
    start(answer_timeout_s=1.0)
    status, result = ask(**BIN).result()
    assert (status, result.error_code) == (ABORTED, Code.NOBODY)
    assert result.error_msg == "nobody listens on help_requests"
    person = request.getfixturevalue("person")
    status, result = ask(**BIN).result()
    assert (status, result.error_code) == (ABORTED, Code.NO_ANSWER)
    assert result.error_msg == "nobody answered within 1 s"
    assert person.says("done").message == "no question is open"


def test_a_task_that_there_is_not_is_refused(start, ask, person):
    start()
    status, result = ask(task=7, object="red cube").result()
    assert (status, result.error_code, result.error_msg) == (ABORTED, Code.UNKNOWN, "there is no task 7")


def test_a_cancel_ends_the_wait_for_an_answer_at_once(start, ask, person):
    start()
    sent = ask(**BIN)
    person.asked("Please take the red cube and put it in the blue bin.")
    assert sent.cancel().goals_canceling
    status, result = sent.result(5.0)
    assert (status, result.error_code) == (CANCELED, Code.CANCELLED)
    assert person.says("done").message == "no question is open"


def test_a_second_goal_is_busy_and_what_ends_it_does_not_end_the_first(start, ask, person):
    node = start()
    first = ask(**BIN)
    question = person.asked("Please take the red cube and put it in the blue bin.")
    second = ask(task=Goal.LOAD, object="cup")
    second.cancel()
    status, result = second.result()
    assert (status, result.error_code) == (ABORTED, Code.BUSY)
    assert result.error_msg == "a person is being asked for something else"
    assert not node._cancelled.is_set()
    assert person.says("done", question.id).success
    assert first.result()[0] == SUCCEEDED


def test_a_cancel_while_the_goal_is_about_to_be_carried_out_counts(start, ask, person):
    """The cancel is looked at before the goal is, and granted after."""
    looked_at, helping = threading.Event(), threading.Event()

    def prepare(node):
        on_cancel, execute, help_ = node._on_cancel, node._execute, node.help

        def slow_cancel(handle):
            answer = on_cancel(handle)
            looked_at.set()
            assert helping.wait(SECONDS)
            return answer

        def late_execute(handle):
            assert looked_at.wait(SECONDS)
            return execute(handle)

        def noted_help(goal, cancelled):
            helping.set()
            return help_(goal, cancelled)

        node._on_cancel, node._execute, node.help = slow_cancel, late_execute, noted_help

    start(prepare)
    sent = ask(**BIN)
    sent.cancel()
    assert sent.result(5.0)[1].error_code == Code.CANCELLED


def test_a_cancel_that_is_granted_after_the_help_has_ended_is_one(start, ask, person):
    helped = threading.Event()

    def prepare(node):
        on_cancel, help_ = node._on_cancel, node.help

        def late_cancel(handle):
            answer = on_cancel(handle)
            assert helped.wait(SECONDS)
            threading.Event().wait(0.1)
            return answer

        def noted_help(goal, cancelled):
            answer = help_(goal, cancelled)
            helped.set()
            return answer

        node._on_cancel, node.help = late_cancel, noted_help

    start(prepare)
    sent = ask(**BIN)
    person.asked("Please take the red cube and put it in the blue bin.")
    sent.cancel()
    status, result = sent.result(5.0)
    assert (status, result.error_code) == (CANCELED, Code.CANCELLED)


def test_a_request_that_is_over_is_closed_also_for_who_comes_later(start, ask, person, listen):
    start()
    sent = ask(**BIN)
    question = person.asked("Please take the red cube and put it in the blue bin.")
    person.says("done")
    sent.result()
    closed = person.heard(lambda m: m.id == question.id and not m.kind)
    assert (closed.text, list(closed.options)) == ("", [])
    late = listen(OperatorRequest, "help_requests", DurabilityPolicy.TRANSIENT_LOCAL)
    assert late.until(lambda m: m.id == question.id).kind == "" and len(late.messages) == 1


def test_the_end_of_the_node_ends_the_goal_with_a_result(start, ask, person):
    node = start()
    sent = ask(**BIN)
    person.asked("Please take the red cube and put it in the blue bin.")
    node.stop()
    status, result = sent.result(5.0)
    assert (status, result.error_code) == (ABORTED, Code.CANCELLED)


def test_a_time_to_answer_that_makes_no_sense_is_refused(start):
    with pytest.raises(UserError, match="answer_timeout_s must be within 1.0 to 86400.0"):
        start(answer_timeout_s=0.0)
