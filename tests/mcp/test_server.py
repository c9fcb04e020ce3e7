# SPDX-License-Identifier: Apache-2.0
"""What a client is offered, and what comes of its requests."""

import json

import anyio
import pytest
from anyio import to_thread
from mcp import MCPError

from tests.mcp.arena_robot import SECONDS, TO_BIN, ArenaRobot

TIDY = "put the red cube in the bin"


def text_of(result):
    return "\n".join(block.text for block in result.content)


def error_of(work):
    async def run(client):
        with pytest.raises(MCPError) as error:
            await work(client)
        return str(error.value)

    return run


def once(name, arguments=None):
    return lambda client: client.call_tool(name, arguments or {})


def test_the_tools_are_instructions_stop_reset_scene_and_the_skills(talk):
    listed = talk(ArenaRobot(), lambda client: client.list_tools()).tools
    tools = {tool.name: tool for tool in listed}
    skills = ["navigate_to", "pick", "place_on", "place_in", "set_gripper", "move_arm", "cut"]
    assert list(tools)[:4] == ["instruct", "stop", "reset", "scene"]
    assert set(tools) >= set(skills) and "ask" not in tools and "give_up" not in tools
    pick = tools["pick"]
    assert pick.input_schema["required"] == ["object"] and not pick.input_schema["additionalProperties"]
    assert "Needs: " in pick.description
    assert tools["set_gripper"].input_schema["properties"]["opening"]["minimum"] == 0
    assert tools["cut"].annotations.destructive_hint and tools["scene"].annotations.read_only_hint
    assert tools["instruct"].input_schema["properties"]["autonomy"]["enum"] == ["confirm", "plan_only"]


def test_an_instruction_runs_reports_and_tells_what_the_world_shows(talk):
    robot, told = ArenaRobot(), []

    async def work(client):
        async def hear(progress, total, message):
            told.append((progress, message))

        return await client.call_tool("instruct", {"instruction": TIDY}, progress_callback=hear)

    result = talk(robot, work)
    assert not result.is_error and robot.sent == [(TIDY, "")]
    data = result.structured_content
    assert (data["outcome"], data["code"], data["goal"]) == ("succeeded", 0, "in(red cube, bin)")
    assert data["steps"][0] == 'pick(object="red cube")' and data["episode_id"]
    assert data["world"][0] == "robot: at bin, hand free"
    assert "red cube: in bin, here" in data["world"] and "red cube: in bin, here" in text_of(result)
    assert [number for number, _ in told] == sorted(number for number, _ in told)
    assert any("in(red cube, bin)" in message for _, message in told)
    assert any('executing pick(object="red cube")' in message for _, message in told)


def test_a_skill_is_called_through_the_gate(talk):
    robot = ArenaRobot()
    result = talk(robot, once("navigate_to", {"target": "bin"}))
    assert not result.is_error and [str(call) for call, _ in robot.robot.reached] == ['navigate_to(target="bin")']
    assert result.structured_content["goal"] == "at(bin)"
    assert "bin: container, here" in result.structured_content["world"]


@pytest.mark.parametrize(
    ("name", "arguments", "why"),
    [
        ("navigate_to", {"target": "stove"}, "DENIED: hot: the stove is hot"),
        ("cut", {"object": "red cube"}, "nobody answered"),
        ("set_gripper", {"opening": 0.05}, "DENIED: bounds"),
        ("set_gripper", {"opening": 5}, "OUT_OF_BOUNDS"),
        ("set_gripper", {"opening": "wide"}, "BAD_TYPE"),
        ("pick", {"object": "moon"}, "UNKNOWN_ENTITY"),
        ("pick", {}, "MISSING_ARGUMENT"),
        ("pick", {"object": "red cube", "force": 9}, "UNKNOWN_ARGUMENT: pick has no 'force'"),
        ("pick", {"object": ["red cube"]}, "BAD_TYPE: object must be a number, or text on one line"),
        ("pick", {"object": 'red cube")\ncut(object="red cube'}, "BAD_TYPE"),
        ("place_in", {"object": "red cube", "container": "bin"}, "NEEDS: place_in needs holding(red cube)"),
        ("instruct", {"instruction": "x", "autonomy": "auto"}, "autonomy 'auto' is not for clients"),
        ("instruct", {"instruction": "x", "preempt": "yes"}, "UNKNOWN_ARGUMENT: instruct has no 'preempt'"),
        ("instruct", {"instruction": 3}, "BAD_TYPE"),
    ],
)
def test_what_may_not_be_is_refused_with_a_reason(talk, name, arguments, why):
    robot = ArenaRobot()
    result = talk(robot, once(name, arguments))
    assert result.is_error and why in text_of(result), text_of(result)
    assert robot.robot.reached == []


