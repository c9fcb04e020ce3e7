# SPDX-License-Identifier: Apache-2.0
"""The server on stdin and stdout, for a client that starts it."""

import os
import signal
import socket
import sys
import threading
from contextlib import suppress

import anyio
from anyio.abc import TaskStatus
from mcp.server import Server
from mcp.server.stdio import stdio_server

_CHUNK = 65536


async def serve_stdio(server: Server) -> int | None:
    """Serve until the client closes stdin, or a signal comes; returns the signal's number.

    Either way what runs is cancelled, and the robot is at rest before this returns.
    """
    ours, theirs = socket.socketpair()
    threading.Thread(target=_pump, args=(sys.stdin.fileno(), theirs), name="stdin", daemon=True).start()
    came: list[int] = []
    with ours, theirs, ours.makefile("r", encoding="utf-8", errors="replace") as lines:
        async with anyio.create_task_group() as tasks:
            await tasks.start(_end_on_signal, theirs, came)
            async with stdio_server(stdin=anyio.wrap_file(lines)) as (read, write):
                await server.run(read, write, server.create_initialization_options())
            tasks.cancel_scope.cancel()
    return came[0] if came else None


async def _end_on_signal(line: socket.socket, came: list[int], *, task_status: TaskStatus[None]) -> None:
    with anyio.open_signal_receiver(signal.SIGINT, signal.SIGTERM, signal.SIGHUP) as signals:
        task_status.started()
        async for number in signals:
            came.append(number)
            # As if the client had closed stdin: a thread that reads stdin itself could not be woken.
            _close(line)


def _pump(source: int, line: socket.socket) -> None:
    with suppress(OSError):  # either side was closed
        while chunk := os.read(source, _CHUNK):
            line.sendall(chunk)
    _close(line)


def _close(line: socket.socket) -> None:
    with suppress(OSError):  # it was closed before
        line.shutdown(socket.SHUT_WR)
