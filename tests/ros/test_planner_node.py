# SPDX-License-Identifier: Apache-2.0
"""Instructions through the planner node to fake servers, over real rclpy."""

import json
from dataclasses import replace

import pytest
from action_msgs.msg import GoalStatus
from agent_planner_interfaces.action import ExecuteInstruction
from agent_planner_interfaces.msg import OperatorRequest, PlanStatus
from agent_planner_interfaces.srv import AnswerOperator, SetAutonomy
from diagnostic_msgs.msg import DiagnosticArray, DiagnosticStatus
from rclpy.executors import MultiThreadedExecutor
from rclpy.lifecycle import TransitionCallbackReturn
from rclpy.parameter import Parameter
from rclpy.qos import DurabilityPolicy

from agent_planner.errors import ModelError, UserError
from agent_planner.ros import names
from agent_planner.ros.planner_node import PlannerNode
from agent_planner.ros.process import spinning
from agent_planner.scene import Relation, SceneGraph
from agent_planner.skills import SkillLibrary
from agent_planner.skills.library import DEFAULT_LIBRARY
from agent_planner.testing.fake_action import Ending
from agent_planner.testing.fake_robot import FakeRobot
from agent_planner.testing.fake_service import FakeService
from agent_planner.testing.scripted_model import ScriptedModel
from tests.ros.scripts import AT_SHELF, IN_BIN, TO_BIN
from tests.ros.waits import eventually

Code = ExecuteInstruction.Result
SUCCEEDED, CANCELED, ABORTED = GoalStatus.STATUS_SUCCEEDED, GoalStatus.STATUS_CANCELED, GoalStatus.STATUS_ABORTED
SECONDS = 20.0


# --- the way through


def test_an_instruction_succeeds_when_the_scene_shows_it(robot, start_planner, tmp_path):
    sent = start_planner(IN_BIN, runs_folder=str(tmp_path)).send(TO_BIN)
    status, result = sent.result()
    assert (status, result.outcome, result.error_code) == (SUCCEEDED, "succeeded", Code.NONE)
    assert result.goal == "in(red cube, blue bin)"
    assert result.steps[1] == 'pick(object="red cube")'
    assert [c.skill for c in robot.done] == ["navigate_to", "pick", "navigate_to", "place_in"]
    goal = next(f for f in sent.feedback if f.state == "GOAL")
    assert (goal.step, goal.thought) == (0, "in(red cube, blue bin)")
    executing = [f.call for f in sent.feedback if f.state == "EXECUTING"]
    assert executing == list(result.steps)
    results = [f.detail for f in sent.feedback if f.state == "RESULT"]
    assert results == ["ok"] * 4
    episode = json.loads((tmp_path / result.episode_id / "episode.json").read_text())
    assert episode["outcome"] == "succeeded"
    assert SceneGraph.model_validate(episode["scene"]).location("red cube") == Relation("in", "red cube", "blue bin")
    assert [t["value"] for t in episode["conversations"] if t["from"] == "gpt"] == IN_BIN
    config = json.loads((tmp_path / result.episode_id / "config.json").read_text())
    assert (config["model"], config["autonomy"], config["level"]) == ("scripted", "auto", "applicable")


@pytest.mark.parametrize("by_parts", [True, False])
def test_a_goal_is_stated_by_parts_where_the_robot_is_told_so(robot, start_planner, by_parts):
    goals = ["goal: at(shelf)", "goal: holding(red cube)"] if by_parts else ["goal: at(shelf) then holding(red cube)"]
    planner = start_planner([*goals, AT_SHELF[1], 'holding(red cube)\npick(object="red cube")'], by_parts=by_parts)
    _, result = planner.send("go to the shelf, then pick up the red cube").result()
    assert (result.outcome, result.goal) == ("succeeded", "at(shelf) then holding(red cube)")


