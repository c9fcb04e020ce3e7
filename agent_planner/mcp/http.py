# SPDX-License-Identifier: Apache-2.0
"""The server over streamable HTTP, on this machine alone and for those who know its token."""

import hmac
import socket

import anyio
import uvicorn
from mcp.server import Server
from mcp.server.transport_security import TransportSecuritySettings
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from agent_planner.access import LOOPBACK

PATH = "/mcp"
# For answers on their way; requests that still run are then cut off, which cancels them.
_GRACE_S = 1


def http_app(server: Server, port: int, token: str) -> ASGIApp:
    """The application; requests need the token, our own Host, and no Origin but ours."""
    hosts = [f"{name}:{port}" for name in (LOOPBACK, "localhost")]
    security = TransportSecuritySettings(allowed_hosts=hosts, allowed_origins=[f"http://{host}" for host in hosts])
    return _Guarded(server.streamable_http_app(streamable_http_path=PATH, transport_security=security), token)


async def serve_http(server: Server, listens: socket.socket, token: str) -> None:
    """Serve until a signal ends it. What runs then is cancelled, but not waited for: that is for the caller."""
    app = http_app(server, listens.getsockname()[1], token)
    config = uvicorn.Config(app, log_level="warning", access_log=False, timeout_graceful_shutdown=_GRACE_S)
    await uvicorn.Server(config).serve(sockets=[listens])


class _Guarded:
    """Nothing but the token opens it, whatever the path; what a request has begun ends with it.

    The latter by ``request.state.running``, a scope that is cancelled when the request is over: answered, or its client
    has gone. The library itself cancels only from the protocol of 2026 on; before, an answer could be fetched later,
    but none is kept here.
    """

    def __init__(self, app: ASGIApp, token: str):
        self._app = app
        self._expected = f"Bearer {token}".encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if self._admits(scope):
            running = Request(scope).state.running = anyio.CancelScope()
            try:
                await self._app(scope, receive, send)
            finally:
                running.cancel()
            return
        refusal = PlainTextResponse(
            "a bearer token is needed: it was printed when the server started\n",
            status_code=401,
            headers={"WWW-Authenticate": "Bearer"},
        )
        await refusal(scope, receive, send)

    def _admits(self, scope: Scope) -> bool:
        given = [value for name, value in scope.get("headers", ()) if name == b"authorization"]
        return scope["type"] == "http" and len(given) == 1 and hmac.compare_digest(given[0], self._expected)
