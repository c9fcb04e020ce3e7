# SPDX-License-Identifier: Apache-2.0
"""Single calls through the planner node: its checks, its gate, its turn, its record, and no model."""

import json

import pytest
from action_msgs.msg import GoalStatus
from agent_planner_interfaces.action import ExecuteInstruction
from agent_planner_interfaces.msg import OperatorRequest, PlanStatus
from agent_planner_interfaces.srv import AnswerOperator
from rclpy.qos import DurabilityPolicy

from agent_planner.errors import ModelError
from agent_planner.llm.scripted import ScriptedModel
from agent_planner.ros.action_client import SafeActionClient
from tests.ros.conftest import Sent
from tests.ros.scripts import AT_SHELF
from tests.ros.waits import SECONDS

Code = ExecuteInstruction.Result
SUCCEEDED, CANCELED, ABORTED = GoalStatus.STATUS_SUCCEEDED, GoalStatus.STATUS_CANCELED, GoalStatus.STATUS_ABORTED
TO_SHELF = 'mcp\nnavigate_to(target="shelf")'
POLICY = """
rules:
- {name: no bin, then: deny, because: it is full, entities: [blue bin]}
- {name: shelf, then: ask, because: people walk there, entities: [shelf]}
- {name: rest, then: allow}
"""


class NoModel(ScriptedModel):
    """One that cannot be loaded."""

    def __init__(self):
        super().__init__([])

    def load(self, progress=None):
        raise ModelError("the endpoint is dead")


@pytest.fixture
def send(node):
    """Send one call to the planner that is there."""
    client = SafeActionClient(node, ExecuteInstruction, "execute_call")

    def start(call=TO_SHELF, **fields):
        assert client.wait_for_server(SECONDS)
        return Sent(client, ExecuteInstruction.Goal(instruction=call, **fields))

    yield start
    client.destroy()


@pytest.fixture
def policy(tmp_path):
    path = tmp_path / "policy.yaml"
    path.write_text(POLICY)
    return str(path)


def test_a_call_succeeds_when_the_scene_shows_it_and_needs_no_model(robot, start_planner, send, tmp_path):
    start_planner(NoModel(), runs_folder=str(tmp_path))
    sent = send()
    status, result = sent.result()
    assert (status, result.outcome, result.error_code, result.goal) == (SUCCEEDED, "succeeded", Code.NONE, "at(shelf)")
    assert [str(call) for call in robot.done] == list(result.steps) == ['navigate_to(target="shelf")']
    assert "EXECUTING" in sent.states
    folder = tmp_path / result.episode_id
    config = json.loads((folder / "config.json").read_text())
    assert (config["source"], config["model"]) == ("mcp", "none")
    episode = json.loads((folder / "episode.json").read_text())
    assert episode["outcome"] == "succeeded" and [t["loss"] for t in episode["conversations"]] == [None, False, None]


def test_what_the_policy_denies_never_reaches_the_server(robot, start_planner, send, policy):
    start_planner([], policy_file=policy)
    status, result = send('navigate_to(target="blue bin")').result()
    assert (status, result.outcome, list(result.steps)) == (ABORTED, "failed", [])
    assert result.error_msg == "DENIED: no bin: it is full"
    assert robot.actions["navigate_to"].goals == []


def test_what_the_policy_asks_waits_for_the_person(robot, start_planner, send, policy, listen, call):
    until = listen(OperatorRequest, "operator_requests", DurabilityPolicy.TRANSIENT_LOCAL).until
    start_planner([], policy_file=policy)
    sent = send()
    question = until(lambda m: m.kind == "approve_call")
    assert question.text == 'navigate_to(target="shelf"): may it be carried out? (shelf: people walk there)'
    assert not robot.actions["navigate_to"].goals
    assert call(AnswerOperator, "answer_operator", AnswerOperator.Request(id=question.id, answer="yes")).success
    assert sent.result()[0] == SUCCEEDED


@pytest.mark.parametrize("asked", [{"autonomy": "confirm"}, {}])
def test_at_confirm_nobodys_yes_is_a_no(robot, start_planner, send, asked):
    start_planner([], autonomy="auto" if asked else "confirm")
    status, result = send(**asked).result()
    assert (status, result.outcome) == (ABORTED, "needs_operator")
    assert robot.actions["navigate_to"].goals == []


def test_plan_only_moves_nothing(robot, start_planner, send):
    start_planner([])
    status, result = send(autonomy="plan_only").result()
    assert (status, list(result.steps)) == (SUCCEEDED, ['navigate_to(target="shelf")'])
    assert robot.actions["navigate_to"].goals == []


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("drive to the shelf", "BAD_FORM"),
        ('fly(target="shelf")', "UNKNOWN_SKILL"),
        ('navigate_to(target="moon")', "UNKNOWN_ENTITY"),
        ('pick(object="red cube")', "NEEDS"),
    ],
)
def test_what_the_model_may_not_say_nobody_may(robot, start_planner, send, text, code):
    start_planner([])
    status, result = send(text).result()
    assert (status, result.error_code) == (ABORTED, Code.FAILED) and result.error_msg.startswith(f"{code}: ")
    assert all(not server.goals for server in robot.actions.values())


def test_calls_and_instructions_take_turns(hanging, start_planner, send):
    planner = start_planner(AT_SHELF)
    first = send()
    assert hanging.running.wait(SECONDS)
    status, result = planner.send().result()
    assert (status, result.error_code) == (ABORTED, Code.BUSY) and "navigate_to" in result.error_msg
    first.cancel()
    assert first.result()[0] == CANCELED
    second = planner.send()
    assert hanging.running.wait(SECONDS)
    status, result = send().result()
    assert (status, result.error_code) == (ABORTED, Code.BUSY)
    second.cancel()
    assert second.result()[0] == CANCELED
    assert len(hanging.goals) == 2


def test_a_cancel_ends_it_at_rest(hanging, start_planner, send):
    start_planner([])
    sent = send()
    assert hanging.running.wait(SECONDS)
    sent.cancel()
    status, result = sent.result()
    assert (status, result.outcome) == (CANCELED, "cancelled")
    assert hanging.ended == ["canceled"]


def test_a_stop_ends_it_and_nothing_begins_before_the_reset(hanging, start_planner, send, trigger):
    start_planner([])
    sent = send()
    assert hanging.running.wait(SECONDS)
    assert trigger("stop").success
    status, result = sent.result()
    assert (status, result.error_code) == (CANCELED, Code.STOPPED)
    assert hanging.ended == ["canceled"]
    status, result = send().result()
    assert (status, result.error_code) == (ABORTED, Code.STOPPED) and len(hanging.goals) == 1


def test_the_status_tells_of_it(robot, start_planner, send, listen):
    ear = listen(PlanStatus, "plan_status", DurabilityPolicy.TRANSIENT_LOCAL)
    start_planner([])
    assert send().result()[0] == SUCCEEDED
    told = ear.until(lambda m: m.outcome == "succeeded")
    assert (told.goal, told.call, told.state) == ("at(shelf)", 'navigate_to(target="shelf")', "IDLE")