def test_a_failure_goes_back_to_the_model_with_its_code(robot, start_planner):
    pick = robot.actions["pick"]
    good = pick.behaviour
    pick.behaviour = replace(good, ending=Ending.ABORT, result={"error_code": 405, "error_msg": "nothing there"})

    def answer(request):
        turn = sum(m.role == "assistant" for m in request.messages)
        if turn == 3:
            assert request.messages[-1].content.startswith("failed GRASP_FAILED: nothing there\n")
            pick.behaviour = good
        return [*IN_BIN[:3], IN_BIN[2], *IN_BIN[3:]][turn]

    status, result = start_planner(ScriptedModel(answer)).send(TO_BIN).result()
    assert (status, result.outcome) == (SUCCEEDED, "succeeded")
    assert len(result.steps) == 5


def test_what_is_not_there_is_infeasible_with_the_reason(robot, start_planner):
    planner = start_planner(['goal: missing("green ball")'])
    status, result = planner.send("bring me the green ball").result()
    assert (status, result.outcome, result.error_code) == (ABORTED, "infeasible", Code.INFEASIBLE)
    assert "'green ball' is not in the scene" in result.error_msg


def test_a_greeting_is_answered(robot, start_planner):
    status, result = start_planner(["goal: none\nHello."]).send("hello").result()
    assert (status, result.outcome) == (SUCCEEDED, "answered")


def test_plan_only_moves_nothing_and_gives_the_steps(robot, start_planner, tmp_path):
    planner = start_planner(IN_BIN, runs_folder=str(tmp_path))
    status, result = planner.send(TO_BIN, autonomy="plan_only").result()
    assert "scene" not in json.loads((tmp_path / result.episode_id / "episode.json").read_text())
    assert (status, result.outcome) == (SUCCEEDED, "succeeded")
    assert len(result.steps) == 4
    assert robot.done == [] and all(not s.goals for s in robot.actions.values())


def test_a_service_skill_of_a_copied_library(node, namespace, scene, start_planner, tmp_path):
    path = tmp_path / "skills.yaml"
    path.write_text(
        DEFAULT_LIBRARY.read_text()
        + """
- name: ring_bell
  description: Ring the bell.
  service: {name: bell, type: std_srvs/srv/Trigger, success: {success: true}}
"""
    )
    bell = FakeService(node, "std_srvs/srv/Trigger", "bell", {"success": True, "message": "ding"})
    robot = FakeRobot(node, SkillLibrary.load(), scene)
    planner = start_planner(["goal: did(ring_bell)", "did(ring_bell)\nring_bell()"], skills_file=str(path))
    status, result = planner.send("ring the bell").result()
    assert (status, result.outcome, list(result.steps)) == (SUCCEEDED, "succeeded", ["ring_bell()"])
    assert len(bell.requests) == 1
    robot.destroy()
    bell.destroy()


def test_a_configure_that_fails_leaves_nothing_behind(node, namespace, supervisor, tmp_path):
    path = tmp_path / "skills.yaml"
    path.write_text(DEFAULT_LIBRARY.read_text().replace("action/NavigateTo", "action/NavigateToo"))
    given = {"policy_file": "simulation", "skills_file": str(path), "autostart": False}
    overrides = [Parameter(name, value=value) for name, value in given.items()]
    planner = PlannerNode(lambda _: ScriptedModel([]), namespace=namespace, parameter_overrides=overrides)
    with spinning(MultiThreadedExecutor(8), planner):
        before = ends_of(planner)
        assert planner.trigger_configure() == TransitionCallbackReturn.FAILURE
        assert ends_of(planner) == before
        path.write_text(DEFAULT_LIBRARY.read_text())
        assert planner.trigger_configure() == TransitionCallbackReturn.SUCCESS
        assert eventually(lambda: node.count_publishers(names.PLANNER_HEARTBEAT) == 1)
        assert eventually(lambda: supervisor._planner.who)
        planner.stop()
        assert ends_of(planner) == before
    planner.destroy_node()


def ends_of(node):
    """How many endpoints and timers a node has."""
    return [len(list(kind)) for kind in (node.publishers, node.subscriptions, node.clients, node.services, node.timers)]


