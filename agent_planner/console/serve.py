# SPDX-License-Identifier: Apache-2.0
"""Serves the console in a thread, so that the program's own keeps the signals."""

import asyncio
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import uvicorn

from agent_planner.access import LOOPBACK
from agent_planner.console.guard import Names
from agent_planner.errors import InfrastructureError

# For answers on their way; pages that are open are then cut off.
_GRACE_S = 1
_JOIN_S = 10.0
_LONGEST_MESSAGE = 64 * 1024


def names_of(host: str, port: int) -> Names:
    """How the server may be called that listens on that host."""
    loopback = {LOOPBACK, "localhost"}
    if host in loopback:
        return Names(frozenset(loopback), port)
    name = socket.gethostname().lower()
    here = {host.lower(), name, name.partition(".")[0], f"{name.partition('.')[0]}.local", socket.getfqdn().lower()}
    return Names(frozenset(loopback | here), port, by_address=True)


@contextmanager
def served(app: Callable, listens: socket.socket) -> Iterator[Callable[[], None]]:
    """Serve for as long as the context lasts; yields what raises InfrastructureError once it is not served any more."""
    config = uvicorn.Config(
        app,
        log_level="warning",
        access_log=False,
        ws_max_size=_LONGEST_MESSAGE,
        timeout_graceful_shutdown=_GRACE_S,
        proxy_headers=False,
        server_header=False,
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=lambda: asyncio.run(server.serve([listens])), name="console")
    thread.start()

    def check() -> None:
        if not thread.is_alive():
            raise InfrastructureError("the console's server has ended; what it said is above")

    try:
        yield check
    finally:
        server.should_exit = True
        thread.join(_JOIN_S)
