# SPDX-License-Identifier: Apache-2.0
"""The camera's pictures for one page: each is asked for, so that never more than one is under way."""

import asyncio
from collections.abc import Callable

from fastapi import WebSocket
from starlette.websockets import WebSocketDisconnect

from agent_planner.console.hub import Hub

NEXT, NONE = "next", "none"
# After so long without a newer one the page is told that there is none, seconds.
_WAIT_S = 2.0


async def serve_camera(socket: WebSocket, hub: Hub, signed_in: Callable[[], bool]) -> None:
    """As long as the page asks and is ``signed_in``; raises WebSocketDisconnect when it closes the connection."""
    seen = hub.pictures
    async with hub.looking():
        while await _asks(socket) and signed_in():
            try:
                async with asyncio.timeout(_WAIT_S):
                    await hub.picture_after(seen)
            except TimeoutError:
                await socket.send_text(NONE)
                continue
            picture = await asyncio.to_thread(hub.robot.picture)
            if picture is None:
                await socket.send_text(NONE)
                seen = hub.pictures
            else:
                await socket.send_bytes(picture.jpeg)
                seen = picture.number
    await socket.close(1008, f"sign in, and say '{NEXT}' for a picture")


async def _asks(socket: WebSocket) -> bool:
    message = await socket.receive()
    if message["type"] == "websocket.disconnect":
        raise WebSocketDisconnect(message.get("code", 1000))
    return message.get("text") == NEXT