# --- what is refused, and what fails


@pytest.mark.parametrize(
    ("instruction", "message"),
    [
        ("", "the instruction is empty"),
        (" \n\t\x07 ", "the instruction is empty"),
        ("x" * 10_000, "has 10000 characters; at most 2000"),
    ],
)
def test_malformed_instructions(start_planner, instruction, message):
    status, result = start_planner(AT_SHELF).send(instruction).result()
    assert (status, result.outcome, result.error_code) == (ABORTED, "malformed", Code.MALFORMED)
    assert message in result.error_msg


def test_a_malformed_autonomy(start_planner):
    _, result = start_planner(AT_SHELF).send(autonomy="yolo").result()
    assert (result.outcome, result.error_code) == ("malformed", Code.MALFORMED)
    assert "one of: auto, confirm, plan_only" in result.error_msg


def test_without_a_scene_nothing_is_done(node, start_planner):
    status, result = start_planner(AT_SHELF, scene_timeout_s=0.3).send().result()
    assert (status, result.error_code) == (ABORTED, Code.SCENE_STALE)
    assert "nothing came in 0.3 s" in result.error_msg


def test_a_result_without_a_newer_scene_is_unknown(robot, start_planner):
    behaviour = robot.actions["navigate_to"].behaviour

    def silence(goal):
        robot.publishing = False
        return behaviour.effect(goal)

    robot.actions["navigate_to"].behaviour = replace(behaviour, effect=silence)
    status, result = start_planner(AT_SHELF, scene_timeout_s=0.5).send().result()
    assert (status, result.outcome, result.error_code) == (ABORTED, "unknown", Code.SCENE_STALE)


def test_the_model_gives_no_answer(robot, start_planner):
    status, result = start_planner(AT_SHELF[:1]).send().result()  # the script ends
    assert (status, result.outcome, result.error_code) == (ABORTED, "failed", Code.MODEL_ERROR)


def test_the_model_cannot_be_loaded(robot, start_planner):
    class Broken(ScriptedModel):
        def load(self, progress=None):
            raise ModelError("the endpoint is dead")

    status, result = start_planner(Broken(AT_SHELF)).send().result()
    assert (status, result.error_code) == (ABORTED, Code.MODEL_ERROR)
    assert "the endpoint is dead" in result.error_msg


def test_an_error_of_our_own_still_gives_a_result(robot, start_planner):
    def answer(request):
        raise ZeroDivisionError("a fault for the test")

    planner = start_planner(ScriptedModel(answer))
    status, result = planner.send().result()
    assert (status, result.outcome, result.error_code) == (ABORTED, "unknown", Code.UNKNOWN)
    assert "ZeroDivisionError" in result.error_msg
    status, result = planner.send().result()
    assert result.outcome == "unknown"  # not busy: the former one is over


def test_a_limit_of_turns(robot, start_planner):
    lost = [IN_BIN[0], 'in(red cube, blue bin)\npick(object="red cube")', "in(red cube, blue bin)\nnothing()"]
    _, result = start_planner(lost, max_turns=2).send(TO_BIN).result()
    assert (result.outcome, result.error_code) == ("timeout", Code.TIMEOUT)


def test_simulated_time_that_does_not_run_is_told(robot, start_planner):
    _, result = start_planner(AT_SHELF, scene_timeout_s=0.3, use_sim_time=True).send().result()
    assert result.error_code == Code.SCENE_STALE
    assert "nobody publishes /clock" in result.error_msg


def test_a_disk_that_fails_does_not_stop_the_robot(robot, start_planner, tmp_path):
    planner = start_planner(AT_SHELF, runs_folder=str(tmp_path / "runs"))
    (tmp_path / "runs").rmdir()
    (tmp_path / "runs").write_text("a file where the folder was")
    assert planner.send().result()[0] == SUCCEEDED


