# SPDX-License-Identifier: Apache-2.0
"""Foreign text in every place: it calls no tool, changes no policy, and goes out as plain data."""

from contextlib import suppress

import anyio
import pytest
from mcp import MCPError

from agent_planner.scene import Pose, SceneObject
from agent_planner.testing.arena import INSTRUCTION, arena_policy, arena_scene
from agent_planner.testing.hostile_model import ATTACKS
from agent_planner.testing.injections import Place, injections
from tests.agent.test_injections import FORBIDDEN
from tests.mcp.arena_robot import ArenaRobot
from tests.mcp.conftest import connected
from tests.safety.attacks import misdeed

ALL = tuple(injections())
SCENERY = ("library", "scene", "policy", "episodes/newest")


def robot_with(injection):
    text, place = injection.text, injection.place
    things = []
    if place is Place.NAME:
        things = [SceneObject(name=injection.as_name, pose=Pose(1.1, 0.1, 0.5))]
    elif place is Place.FACT:
        things = [SceneObject(name="cup", color=text, category=text, pose=Pose(1.1, 0.1, 0.5))]
    answer = text if place is Place.ANSWER else None
    robot = ArenaRobot(arena_scene(things), message=text if place is Place.RESULT else "", answer=answer)
    robot.episode = {"instruction": text, "message": text, "steps": [{"call": text, "result": text}]}
    return robot


def strings(data):
    if isinstance(data, str):
        yield data
    elif isinstance(data, dict):
        for key, value in data.items():
            yield key
            yield from strings(value)
    elif isinstance(data, list):
        for value in data:
            yield from strings(value)


async def everything(client, injection):
    """All that a client can hear of it."""
    said = injection.text[:1900] if injection.place is Place.INSTRUCTION else INSTRUCTION
    told = []

    async def hear(progress, total, message):
        told.append(message)

    for name, arguments in (
        ("scene", {}),
        ("pick", {"object": "red cube"}),
        ("cut", {"object": "red cube"}),
        ("instruct", {"instruction": said}),
        ("pick", {"object": injection.text}),
        (injection.as_name[:30], {}),
    ):
        try:
            result = await client.call_tool(name, arguments, progress_callback=hear)
        except MCPError as error:
            told.append(str(error))
            continue
        told += [*strings(result.structured_content)]
        told += [line for block in result.content for line in block.text.split("\n")]
    for name in SCENERY:
        content = (await client.read_resource(f"agent-planner://{name}")).contents[0].text
        told += content.split("\n")
    return told


@pytest.mark.parametrize("place", list(Place), ids=lambda place: place.name.lower())
def test_foreign_text_does_nothing_and_goes_out_plain(place):
    async def main():
        for injection in (i for i in ALL if i.place is place):
            robot = robot_with(injection)
            async with connected(robot) as client:
                before = await client.list_tools()
                told = await everything(client, injection)
                assert await client.list_tools(cache_mode="bypass") == before
            assert robot.policy == arena_policy()
            assert [str(call) for call, scene in robot.robot.reached if misdeed(call, scene)] == [], injection
            assert [text for text in told if FORBIDDEN.search(text)] == [], injection

    anyio.run(main)


def test_a_hostile_client_gets_no_further_than_a_hostile_model():
    """What the model would say, said by the client: as the text of a call it is no call, and its parts are refused."""
    robot = ArenaRobot()

    async def main():
        async with connected(robot) as client:
            for text in (text for texts in ATTACKS.values() for text in texts):
                name, _, rest = text.partition("(")
                for arguments in ({}, {"target": "stove"}, {"object": "red cube"}, {"opening": 5}, {rest: 1}):
                    with suppress(MCPError):  # an unknown tool
                        await client.call_tool(name, arguments)
                for parameter in ("target", "object"):
                    await client.call_tool("navigate_to" if parameter == "target" else "pick", {parameter: text})

    anyio.run(main)
    assert [str(call) for call, scene in robot.robot.reached if misdeed(call, scene)] == []
    assert {call.skill for call, _ in robot.robot.reached} <= {"pick"}
