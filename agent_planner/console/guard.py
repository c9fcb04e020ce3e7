# SPDX-License-Identifier: Apache-2.0
"""What every request must bring, and every answer says: names, origin, size, and what browsers may do with the page."""

from dataclasses import dataclass
from typing import Any

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

# Longest body of a request, bytes.
_LONGEST = 64 * 1024
_READS = ("GET", "HEAD")
_POLICY = (
    "default-src 'self'; img-src 'self' blob: data:; connect-src 'self' {sockets}; object-src 'none'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


@dataclass(frozen=True)
class Names:
    """How this server may be called.

    Attributes:
        names: without port.
        port: that it listens on.
        by_address: whether the address that a client reached it by is one, too. (A name that another site's owner
            points at this machine is none: that is what the check is for.)
    """

    names: frozenset[str]
    port: int
    by_address: bool = False

    def admit(self, host: str, reached: Any) -> bool:
        """Whether a request for that host is for us; ``reached``: address and port of the connection's own end."""
        name, _, port = host.lower().rpartition(":")
        if not name:
            name, port = port, "80"
        own = {reached[0]} if self.by_address and reached else frozenset()
        return port == str(self.port) and (name in self.names or name in own)


class Guard:
    """Around the application; refuses 421 (another host), 403 (another origin), 411 and 413 (no or too much length).

    What is not only read, and every WebSocket, must come from a page of our own.
    """

    def __init__(self, app: ASGIApp, names: Names):
        self._app = app
        self._names = names

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """As ASGI has it."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        fault = self._fault(scope, headers)
        if scope["type"] == "websocket":
            if fault is None:
                await self._app(scope, receive, send)
            else:
                # Before it is accepted this is HTTP 403.
                await send({"type": "websocket.close", "code": 4403, "reason": fault[1]})
            return
        answered = _with_headers(send, headers.get("host", ""), "wss:" if scope["scheme"] == "https" else "ws:")
        if fault is None:
            await self._app(scope, receive, answered)
        else:
            await PlainTextResponse(f"{fault[1]}\n", status_code=fault[0])(scope, receive, answered)

    def _fault(self, scope: Scope, headers: Headers) -> tuple[int, str] | None:
        hosts = headers.getlist("host")
        if len(hosts) != 1 or not self._names.admit(hosts[0], scope.get("server")):
            return 421, "this server has another name; use the link that was printed when it was started"
        secure = scope["scheme"] in ("https", "wss")
        ours = f"http{'s' if secure else ''}://{hosts[0].lower()}"
        if scope.get("method") not in _READS and headers.getlist("origin") != [ours]:
            return 403, f"only pages of {ours} may do that"
        if "transfer-encoding" in headers:
            return 411, "say the body's length"
        length = headers.get("content-length", "0")
        if not length.isdecimal() or int(length) > _LONGEST:
            return 413, f"a body has at most {_LONGEST} bytes"
        return None


def _with_headers(send: Send, host: str, sockets: str) -> Send:
    async def answered(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            headers["Content-Security-Policy"] = _POLICY.format(sockets=f"{sockets}//{host}")
            headers["X-Content-Type-Options"] = "nosniff"
            headers["X-Frame-Options"] = "DENY"
            headers["Referrer-Policy"] = "no-referrer"
            headers["Cross-Origin-Opener-Policy"] = "same-origin"
            headers["Cross-Origin-Resource-Policy"] = "same-origin"
            # A page of an older version would speak to this server otherwise, and pictures would stay behind.
            headers["Cache-Control"] = "no-store"
        await send(message)

    return answered
