# SPDX-License-Identifier: Apache-2.0
"""Follows what the robot does on a client's behalf: progress while it runs, rest before it lets go."""

import asyncio
import logging
import math
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import TYPE_CHECKING

import anyio
from anyio import to_thread
from anyio.abc import ObjectReceiveStream

from agent_planner.errors import InfrastructureError
from agent_planner.mcp.robot import OnFeedback, Sent
from agent_planner.mcp.texts import progress_text

if TYPE_CHECKING:
    from agent_planner.ros.client import InstructionResult

# The planner may be in the middle of a model's turn; then the skill has its time to come to rest.
_STOP_S = 30.0
_Report = Callable[[float, float | None, str | None], Awaitable[None]]
_log = logging.getLogger(__name__)


async def follow(report: _Report, send: Callable[[OnFeedback], Sent]) -> "InstructionResult":
    """Send, report progress, return the result.

    Cancelled, by the client's request or since it has gone, this ends what runs and returns once the robot is at rest.

    Raises:
        InfrastructureError: the planner gave no result; what it had begun is cancelled.
    """
    loop = asyncio.get_running_loop()
    outbox, inbox = anyio.create_memory_object_stream[str](math.inf)

    def put(text: str) -> None:
        with suppress(anyio.BrokenResourceError, anyio.ClosedResourceError):
            outbox.send_nowait(text)

    result: InstructionResult | InfrastructureError
    async with outbox, inbox, anyio.create_task_group() as telling:
        telling.start_soon(_tell, report, inbox)
        # It is sent within this very step: no cancel can come between.
        sent = send(lambda feedback: _soon(loop, put, progress_text(feedback)))
        try:
            result = await to_thread.run_sync(sent.result, math.inf, abandon_on_cancel=True)
        except InfrastructureError as error:
            result = error
            await _end(sent)
        except BaseException:
            await _end(sent)
            raise
        # What was told before the end still goes out.
        outbox.close()
    if isinstance(result, InfrastructureError):
        raise result
    return result


def _soon(loop: asyncio.AbstractEventLoop, put: Callable[[str], None], text: str) -> None:
    """Called in a thread of ROS, perhaps after the loop's end."""
    with suppress(RuntimeError):
        loop.call_soon_threadsafe(put, text)


async def _tell(report: _Report, inbox: ObjectReceiveStream[str]) -> None:
    number = 0
    async for text in inbox:
        number += 1
        await report(number, None, text)


async def _end(sent: Sent) -> None:
    with anyio.CancelScope(shield=True):
        try:
            await to_thread.run_sync(sent.cancel, _STOP_S)
        except InfrastructureError as error:
            _log.error("%s", error)
