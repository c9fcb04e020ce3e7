# SPDX-License-Identifier: Apache-2.0
"""The door of the HTTP server, on a real socket."""

import threading
from contextlib import contextmanager

import anyio
import httpx
import pytest
import uvicorn
from mcp.types import CLIENT_CAPABILITIES_META_KEY, PROTOCOL_VERSION_META_KEY

from agent_planner.access import LOOPBACK, listening
from agent_planner.mcp.http import PATH, http_app
from agent_planner.mcp.server import mcp_server
from tests.mcp.arena_robot import ArenaRobot
from tests.waits import SECONDS, eventually

TOKEN = "a-token-of-the-test-alone"
LIST = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}
OLD, NEW = "2025-06-18", "2026-07-28"
HELLO = {
    "jsonrpc": "2.0",
    "id": 1,
    "method": "initialize",
    "params": {"protocolVersion": OLD, "capabilities": {}, "clientInfo": {"name": "test", "version": "1"}},
}
PICK = {"name": "pick", "arguments": {"object": "red cube"}}
HEADERS = {"Accept": "application/json, text/event-stream", "Authorization": f"Bearer {TOKEN}"}


@pytest.fixture(scope="module")
def port():
    with listening(0) as socket, serving(socket) as port:
        yield port


@contextmanager
def serving(socket, robot=None):
    port = socket.getsockname()[1]
    app = http_app(mcp_server(robot or ArenaRobot()), port, TOKEN)
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", access_log=False, timeout_graceful_shutdown=1))
    thread = threading.Thread(target=lambda: anyio.run(server.serve, [socket]))
    thread.start()
    try:
        assert eventually(lambda: server.started)
        yield port
    finally:
        server.should_exit = True
        thread.join(20)


def ask(port, body=HELLO, method="POST", path=PATH, **headers):
    wanted = {name: value for name, value in (HEADERS | headers).items() if value is not None}
    return httpx.request(method, f"http://{LOOPBACK}:{port}{path}", json=body, headers=wanted, timeout=20)


def test_with_the_token_it_answers(port):
    answer = ask(port)
    assert answer.status_code == 200 and "agent-planner" in answer.text


@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
@pytest.mark.parametrize("path", [PATH, "/", "/docs", "/.well-known/oauth-protected-resource"])
@pytest.mark.parametrize(
    "given",
    [None, "", "Bearer", "Bearer wrong", f"Bearer {TOKEN}x", f"Basic {TOKEN}", TOKEN, f"bearer  {TOKEN}"],
)
def test_without_the_token_nothing_answers(port, method, path, given):
    answer = ask(port, LIST, method, path, Authorization=given)
    assert answer.status_code == 401 and answer.headers["WWW-Authenticate"] == "Bearer"


def test_the_token_in_the_address_does_not_help(port):
    assert ask(port, path=f"{PATH}?token={TOKEN}", Authorization=None).status_code == 401


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "https://127.0.0.1", "http://127.0.0.1:1"])
def test_pages_of_other_origins_are_refused(port, origin):
    assert ask(port, Origin=origin).status_code == 403


@pytest.mark.parametrize("host", ["evil.example", "evil.example:80", "127.0.0.1:1", "127.0.0.1.evil.example"])
def test_other_names_for_this_machine_are_refused(port, host):
    assert ask(port, Host=host).status_code == 421


def test_our_own_origin_is_let_in(port):
    assert ask(port, Origin=f"http://{LOOPBACK}:{port}").status_code == 200


@contextmanager
def calling(port, version):
    """A client that has called `pick`, and is answered as a stream."""
    if version == OLD:
        more = {"Mcp-Session-Id": ask(port).headers["Mcp-Session-Id"]}
        ask(port, {"jsonrpc": "2.0", "method": "notifications/initialized"}, **more)
    else:
        more = {"Mcp-Method": "tools/call", "Mcp-Name": "pick"}
    headers = HEADERS | more | {"MCP-Protocol-Version": version}
    meta = {PROTOCOL_VERSION_META_KEY: version, CLIENT_CAPABILITIES_META_KEY: {}, "progressToken": "one"}
    call = {"jsonrpc": "2.0", "id": 2, "method": "tools/call", "params": PICK | {"_meta": meta}}
    with httpx.stream("POST", f"http://{LOOPBACK}:{port}{PATH}", json=call, headers=headers, timeout=20) as answer:
        yield answer


@pytest.mark.parametrize("version", [OLD, NEW])
def test_a_client_whose_connection_closes_leaves_nothing_running(version):
    robot = ArenaRobot()
    robot.hanging = True
    with listening(0) as socket, serving(socket, robot) as port:
        with calling(port, version):
            assert robot.begun.wait(SECONDS) and not robot.at_rest.is_set()
        # Before the robot itself gives up waiting for a cancel.
        assert robot.at_rest.wait(SECONDS / 2)


@pytest.mark.parametrize("version", [OLD, NEW])
def test_a_client_that_stays_has_its_answer(port, version):
    with calling(port, version) as answer:
        assert "structuredContent" in answer.read().decode()
