# SPDX-License-Identifier: Apache-2.0
"""A client of the package itself, in this process, on either generation of the protocol."""

from contextlib import asynccontextmanager

import anyio
import pytest

pytest.importorskip("mcp")

from mcp import Client

from agent_planner.mcp.server import mcp_server

SECONDS = 20.0


@pytest.fixture(params=["auto", "legacy"])
def talk(request):
    """Run an async function with a client of a robot."""

    def run(robot, work):
        async def main():
            with anyio.fail_after(SECONDS):
                async with connected(robot, request.param) as client:
                    return await work(client)

        return anyio.run(main)

    return run


@asynccontextmanager
async def connected(robot, mode="auto"):
    async with Client(mcp_server(robot), mode=mode) as client:
        yield client