def test_a_folder_that_cannot_be_made_is_refused_at_the_start(start_planner, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(UserError, match="runs_folder .*file/runs cannot be made: Not a directory"):
        start_planner(AT_SHELF, runs_folder=str(tmp_path / "file" / "runs"))


# --- the person


def test_confirm_asks_for_goal_and_motion(robot, start_planner, listen, call):
    until = listen(OperatorRequest, "operator_requests", DurabilityPolicy.TRANSIENT_LOCAL).until
    sent = start_planner([*AT_SHELF, AT_SHELF[1]]).send(autonomy="confirm")
    question = until(lambda m: m.kind == "approve_goal")
    assert question.text == 'Goal: at(shelf). Plan: navigate_to(target="shelf"). Approve?'
    wrong = call(AnswerOperator, "answer_operator", AnswerOperator.Request(id=question.id, answer="maybe"))
    assert (wrong.success, wrong.message) == (False, "answer with one of: yes, no")
    assert call(AnswerOperator, "answer_operator", AnswerOperator.Request(id=question.id, answer="yes")).success
    motion = until(lambda m: m.kind == "approve_call")
    assert not robot.actions["navigate_to"].goals
    assert call(AnswerOperator, "answer_operator", AnswerOperator.Request(id=motion.id, answer="yes")).success
    assert sent.result()[0] == SUCCEEDED
    late = call(AnswerOperator, "answer_operator", AnswerOperator.Request(answer="yes"))
    assert late.message == "no question is open"


@pytest.mark.parametrize("recorded", [False, True])
def test_a_question_that_nobody_hears_needs_an_operator(robot, start_planner, tmp_path, recorded):
    planner = start_planner(AT_SHELF, runs_folder=str(tmp_path) if recorded else "", operator_timeout_s=1000.0)
    status, result = planner.send(autonomy="confirm").result()
    assert (status, result.outcome, result.error_code) == (ABORTED, "needs_operator", Code.NEEDS_OPERATOR)
    assert not robot.actions["navigate_to"].goals


def test_an_instruction_that_would_go_beyond_the_level_is_refused(robot, start_planner):
    planner = start_planner(AT_SHELF, autonomy="plan_only")
    status, result = planner.send(autonomy="confirm").result()
    assert (status, result.outcome, result.error_code) == (ABORTED, "malformed", Code.MALFORMED)
    assert "autonomy 'confirm' goes beyond the planner's own, 'plan_only'" in result.error_msg
    assert planner.send(autonomy="plan_only").result()[0] == SUCCEEDED
    assert robot.done == []


def test_autonomy_for_instructions_to_come(robot, start_planner, call):
    planner = start_planner(AT_SHELF)
    bad = call(SetAutonomy, "set_autonomy", SetAutonomy.Request(autonomy="full"))
    assert not bad.success and "known: auto, confirm, plan_only" in bad.message
    assert call(SetAutonomy, "set_autonomy", SetAutonomy.Request(autonomy="plan_only")).success
    status, result = planner.send().result()
    assert (status, robot.done) == (SUCCEEDED, [])
    assert list(result.steps) == ['navigate_to(target="shelf")']


def test_status_and_diagnostics(robot, start_planner, listen):
    statuses = listen(PlanStatus, "plan_status", DurabilityPolicy.TRANSIENT_LOCAL)
    until_diagnosed = listen(DiagnosticArray, "/diagnostics").until
    planner = start_planner(AT_SHELF)
    until_diagnosed(lambda m: any(s.message == "all present" for s in m.status))
    assert planner.send("go to the shelf").result()[0] == SUCCEEDED
    last = statuses.until(lambda m: m.outcome == "succeeded")
    assert (last.state, last.goal, last.model, last.instruction) == ("IDLE", "at(shelf)", "scripted", "go to the shelf")
    assert "EXECUTING" in [s.state for s in statuses.messages]
    robot.actions["pick"].vanish()
    missing = until_diagnosed(lambda m: any(s.message == "missing: pick" for s in m.status))
    (servers,) = [s for s in missing.status if s.name.endswith("servers")]
    assert servers.level == DiagnosticStatus.WARN
