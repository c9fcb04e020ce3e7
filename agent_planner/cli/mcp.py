# SPDX-License-Identifier: Apache-2.0
"""`agent-planner mcp`: a running robot for clients of the Model Context Protocol."""

import signal
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from agent_planner.cli.options import Namespace, RunningDomain
from agent_planner.cli.signals import Terminated, deferred
from agent_planner.errors import UserError

if TYPE_CHECKING:
    from mcp.server import Server

_PORT = 8765
# As for `send`: a model's turn, and a skill that comes to rest.
_STOP_SECONDS = 30.0


def mcp(
    http: Annotated[bool, typer.Option("--http", help="streamable HTTP on this machine instead of stdio")] = False,
    port: Annotated[
        int | None, typer.Option(min=0, max=65535, help=f"with --http; 0 takes a free one; {_PORT} if left out")
    ] = None,
    token_file: Annotated[
        Path | None, typer.Option(help="with --http: a file that holds the token and that nobody else may read")
    ] = None,
    namespace: Namespace = "",
    domain: RunningDomain = None,
    wait: Annotated[float, typer.Option(help="seconds to wait for a planner")] = 10.0,
) -> None:
    """Offer a running robot to a client of the Model Context Protocol: its skills, instructions, scene and stop."""
    if find_spec("mcp") is None:
        raise UserError("the package mcp is not installed: run `pip install '.[mcp]'` in the checkout")
    if token_file is not None and not http:
        raise UserError("--token-file goes with --http: a client on stdio needs no token")
    if port is not None and not http:
        raise UserError(f"--port {port} goes with --http: a client on stdio has no port")
    from agent_planner.cli.ros_shell import enter_ros

    enter_ros()
    from agent_planner.cli.joined import join_domain, joined, told_where
    from agent_planner.mcp.server import mcp_server
    from agent_planner.ros.outside_robot import OutsideRobot

    join_domain(domain)
    with joined("agent_planner_mcp", namespace=namespace) as node:
        robot = OutsideRobot(node, "mcp")
        with told_where(node):
            robot.join(wait)
        server = mcp_server(robot)
        try:
            if http:
                _serve_http(server, _PORT if port is None else port, token_file)
            else:
                _serve_stdio(server)
        finally:
            # However it ended: a request that was cut off may not have waited for the robot.
            with deferred():
                robot.end_all(_STOP_SECONDS)


def _serve_stdio(server: "Server") -> None:
    import anyio

    from agent_planner.cli.joined import joined_place
    from agent_planner.mcp.stdio import serve_stdio

    # Stdout belongs to the protocol.
    _say(f"serving on stdio, {joined_place()}")
    number = anyio.run(serve_stdio, server)
    if number == signal.SIGINT:
        raise KeyboardInterrupt
    if number is not None:
        raise Terminated(number)


def _serve_http(server: "Server", port: int, token_file: Path | None) -> None:
    import anyio

    from agent_planner.access import LOOPBACK, listening, new_token, token_of
    from agent_planner.mcp.http import PATH, serve_http

    token = token_of(token_file) if token_file else new_token()
    with listening(port) as listens:
        _say(f"serving on http://{LOOPBACK}:{listens.getsockname()[1]}{PATH}")
        if not token_file:
            _say(f"token: {token}")
        anyio.run(serve_http, server, listens, token)


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
