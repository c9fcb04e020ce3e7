# SPDX-License-Identifier: Apache-2.0
"""A person takes over from a running instruction and gives back: planner, supervisor and fake servers, over rclpy."""

import json
from dataclasses import replace

import pytest
from action_msgs.msg import GoalStatus
from agent_planner_interfaces.msg import OperatorRequest, PlanStatus
from agent_planner_interfaces.srv import AnswerOperator, SetAutonomy
from geometry_msgs.msg import Twist
from rclpy.qos import DurabilityPolicy
from std_msgs.msg import String

from agent_planner.scene import Relation
from agent_planner.testing.fake_action import Ending
from tests.ros.scripts import AT_SHELF, IN_BIN, TO_BIN
from tests.ros.waits import SECONDS, eventually, stands

LATCHED = DurabilityPolicy.TRANSIENT_LOCAL
# A call without another way to its goal, again and again.
HELD = [
    "goal: holding(red cube)",
    'holding(red cube)\nnavigate_to(target="shelf")',
    *['holding(red cube)\npick(object="red cube")'] * 6,
]


@pytest.fixture
def steer(node):
    """The person moves the stick once."""
    publisher = node.create_publisher(Twist, "cmd_vel_teleop", 1)

    def move(speed=0.1):
        assert eventually(lambda: publisher.get_subscription_count() == 1)
        wanted = Twist()
        wanted.linear.x = speed
        publisher.publish(wanted)

    return move


@pytest.fixture
def set_level(call):
    return lambda level: call(SetAutonomy, "set_autonomy", SetAutonomy.Request(autonomy=level))


@pytest.fixture
def levels(listen):
    return listen(String, "autonomy", LATCHED)


def works(server):
    """The server succeeds from now on."""
    server.behaviour = replace(server.behaviour, ending=Ending.SUCCEED)


def fail(server):
    """The server fails from now on."""
    server.behaviour = replace(
        server.behaviour, ending=Ending.ABORT, result={"error_code": 101, "error_msg": "blocked"}
    )


def test_the_running_skill_ends_at_once_and_the_task_goes_on(
    robot, hanging, start_planner, steer, trigger, listen, drive, tmp_path
):
    statuses = listen(PlanStatus, "plan_status", LATCHED)
    sent = start_planner([*AT_SHELF, AT_SHELF[1]], runs_folder=str(tmp_path)).send()
    assert hanging.running.wait(SECONDS)
    assert eventually(lambda: 0.25 in drive)
    steer()
    sent.until("TELEOP")
    assert hanging.ended == ["canceled"]
    assert statuses.until(lambda m: m.state == "TELEOP").instruction == "go to the shelf"
    assert stands(drive)
    works(hanging)
    assert trigger("give_back").success
    status, result = sent.result()
    assert (status, result.outcome) == (GoalStatus.STATUS_SUCCEEDED, "succeeded")
    assert result.summary == "succeeded (goal at(shelf)) after 2 calls and a takeover"
    assert eventually(lambda: drive[-1] == 0.25)
    episode = json.loads((tmp_path / result.episode_id / "episode.json").read_text())
    assert episode["takeovers"] == 1
    assert [step.get("source") for step in episode["steps"]] == [None, "human", None]
    assert episode["steps"][0]["result"] == "cancelled TAKEOVER: a person took over"
    events = (tmp_path / result.episode_id / "events.jsonl").read_text().splitlines()
    assert [e["data"]["active"] for e in map(json.loads, events) if e["kind"] == "TELEOP"] == [True, False]


def test_what_the_person_did_may_be_all_that_was_left(robot, hanging, start_planner, steer, trigger):
    sent = start_planner(AT_SHELF).send()
    assert hanging.running.wait(SECONDS)
    steer()
    sent.until("TELEOP")
    robot.scene = robot.scene.replace(relations=(*robot.scene.relations, Relation("at", "shelf")))
    trigger("give_back")
    _, result = sent.result()
    assert (result.outcome, len(result.steps)) == ("succeeded", 1)


def test_a_cancel_in_the_pause_ends_it_and_so_does_a_stop(robot, hanging, start_planner, steer, trigger):
    planner = start_planner(AT_SHELF)
    sent = planner.send()
    assert hanging.running.wait(SECONDS)
    steer()
    sent.until("TELEOP")
    sent.cancel()
    status, result = sent.result()
    assert (status, result.outcome) == (GoalStatus.STATUS_CANCELED, "cancelled")
    waits = planner.send()
    waits.until("TELEOP")  # the person has the robot still
    trigger("stop")
    status, result = waits.result()
    assert (status, result.error_code) == (GoalStatus.STATUS_CANCELED, result.STOPPED)


def test_the_level_teleop_is_a_takeover_without_a_stick(robot, hanging, start_planner, set_level, levels, drive):
    sent = start_planner([*AT_SHELF, AT_SHELF[1]]).send()
    assert hanging.running.wait(SECONDS)
    assert set_level("teleop").success
    sent.until("TELEOP")
    assert hanging.ended == ["canceled"]
    assert levels.until(lambda m: m.data == "teleop")
    assert stands(drive)
    works(hanging)
    assert set_level("auto").success
    assert sent.result()[1].outcome == "succeeded"
    assert levels.messages[-1].data == "auto"


def test_give_back_ends_the_level_too(robot, start_planner, set_level, levels, trigger):
    start_planner(AT_SHELF)
    assert set_level("confirm").success and set_level("teleop").success
    assert levels.until(lambda m: m.data == "teleop")
    assert eventually(lambda: trigger("give_back").message == "the skills have the robot")
    assert eventually(lambda: levels.messages[-1].data == "confirm")


def test_teleop_is_no_level_of_an_instruction(robot, start_planner):
    _, result = start_planner(AT_SHELF).send(autonomy="teleop").result()
    assert result.outcome == "malformed" and "one of: auto, confirm, plan_only" in result.error_msg


def test_a_level_changed_during_an_instruction_holds_from_the_next_call(robot, start_planner, set_level, listen, call):
    requests = listen(OperatorRequest, "operator_requests", LATCHED)
    navigate = robot.actions["navigate_to"]
    navigate.behaviour = replace(navigate.behaviour, seconds=1.0)
    sent = start_planner(IN_BIN).send(TO_BIN)
    assert navigate.running.wait(SECONDS)
    assert set_level("confirm").success
    question = requests.until(lambda m: m.kind == "approve_call")
    assert 'pick(object="red cube")' in question.text
    sent.cancel()
    assert sent.result()[1].outcome == "cancelled"


def test_who_listens_is_asked_before_it_gives_up(robot, start_planner, listen, call, set_level, trigger):
    requests = listen(OperatorRequest, "operator_requests", LATCHED)
    pick = robot.actions["pick"]
    good = pick.behaviour
    fail(pick)
    sent = start_planner(HELD).send("get the red cube")
    question = requests.until(lambda m: m.kind == "stuck")
    assert list(question.options) == ["take over", "retry", "give up"]
    pick.behaviour = good
    assert call(AnswerOperator, "answer_operator", AnswerOperator.Request(id=question.id, answer="take over")).success
    sent.until("TELEOP")
    assert eventually(lambda: trigger("give_back").message == "the skills have the robot")
    assert sent.result()[1].outcome == "succeeded"


def test_nobody_is_waited_for_who_does_not_listen(robot, start_planner):
    fail(robot.actions["pick"])
    _, result = start_planner(HELD).send("get the red cube").result()
    assert result.outcome == "failed" and "failed too often" in result.error_msg
