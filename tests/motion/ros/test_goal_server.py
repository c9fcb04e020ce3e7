# SPDX-License-Identifier: Apache-2.0
"""A goal ends exactly once, with a code and a message, whatever its skill does."""

import threading

import pytest
from action_msgs.msg import GoalStatus
from agent_planner_interfaces.action import MoveArm, Pick
from rclpy.node import Node

from agent_planner_motion.errors import MissingData, MotionError
from agent_planner_motion.ros.goal_server import GoalServer, Resource
from agent_planner_motion.skills.job import CancelRequested
from tests.motion.ros.clients import SECONDS, Actions

LONG = (1000.0, 5000.0)


def _told(state, value, job):
    return Pick.Feedback(state=state) if state else None


class Servers:
    """Two actions that share an arm; what they do is given with each goal's name."""

    def __init__(self, node, limits=LONG):
        self.arm = Resource("the arm")
        self.what = {}
        self.started, self.go_on = threading.Event(), threading.Event()
        kinds = (("pick", Pick, _told), ("move_arm", MoveArm, lambda state, value, job: None))
        self.servers = [
            GoalServer(node, kind, name, self._run, (self.arm,), limits, told) for name, kind, told in kinds
        ]
        self.actions = Actions(node, {"pick": Pick, "move_arm": MoveArm})
        self.actions.wait()

    def _run(self, request, job, result):
        name = getattr(request, "object", None) or request.posture
        self.started.set()
        self.what[name](job, result)

    def send(self, action, name, does):
        self.what[name] = does
        self.started.clear()
        goal = {"object": name} if action == "pick" else {"posture": name}
        return self.actions.send(action, **goal)

    def close(self):
        self.go_on.set()
        for server in self.servers:
            server.close()
            server.destroy()
        self.actions.destroy()

    def until_told(self, job, result):
        """Work until the test says so, with a look at the goal's limits all the time."""
        while not self.go_on.wait(0.01):
            job.check()


@pytest.fixture
def servers(node: Node):
    servers = Servers(node)
    yield servers
    servers.close()


def raising(error):
    def run(job, result):
        raise error

    return run


def test_what_returns_has_succeeded_with_its_feedback(servers):
    sent = servers.send("pick", "a", lambda job, result: job.tell("LIFTING"))
    status, result = sent.result()
    assert status == GoalStatus.STATUS_SUCCEEDED
    assert (result.error_code, result.error_msg) == (Pick.Result.NONE, "")
    sent.until(lambda feedback: [f.state for f in feedback] == ["LIFTING"])


@pytest.mark.parametrize(
    ("error", "code", "message"),
    [
        (MotionError("SLIPPED", "it fell"), Pick.Result.SLIPPED, "it fell"),
        (MotionError("TIMEOUT", "too long"), Pick.Result.TIMEOUT, "too long"),
        (MissingData("scene_graph", 3.0), Pick.Result.NO_DATA, "nothing came on 'scene_graph'"),
        (MissingData("joint_states (without wrist)", 3.0), Pick.Result.NO_DATA, "without wrist"),
        (MotionError("NOT_ITS_OWN", "odd"), Pick.Result.UNKNOWN, "NOT_ITS_OWN: odd"),
        (ValueError("a fault"), Pick.Result.UNKNOWN, "internal error: ValueError: a fault"),
    ],
)
def test_what_raises_is_aborted_with_code_and_message(servers, error, code, message):
    status, result = servers.send("pick", "a", raising(error)).result()
    assert status == GoalStatus.STATUS_ABORTED
    assert result.error_code == code
    assert message in result.error_msg
    assert servers.arm.holder == ""


def test_missing_data_has_the_actions_own_code_where_there_is_one(servers):
    status, result = servers.send("move_arm", "a", raising(MissingData("joint_states", 3.0))).result()
    assert (status, result.error_code) == (GoalStatus.STATUS_ABORTED, MoveArm.Result.NO_JOINT_STATES)


def test_cancelled_while_it_works_it_ends_canceled(servers):
    sent = servers.send("pick", "a", servers.until_told)
    assert servers.started.wait(SECONDS)
    assert sent.cancel().goals_canceling
    status, result = sent.result()
    assert status == GoalStatus.STATUS_CANCELED
    assert result.error_code == Pick.Result.CANCELLED
    assert "at rest" in result.error_msg
    assert servers.send("pick", "b", lambda job, result: None).result()[0] == GoalStatus.STATUS_SUCCEEDED


def test_a_cancel_that_comes_too_late_changes_nothing(servers):
    def finish_anyway(job, result):
        servers.go_on.wait(SECONDS)

    sent = servers.send("pick", "a", finish_anyway)
    assert servers.started.wait(SECONDS)
    sent.cancel()
    servers.go_on.set()
    status, result = sent.result()
    assert (status, result.error_code) == (GoalStatus.STATUS_SUCCEEDED, Pick.Result.NONE)


@pytest.mark.parametrize("second", ["pick", "move_arm"])
def test_while_the_arm_is_in_use_another_goal_is_busy_and_the_first_goes_on(servers, second):
    first = servers.send("pick", "a", servers.until_told)
    assert servers.started.wait(SECONDS)
    status, result = servers.send(second, "b", lambda job, result: None).result()
    kind = {"pick": Pick, "move_arm": MoveArm}[second]
    assert (status, result.error_code) == (GoalStatus.STATUS_ABORTED, kind.Result.BUSY)
    assert result.error_msg == "the arm is in use by 'pick'; wait or cancel it"
    servers.go_on.set()
    assert first.result()[0] == GoalStatus.STATUS_SUCCEEDED


def test_closing_ends_what_runs_with_a_result_and_takes_no_more(node):
    servers = Servers(node)
    sent = servers.send("pick", "a", servers.until_told)
    assert servers.started.wait(SECONDS)
    for server in servers.servers:
        server.close()
    status, result = sent.result()
    assert (status, result.error_code) == (GoalStatus.STATUS_ABORTED, Pick.Result.CANCELLED)
    with pytest.raises(AssertionError, match="the goal was rejected"):
        servers.send("pick", "b", lambda job, result: None)
    servers.close()


def test_a_goal_over_its_limit_is_aborted(node):
    servers = Servers(node, limits=(0.2, 100.0))
    status, result = servers.send("pick", "a", servers.until_told).result()
    assert (status, result.error_code) == (GoalStatus.STATUS_ABORTED, Pick.Result.TIMEOUT)
    servers.close()


def test_a_skill_that_was_cancelled_without_a_request_is_aborted(servers):
    status, result = servers.send("pick", "a", raising(CancelRequested())).result()
    assert (status, result.error_code) == (GoalStatus.STATUS_ABORTED, Pick.Result.CANCELLED)
