# SPDX-License-Identifier: Apache-2.0
"""A running robot for programs outside: planner, scene, stop and whose stop it is."""

import json
import re

import pytest
import rclpy
from agent_planner_interfaces.msg import StopReport

from agent_planner.errors import InfrastructureError, UserError
from agent_planner.ros import outside_robot as module
from agent_planner.ros.client_node import ClientNode
from agent_planner.ros.outside_robot import OutsideRobot
from tests.ros.scripts import AT_SHELF
from tests.ros.waits import SECONDS, eventually


@pytest.fixture
def client(namespace, monkeypatch):
    monkeypatch.setenv("ROS_DOMAIN_ID", str(rclpy.get_default_context().get_domain_id()))
    client = ClientNode(namespace=namespace)
    client.open()
    yield client
    client.close()


@pytest.fixture
def outside(client):
    return OutsideRobot(client, "mcp")


def ignore(feedback):
    pass


def test_it_works_with_what_the_planner_works_with(robot, start_planner, outside, tmp_path):
    start_planner(AT_SHELF, runs_folder=str(tmp_path))
    outside.join(SECONDS)
    assert [skill.name for skill in outside.library][:2] == ["navigate_to", "pick"]
    assert outside.policy is not None and outside.newest_episode() is None
    heard = []
    result = outside.instruct("go to the shelf", "", heard.append).result(SECONDS)
    assert (result.outcome, result.steps) == ("succeeded", ('navigate_to(target="shelf")',))
    assert "EXECUTING" in [feedback.state for feedback in heard]
    scene, age_s = outside.scene()
    assert "shelf" in scene.at and age_s < SECONDS
    again = outside.call('pick(object="red cube")', ignore).result(SECONDS)
    assert (again.outcome, again.goal) == ("succeeded", "holding(red cube)")
    # They may have begun in the same second.
    assert outside.newest_episode()["steps"] == [{"call": 'pick(object="red cube")', "result": "ok"}]


def test_a_policy_that_is_not_on_this_machine_is_told(robot, start_planner, outside, tmp_path):
    policy = tmp_path / "policy.yaml"
    policy.write_text("rules: [{name: all, then: allow}]\n")
    start_planner([], policy_file=str(policy))
    policy.unlink()
    with pytest.raises(UserError, match="the planner's files are not on this machine as it knows them: .*policy.yaml"):
        outside.join(SECONDS)


def test_without_a_planner_that_is_told(outside):
    with pytest.raises(InfrastructureError, match="the planner's action 'execute_instruction': no answer"):
        outside.join(0.2)


def test_without_a_scene_that_is_told(outside, monkeypatch):
    monkeypatch.setattr(module, "_SCENE_S", 0.2)
    with pytest.raises(InfrastructureError, match="a scene on 'scene_graph': no answer"):
        outside.scene()


def test_without_a_supervisor_that_is_told(outside, monkeypatch):
    monkeypatch.setattr("agent_planner.ros.stop_client._ANSWER_SECONDS", 0.2)
    with pytest.raises(InfrastructureError, match="the supervisor's service 'stop': no answer"):
        outside.stop("")
    with pytest.raises(InfrastructureError, match="a report of the supervisor on 'stop_report': no answer"):
        outside.reset()


def test_its_own_stop_it_may_reset(hanging, start_planner, outside):
    start_planner([])
    outside.join(SECONDS)
    sent = outside.call('navigate_to(target="shelf")', ignore)
    assert hanging.running.wait(SECONDS)
    ended = outside.stop("a child; in the way", seconds=2.0)
    assert hanging.ended == ["canceled"] and sent.result(SECONDS).status == "CANCELED"
    # Nobody measures whether this robot is at rest.
    assert not ended.confirmed and "base" in ended.message
    assert ended.parts["navigate_to"] == ended.parts["execute_call"] == "confirmed, nothing runs"
    assert eventually(lambda: outside.reset()[0])
    assert outside.call('navigate_to(target="shelf")', ignore).cancel(SECONDS) is None


def test_its_own_stop_has_one_reason_however_often_it_comes(robot, start_planner, outside, listen):
    start_planner([])
    outside.join(SECONDS)
    reports = listen(StopReport, "stop_report")
    for number in range(3):
        outside.stop(f"reason {number}", seconds=0.0)
    newest = reports.next(lambda report: report.active)
    assert re.fullmatch("mcp [0-9a-f]{6}: reason 0", newest.reason)
    assert eventually(lambda: outside.reset()[0])
    outside.stop("again", seconds=0.0)
    again = reports.next(lambda report: report.active and report.reason != newest.reason)
    assert again.reason.endswith(": again")


def test_a_reason_that_looks_like_its_own_is_not(robot, start_planner, outside, client):
    start_planner([])
    outside.join(SECONDS)
    other = OutsideRobot(client, "mcp")
    outside.stop("a child", seconds=0.0)
    other.stop("a child", seconds=0.0)
    assert eventually(lambda: all("somebody else stopped it (mcp " in one.reset()[1] for one in (outside, other)))


def test_at_the_end_nothing_of_it_runs_on(hanging, start_planner, outside):
    start_planner([])
    outside.join(SECONDS)
    outside.call('navigate_to(target="shelf")', ignore)
    outside.call('navigate_to(target="blue bin")', ignore)
    assert hanging.running.wait(SECONDS)
    outside.end_all(SECONDS)
    assert hanging.ended == ["canceled"] and len(hanging.goals) == 1


def test_another_ones_stop_it_may_not_reset(robot, start_planner, outside, trigger):
    start_planner([])
    outside.join(SECONDS)
    assert outside.stop("a child", seconds=1.0).parts
    assert trigger("stop").success
    assert eventually(lambda: "somebody else stopped it (the service 'stop' was called)" in outside.reset()[1])
    assert not outside.reset()[0]
    assert eventually(lambda: trigger("reset_stop").success)
    assert eventually(lambda: outside.reset() == (True, "nothing was stopped"))


def test_a_client_just_started_waits_to_hear_who_stopped_it(robot, start_planner, outside, trigger, client):
    start_planner([])
    outside.join(SECONDS)
    assert trigger("stop").success
    assert "somebody else stopped it" in OutsideRobot(client, "mcp").reset()[1]


def test_a_record_that_is_broken_is_told(robot, start_planner, outside, tmp_path):
    start_planner([], runs_folder=str(tmp_path))
    outside.join(SECONDS)
    (tmp_path / "20260101-000000-aaaa").mkdir()
    file = tmp_path / "20260101-000000-aaaa" / "episode.json"
    file.write_text(json.dumps({"outcome": "failed"}))
    assert outside.newest_episode() == {"outcome": "failed"}
    file.write_text("{")
    with pytest.raises(InfrastructureError, match="cannot be read"):
        outside.newest_episode()
