# SPDX-License-Identifier: Apache-2.0
"""`agent-planner mcp` as a process, over stdio and HTTP, with the package's own client and a still robot."""

import json
import os
import re
import signal
import subprocess
import sys
from contextlib import asynccontextmanager, suppress

import anyio
import pytest
from anyio import to_thread

from agent_planner.cli import mcp as command
from agent_planner.errors import UserError
from tests.cli.still_robot import output
from tests.processes import COMMAND, SECONDS, Process
from tests.waits import until

pytest.importorskip("rclpy")
pytest.importorskip("mcp")

import httpx2
from mcp import Client, StdioServerParameters
from mcp.client.stdio import stdio_client
from mcp.client.streamable_http import streamable_http_client

pytestmark = pytest.mark.ros

MCP = ("mcp", "--wait", "60")
TO_SHELF = {"target": "shelf"}


def run(work):
    async def main():
        with anyio.fail_after(SECONDS):
            return await work()

    return anyio.run(main)


@pytest.fixture
def over_stdio(stack, tmp_path):
    """A client that has started the server."""

    @asynccontextmanager
    async def connected():
        command = StdioServerParameters(command=sys.executable, args=[*COMMAND[1:], *MCP], env=dict(os.environ))
        with (tmp_path / "stderr").open("w") as log:
            async with Client(stdio_client(command, errlog=log)) as client:
                yield client

    return connected


@pytest.fixture
def server(stack, tmp_path):
    """The server over HTTP."""
    process = Process(tmp_path / "mcp.log", *MCP, "--http", "--port", "0")
    try:
        process.until("token: ")
        yield process
    finally:
        process.end(signal.SIGTERM)


def door(process):
    said = process.log.read_text()
    return re.search(r"http://127\.0\.0\.1:\d+/mcp", said)[0], re.search(r"^token: (\S+)$", said, re.MULTILINE)[1]


@asynccontextmanager
async def over_http(process, mode="auto"):
    url, token = door(process)
    async with (
        httpx2.AsyncClient(headers={"Authorization": f"Bearer {token}"}, timeout=SECONDS) as http,
        Client(streamable_http_client(url, http_client=http), mode=mode) as client,
    ):
        yield client


async def begun(client, tasks, hanging, *call):
    """Begin a call and wait until the robot is in the middle of it."""
    tasks.start_soon(client.call_tool, *(call or ("navigate_to", TO_SHELF)))
    assert await to_thread.run_sync(hanging.running.wait, SECONDS)


def test_a_client_on_stdio_drives_the_robot(over_stdio, robot):
    told = []

    async def hear(progress, total, message):
        told.append(message)

    async def work():
        async with over_stdio() as client:
            tools = [tool.name for tool in (await client.list_tools()).tools]
            drove = await client.call_tool("navigate_to", TO_SHELF, progress_callback=hear)
            refused = await client.call_tool("pick", {"object": "moon"})
            did = await client.call_tool("instruct", {"instruction": "pick up the red cube"}, progress_callback=hear)
            episode = await client.read_resource("agent-planner://episodes/newest")
            scene = await client.call_tool("scene", {})
            return tools, drove, refused, did, json.loads(episode.contents[0].text), scene

    tools, drove, refused, did, episode, scene = run(work)
    assert {"instruct", "stop", "reset", "scene", "navigate_to", "pick"} <= set(tools)
    assert drove.structured_content["outcome"] == "succeeded" and "shelf: surface, here" in drove.content[0].text
    assert refused.is_error and "UNKNOWN_ENTITY" in refused.structured_content["message"]
    data = did.structured_content
    assert (data["outcome"], data["goal"], data["steps"][-1]) == (
        "succeeded", "holding(red cube)", 'pick(object="red cube")',
    )  # fmt: skip
    assert any("holding(red cube)" in message for message in told)
    assert any('executing navigate_to(target="shelf")' in message for message in told)
    assert (episode["id"], episode["outcome"]) == (data["episode_id"], "succeeded")
    assert "robot: at shelf, holding red cube" in scene.content[0].text
    assert [call.skill for call in robot.done][0] == "navigate_to"


def test_a_stop_is_confirmed_by_the_supervisor_and_reset(over_stdio, hanging):
    async def work():
        async with over_stdio() as client, anyio.create_task_group() as tasks:
            await begun(client, tasks, hanging)
            stopped = await client.call_tool("stop", {"reason": "a child"})
            refused = await client.call_tool("navigate_to", TO_SHELF)
            reset = await client.call_tool("reset", {})
            return stopped, refused, reset

    stopped, refused, reset = run(work)
    assert hanging.ended == ["canceled"]
    parts = stopped.structured_content["parts"]
    assert parts["navigate_to"] == parts["execute_call"] == "confirmed, nothing runs"
    # Nobody measures whether this robot is at rest, and that is said.
    assert stopped.is_error and "not known whether at rest" in parts["base"]
    assert refused.is_error and re.search("mcp [0-9a-f]+: a child", refused.structured_content["message"])
    assert reset.structured_content["reset"], reset


def test_another_terminals_stop_is_not_reset(over_stdio):
    assert output("stop", "--rest", "1", "--wait", "60").returncode == 1

    async def work():
        async with over_stdio() as client:
            return await client.call_tool("reset", {})

    reset = run(work)
    assert output("reset", "--wait", "60").returncode == 0
    assert reset.is_error and "somebody else stopped it" in reset.structured_content["message"]


