# SPDX-License-Identifier: Apache-2.0
"""The gate in front of live servers: what the policy denies, asks and allows, and the plan before the first motion."""

import json

import pytest
from action_msgs.msg import GoalStatus
from agent_planner_interfaces.msg import OperatorRequest
from agent_planner_interfaces.srv import AnswerOperator
from rclpy.qos import DurabilityPolicy

from agent_planner.errors import UserError
from agent_planner.scene import Relation
from tests.ros.scripts import AT_SHELF, IN_BIN, TO_BIN

SUCCEEDED, ABORTED = GoalStatus.STATUS_SUCCEEDED, GoalStatus.STATUS_ABORTED
DENY = """
rules:
- {name: no bin, then: deny, because: it is full, skills: [place_in]}
- {name: shelf, then: ask, because: people walk there, entities: [shelf]}
- {name: rest, then: allow}
"""


def events(folder):
    """State and text of what was recorded; the client drops feedback that comes after the goal's last status."""
    lines = (folder / "events.jsonl").read_text().splitlines()
    return [(event["kind"], event["text"]) for event in map(json.loads, lines)]


@pytest.fixture
def policy(tmp_path):
    path = tmp_path / "policy.yaml"
    path.write_text(DENY)
    return str(path)


def test_what_the_policy_denies_never_reaches_the_server(robot, scene, start_planner, policy, tmp_path):
    robot.scene = scene.replace(relations=(Relation("holding", "red cube"), Relation("at", "blue bin")))
    answers = [IN_BIN[0], *[IN_BIN[4]] * 3]
    sent = start_planner(answers, policy_file=policy, runs_folder=str(tmp_path)).send(TO_BIN)
    status, result = sent.result()
    assert (status, result.outcome, list(result.steps)) == (ABORTED, "failed", [])
    assert "the same call was refused again: no bin: it is full" in result.error_msg
    assert robot.actions["place"].goals == []
    assert ("REFUSED", "DENIED: no bin: it is full") in events(tmp_path / result.episode_id)
    episode = json.loads((tmp_path / result.episode_id / "episode.json").read_text())
    assert [t["loss"] for t in episode["conversations"] if t["from"] == "gpt"] == [True, False, False, False]
    assert "refused DENIED: no bin: it is full\n" in episode["conversations"][5]["value"]
    config = json.loads((tmp_path / result.episode_id / "config.json").read_text())
    assert config["policy"]["rules"][0] == {
        "name": "no bin", "then": "deny", "because": "it is full", "skills": ["place_in"],
    }  # fmt: skip


def test_what_the_policy_asks_waits_for_the_person(robot, start_planner, policy, listen, call, tmp_path):
    until = listen(OperatorRequest, "operator_requests", DurabilityPolicy.TRANSIENT_LOCAL).until
    sent = start_planner(AT_SHELF, policy_file=policy, runs_folder=str(tmp_path)).send()
    question = until(lambda m: m.kind == "approve_call")
    assert question.text == 'navigate_to(target="shelf"): may it be carried out? (shelf: people walk there)'
    assert not robot.actions["navigate_to"].goals
    assert call(AnswerOperator, "answer_operator", AnswerOperator.Request(id=question.id, answer="yes")).success
    assert sent.result()[0] == SUCCEEDED
    assert ("WAITING_FOR_OPERATOR", "answered: yes") in events(tmp_path / sent.result()[1].episode_id)


def test_without_a_policy_and_a_person_nothing_moves(robot, start_planner):
    status, result = start_planner([AT_SHELF[0], *[AT_SHELF[1]] * 3], policy_file="").send().result()
    assert (status, list(result.steps)) == (ABORTED, [])
    assert "no policy: " in result.error_msg and "nobody answered" in result.error_msg
    assert not robot.actions["navigate_to"].goals


def test_a_wrong_policy_is_refused_at_the_start(start_planner, policy, tmp_path):
    (tmp_path / "policy.yaml").write_text(DENY.replace("place_in", "place_inn"))
    with pytest.raises(UserError, match=r"policy.yaml:3: rules.0.skills: the library has no skill 'place_inn'"):
        start_planner(AT_SHELF, policy_file=policy)


def test_the_plan_is_checked_first_where_the_instruction_wants_it(robot, start_planner, policy, tmp_path):
    give_up = 'in(red cube, blue bin)\ngive_up(reason="not permitted")'
    planner = start_planner([*IN_BIN, give_up], policy_file=policy, runs_folder=str(tmp_path))
    sent = planner.send(TO_BIN, check_plan=True)
    status, result = sent.result()
    assert (status, result.outcome, list(result.steps)) == (ABORTED, "infeasible", [])
    assert "nothing was moved; in the plan not permitted" in result.error_msg
    told = events(tmp_path / result.episode_id)
    assert ("PLANNING", "refused DENIED: no bin: it is full") in told
    assert robot.done == [] and all(not s.goals for s in robot.actions.values())


def test_plan_only_is_judged_too(robot, start_planner, policy):
    give_up = 'in(red cube, blue bin)\ngive_up(reason="not permitted")'
    _, result = start_planner([*IN_BIN, give_up], policy_file=policy).send(TO_BIN, autonomy="plan_only").result()
    assert (result.outcome, len(result.steps)) == ("infeasible", 3)
