# SPDX-License-Identifier: Apache-2.0
"""What ends an instruction at the planner node before its time: cancel, stop, another one, deactivation."""

import threading
from dataclasses import replace

from action_msgs.msg import GoalStatus
from action_msgs.srv import CancelGoal
from agent_planner_interfaces.action import ExecuteInstruction

from agent_planner.testing.fake_action import Ending
from agent_planner.testing.scripted_model import ScriptedModel
from tests.ros.scripts import AT_SHELF

Code = ExecuteInstruction.Result
SUCCEEDED, CANCELED, ABORTED = GoalStatus.STATUS_SUCCEEDED, GoalStatus.STATUS_CANCELED, GoalStatus.STATUS_ABORTED
SECONDS = 20.0


class SlowModel(ScriptedModel):
    """Loads or answers when it is let go; a cancel ends an answer, as it does with a real model."""

    def __init__(self, script, slow_load=False, slow_chat=False):
        super().__init__(script)
        self.let_go = threading.Event()
        self.chatting = threading.Event()
        self._slow_load, self._slow_chat = slow_load, slow_chat

    def load(self, progress=None):
        if self._slow_load:
            progress("converting weights", 0.25)
            assert self.let_go.wait(SECONDS)

    def chat(self, requests, cancel=None, on_token=None):
        self.chatting.set()
        while self._slow_chat and not self.let_go.wait(0.01):
            if cancel.is_set():
                break
        return super().chat(requests, cancel, on_token)


def hang(robot, server="navigate_to", **changes):
    robot.actions[server].behaviour = replace(robot.actions[server].behaviour, ending=Ending.HANG, **changes)
    return robot.actions[server]


def unhang(robot, server="navigate_to"):
    robot.actions[server].behaviour = replace(robot.actions[server].behaviour, ending=Ending.SUCCEED)


def test_cancel_in_mid_skill_ends_canceled_after_the_skills_goal_did(robot, start_planner):
    server = hang(robot)
    sent = start_planner(AT_SHELF).send()
    assert server.running.wait(SECONDS)
    assert len(sent.cancel().goals_canceling) == 1
    status, result = sent.result()
    assert (status, result.outcome, result.error_code) == (CANCELED, "cancelled", Code.CANCELLED)
    assert server.ended == ["canceled"]
    assert list(result.steps) == ['navigate_to(target="shelf")']


def test_cancel_in_mid_generation(robot, start_planner):
    model = SlowModel(AT_SHELF, slow_chat=True)
    sent = start_planner(model).send()
    assert model.chatting.wait(SECONDS)
    sent.cancel()
    status, result = sent.result()
    assert (status, result.outcome) == (CANCELED, "cancelled")
    assert not robot.actions["navigate_to"].goals


def test_cancel_while_the_model_is_loaded_and_run_once_it_is(robot, start_planner):
    model = SlowModel(AT_SHELF, slow_load=True)
    planner = start_planner(model)
    sent = planner.send()
    sent.until("LOADING_MODEL")
    assert "converting weights" in next(f.detail for f in sent.feedback if f.detail)
    sent.cancel()
    assert sent.result()[0] == CANCELED
    again = planner.send()
    again.until("LOADING_MODEL")
    model.let_go.set()
    assert again.result()[0] == SUCCEEDED


def test_a_cancel_that_is_not_confirmed_is_not_called_cancelled(robot, start_planner):
    server = hang(robot, obeys_cancel=False)
    sent = start_planner(AT_SHELF, cancel_timeout_s=0.3).send()
    assert server.running.wait(SECONDS)
    sent.cancel()
    status, result = sent.result()
    assert (status, result.outcome, result.error_code) == (ABORTED, "unknown", Code.UNKNOWN)
    assert "CANCEL_NOT_CONFIRMED" in result.error_msg


def test_a_stop_of_the_skill_from_outside_ends_canceled(robot, start_planner, call):
    server = hang(robot)
    sent = start_planner(AT_SHELF).send()
    assert server.running.wait(SECONDS)
    call(CancelGoal, "navigate_to/_action/cancel_goal", CancelGoal.Request())
    status, result = sent.result()
    assert (status, result.outcome) == (CANCELED, "cancelled")


def test_busy_then_preempted(robot, start_planner):
    server = hang(robot)
    planner = start_planner(AT_SHELF)
    first = planner.send("drive to the shelf")
    assert server.running.wait(SECONDS)
    status, result = planner.send().result()
    assert (status, result.outcome, result.error_code) == (ABORTED, "busy", Code.BUSY)
    assert "busy with 'drive to the shelf'; set `preempt`" in result.error_msg
    unhang(robot)
    second = planner.send(preempt=True)
    status, result = first.result()
    assert (status, result.outcome, result.error_code) == (ABORTED, "preempted", Code.PREEMPTED)
    assert server.ended[0] == "canceled"
    assert second.result()[0] == SUCCEEDED


def test_of_two_that_preempt_the_later_one_runs(robot, start_planner):
    server = hang(robot)
    planner = start_planner(AT_SHELF)
    sent = [planner.send(preempt=True)]
    assert server.running.wait(SECONDS)
    unhang(robot)
    sent += [planner.send(preempt=True), planner.send(preempt=True)]
    outcomes = [s.result()[1].outcome for s in sent]
    assert outcomes[0] == "preempted" and outcomes[-1] == "succeeded"
    assert outcomes[1] in ("preempted", "succeeded")


def test_deactivating_ends_what_runs(robot, start_planner):
    server = hang(robot)
    planner = start_planner(AT_SHELF)
    sent = planner.send()
    assert server.running.wait(SECONDS)
    planner.node.trigger_deactivate()
    status, result = sent.result()
    assert (status, result.outcome) == (CANCELED, "cancelled")
    assert server.ended == ["canceled"]
    _, result = planner.send().result()
    assert "not active" in result.error_msg
    unhang(robot)
    planner.node.trigger_activate()
    assert planner.send().result()[0] == SUCCEEDED