@pytest.fixture
def bare(stack, tmp_path):
    """The server on stdio, without a client."""
    log = tmp_path / "stderr"
    with log.open("w") as out:
        server = subprocess.Popen(
            [*COMMAND, *MCP], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=out, text=True
        )
    until(lambda: "serving on stdio" in log.read_text(), server, SECONDS, log.read_text)
    yield server
    server.kill()
    server.communicate()


def say(server, *messages):
    for message in messages:
        server.stdin.write(json.dumps({"jsonrpc": "2.0"} | message) + "\n")
    server.stdin.flush()


HELLO = {
    "id": 1,
    "method": "initialize",
    "params": {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "test", "version": "1"}},
}
GO = {"id": 2, "method": "tools/call", "params": {"name": "navigate_to", "arguments": TO_SHELF}}


def test_a_client_that_leaves_stops_what_it_began(bare, hanging):
    say(bare, HELLO, {"method": "notifications/initialized"}, GO)
    assert hanging.running.wait(SECONDS)
    said, _ = bare.communicate(timeout=SECONDS)
    assert (bare.returncode, hanging.ended) == (0, ["canceled"])
    # Nothing but the protocol on stdout.
    assert all(json.loads(line)["jsonrpc"] == "2.0" for line in said.splitlines())


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
def test_a_signal_ends_the_server_on_stdio_and_what_it_runs(bare, hanging, number, code):
    say(bare, HELLO, {"method": "notifications/initialized"}, GO)
    assert hanging.running.wait(SECONDS)
    bare.send_signal(number)
    assert bare.wait(SECONDS) == code
    assert hanging.ended == ["canceled"]


@pytest.mark.parametrize("mode", ["auto", "legacy"])
def test_a_client_on_http_drives_the_robot(server, robot, mode):
    async def work():
        async with over_http(server, mode) as client:
            return await client.call_tool("navigate_to", TO_SHELF)

    assert run(work).structured_content["outcome"] == "succeeded"


@pytest.mark.parametrize("mode", ["auto", "legacy"])
def test_a_cancel_over_http_stops_the_robot(server, hanging, mode):
    async def work():
        async with over_http(server, mode) as client:
            async with anyio.create_task_group() as tasks:
                await begun(client, tasks, hanging)
                tasks.cancel_scope.cancel()
            with anyio.fail_after(SECONDS):
                while not hanging.ended:
                    await anyio.sleep(0.02)
            return await client.call_tool("scene", {})

    assert not run(work).is_error
    assert hanging.ended == ["canceled"]


def test_the_door_is_shut_to_others(server):
    url, token = door(server)
    body = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}

    def ask(**headers):
        accept = {"Accept": "application/json, text/event-stream"}
        return httpx2.post(url, json=body, headers=accept | headers, timeout=SECONDS).status_code

    right = {"Authorization": f"Bearer {token}"}
    assert (ask(), ask(Authorization="Bearer wrong")) == (401, 401)
    assert ask(**right, Origin="http://evil.example") == 403
    assert ask(**right, Host="evil.example") == 421
    assert server.log.read_text().count(token) == 1


def test_a_signal_ends_the_server_on_http_and_what_it_runs(server, hanging):
    async def work():
        async with over_http(server) as client:
            with suppress(ExceptionGroup):  # the call ends in an error
                async with anyio.create_task_group() as tasks:
                    await begun(client, tasks, hanging)
                    tasks.start_soon(to_thread.run_sync, server.end, signal.SIGTERM)
            return await to_thread.run_sync(server.end, signal.SIGTERM)

    assert run(work) == 143
    assert hanging.ended == ["canceled"]


def test_the_token_of_a_file_is_not_printed(stack, tmp_path):
    file = tmp_path / "token"
    file.write_text("a-token-of-the-test-alone\n")
    file.chmod(0o600)
    process = Process(tmp_path / "mcp.log", *MCP, "--http", "--port", "0", "--token-file", str(file))
    said = process.until("serving on http://127.0.0.1:")
    assert process.end(signal.SIGTERM) == 143
    assert "token" not in said


def test_a_token_and_a_port_need_http():
    done = output("mcp", "--token-file", "token")
    assert done.returncode == 2 and "--token-file goes with --http" in done.stderr
    done = output("mcp", "--port", "8765")
    assert done.returncode == 2 and "--port 8765 goes with --http" in done.stderr


def test_without_a_planner_that_is_told(state):
    done = output("mcp", "--domain", "101", "--wait", "1")
    assert (done.returncode, done.stdout) == (1, "")
    assert "execute_instruction" in done.stderr and "Traceback" not in done.stderr


def test_the_command_line_loads_nothing_of_it():
    heavy = "{'mcp', 'anyio', 'uvicorn', 'starlette'}"
    code = f"import sys, agent_planner.cli.main; print({heavy} & set(sys.modules) or 'nothing')"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=SECONDS, check=True)
    assert done.stdout.strip() == "nothing"


def test_without_the_package_that_is_told(monkeypatch):
    monkeypatch.setattr("agent_planner.cli.mcp.find_spec", lambda name: None)
    with pytest.raises(UserError, match=r"mcp is not installed: run `pip install '\.\[mcp\]'` in the checkout"):
        command.mcp()