def test_a_person_may_allow_what_the_policy_asks_for(talk):
    robot = ArenaRobot(answer="yes")
    assert not talk(robot, once("cut", {"object": "red cube"})).is_error
    assert robot.questions and robot.questions[0].startswith('cut(object="red cube"): may it be carried out?')


def test_an_unknown_tool_is_an_error_that_names_the_others(talk):
    assert "no tool 'pik'; did you mean 'pick'?" in talk(ArenaRobot(), error_of(once("pik")))


def test_a_cancel_ends_only_when_the_robot_is_at_rest(talk):
    robot = ArenaRobot()
    robot.hanging = True

    async def work(client):
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(client.call_tool, "navigate_to", {"target": "bin"})
            assert await to_thread.run_sync(robot.begun.wait, SECONDS)
            tasks.cancel_scope.cancel()
        return await to_thread.run_sync(robot.at_rest.wait, SECONDS), await client.call_tool("scene", {})

    rested, scene = talk(robot, work)
    assert rested and not scene.is_error


def test_a_stop_comes_through_while_something_runs(talk):
    robot = ArenaRobot()
    robot.hanging = True

    async def work(client):
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(client.call_tool, "navigate_to", {"target": "bin"})
            await to_thread.run_sync(robot.begun.wait, SECONDS)
            stopped = await client.call_tool("stop", {"reason": "a child"})
            tasks.cancel_scope.cancel()
        return stopped

    stopped = talk(robot, work)
    assert robot.stops == ["a child"]
    assert stopped.structured_content == {
        "confirmed": True, "message": "stopped: at rest", "parts": {"base": "at rest, as measured"},
    }  # fmt: skip


def test_a_reset_that_is_refused_is_an_error(talk):
    result = talk(ArenaRobot(), once("reset"))
    assert result.is_error and "a hand on the button" in text_of(result)


def test_the_scene_is_text_and_data(talk):
    result = talk(ArenaRobot(), once("scene"))
    assert "red cube: on desk, here" in text_of(result)
    assert [thing["name"] for thing in result.structured_content["objects"]] == ["red cube"]


def test_a_robot_that_sees_nothing_says_so(talk):
    robot = ArenaRobot()
    robot.blind = True
    result = talk(robot, once("scene"))
    assert result.is_error and "no answer within 5 s" in text_of(result)
    moved = talk(robot, once("navigate_to", {"target": "bin"}))
    assert moved.structured_content["world"] == ["not known: a scene on 'scene_graph': no answer within 5 s"]


def test_the_resources_are_library_scene_policy_and_episode(talk):
    robot = ArenaRobot()
    robot.episode = {"id": "x", "outcome": "succeeded", "conversations": [{"from": "gpt", "value": TO_BIN[0]}]}

    async def work(client):
        listed = [resource.uri for resource in (await client.list_resources()).resources]
        return {uri: json.loads((await client.read_resource(uri)).contents[0].text) for uri in listed}

    found = {uri.removeprefix("agent-planner://"): data for uri, data in talk(robot, work).items()}
    assert set(found) == {"library", "scene", "policy", "episodes/newest"}
    assert next(skill for skill in found["library"] if skill["name"] == "pick")["makes"] == ["holding(object)"]
    assert found["scene"]["places"][0]["name"] == "desk"
    assert [rule["then"] for rule in found["policy"]["rules"]] == ["deny", "ask", "allow"]
    assert found["episodes/newest"] == {"id": "x", "outcome": "succeeded"}


def test_an_unknown_resource_is_an_error_that_names_the_others(talk):
    work = error_of(lambda client: client.read_resource("agent-planner://polcy"))
    assert "no resource 'agent-planner://polcy'; did you mean 'agent-planner://policy'?" in talk(ArenaRobot(), work)
