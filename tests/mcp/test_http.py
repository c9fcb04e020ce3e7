# SPDX-License-Identifier: Apache-2.0
"""The door of the HTTP server, on a real socket."""

import threading
from contextlib import contextmanager

import anyio
import httpx
import pytest
import uvicorn

from agent_planner.access import LOOPBACK, listening
from agent_planner.mcp.http import PATH, http_app
from agent_planner.mcp.server import mcp_server
from tests.mcp.arena_robot import ArenaRobot
from tests.waits import eventually

TOKEN = "a-token-of-the-test-alone"
LIST = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}
HELLO = {
    "jsonrpc": "2.0",
    "id": 1,
    "method": "initialize",
    "params": {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "test", "version": "1"}},
}
HEADERS = {"Accept": "application/json, text/event-stream", "Authorization": f"Bearer {TOKEN}"}


@pytest.fixture(scope="module")
def port():
    with listening(0) as socket, serving(socket) as port:
        yield port


@contextmanager
def serving(socket):
    port = socket.getsockname()[1]
    app = http_app(mcp_server(ArenaRobot()), port, TOKEN)
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", access_log=False, timeout_graceful_shutdown=1))
    thread = threading.Thread(target=lambda: anyio.run(server.serve, [socket]))
    thread.start()
    assert eventually(lambda: server.started)
    yield port
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
