# SPDX-License-Identifier: Apache-2.0
"""One open page: its commands go to the robot, what the hub tells goes to it."""

import asyncio
import json
import time
from concurrent.futures import Future
from contextlib import suppress
from typing import Any

from fastapi import WebSocket
from starlette.websockets import WebSocketDisconnect

from agent_planner.console.backlog import Backlog
from agent_planner.console.commands import (
    BadCommand,
    Command,
    Drive,
    Gripper,
    Instruct,
    Jog,
    Plain,
    Reply,
    SetLevel,
    read_command,
)
from agent_planner.console.hub import Hub
from agent_planner.console.steering import Steering
from agent_planner.errors import InfrastructureError
from agent_planner.ros.console_values import Answer

# Codes with which a connection is closed.
REPLAYED, SIGNED_OUT, TOO_SLOW = 4400, 4401, 4408
_SEND_S, _CLOSE_S = 5.0, 1.0
# Services answer sooner; an instruction is accepted or refused by then.
_ANSWER_S = 15.0


class _Replayed(Exception):
    """A command came that was no newer than the last one; carries the reply."""


class PageLink:
    """A WebSocket that was accepted.

    Args:
        socket: the WebSocket.
        hub: is entered while it is served.
        cookie: of its session.
    """

    def __init__(self, socket: WebSocket, hub: Hub, cookie: str):
        self._socket = socket
        self._hub = hub
        self._robot = hub.robot
        self.cookie = cookie
        self.beaten = float("-inf")
        self._steering = Steering(hub.robot)
        self._last = -1
        self._outbox = Backlog()
        self._news = asyncio.Event()
        self._signed_out = False
        self._waiting: set[asyncio.Task[None]] = set()

    async def serve(self) -> None:
        """Until it is closed by either side; what its stick moves then stands still."""
        self._hub.enter(self)
        work = {asyncio.create_task(self._listen()), asyncio.create_task(self._speak())}
        try:
            done, _ = await asyncio.wait(work, return_when=asyncio.FIRST_COMPLETED)
        finally:
            self._steering.release()
            self._hub.leave(self)
            for task in (*work, *self._waiting):
                task.cancel()
        code = next((task.result() for task in done), None)
        if code is not None:
            await self._close(code)

    def tell(self, topic: str, data: Any) -> None:
        """Put it among what is to be sent."""
        self._outbox.put(topic, data)
        self._news.set()

    def end(self) -> None:
        """Its session is over."""
        self._signed_out = True
        self._news.set()

    async def _close(self, code: int) -> None:
        # It may take nothing any more, or have gone; the server shuts the connection when we return.
        with suppress(TimeoutError, RuntimeError, WebSocketDisconnect):
            async with asyncio.timeout(_CLOSE_S):
                await self._socket.close(code)

    # --- to the page

    async def _speak(self) -> int | None:
        """Send what there is; returns why no more is sent."""
        while True:
            await self._news.wait()
            self._news.clear()
            if self._signed_out:
                return SIGNED_OUT
            if self._outbox.full:
                return TOO_SLOW
            for topic, data in self._outbox.take():
                try:
                    await self._send(data if topic == "reply" else {"topic": topic, "data": data})
                except TimeoutError:
                    return TOO_SLOW
                except WebSocketDisconnect:
                    return None

    async def _send(self, message: dict[str, Any]) -> None:
        async with asyncio.timeout(_SEND_S):
            await self._socket.send_text(json.dumps(message, ensure_ascii=False))

    def _reply(self, number: Any, answer: Answer) -> None:
        self.tell("reply", _reply_data(number, answer))

    # --- from the page

    async def _listen(self) -> int | None:
        """Take commands, each at once; returns why no more are taken."""
        while True:
            message = await self._socket.receive()
            if message["type"] == "websocket.disconnect":
                return None
            try:
                self._take(message.get("text"))
            except _Replayed as replayed:
                with suppress(TimeoutError, WebSocketDisconnect):
                    await self._send(replayed.args[0])
                return REPLAYED

    def _take(self, text: str | None) -> None:
        """One message; raises _Replayed."""
        try:
            data = json.loads(text or "")
        except (ValueError, RecursionError):
            data = None
        fields = data if isinstance(data, dict) else {}
        stopped = None
        if fields.get("do") == "stop":
            # Whatever else is wrong with it.
            stopped = self._robot.stop(str(fields.get("reason", "")))
        number = fields.get("n")
        if isinstance(number, int) and number <= self._last:
            why = f"replayed: n must be greater than {self._last}"
            raise _Replayed(_reply_data(number, stopped or Answer(False, why)))
        try:
            command = read_command(data)
        except BadCommand as error:
            self._reply(number, stopped or Answer(False, str(error)))
            return
        self._last = command.n
        if stopped is not None:
            self._reply(command.n, stopped)
        else:
            self._do(command)

    def _do(self, command: Command) -> None:
        match command:
            case Drive(linear=linear, angular=angular):
                self._steering.drive(linear, angular)
            case Jog(linear=linear, angular=angular):
                self._steering.jog(linear, angular)
            case Gripper(opening=opening):
                self._reply(command.n, self._robot.gripper(opening))
            case Plain(do="beat"):
                self.beaten = time.monotonic()
                self._reply(command.n, Answer(True))
            case _:
                self._later(command.n, self._asked(command))

    def _asked(self, command: Command) -> Future[Answer]:
        match command:
            case Instruct(instruction=instruction, autonomy=autonomy):
                return self._robot.instruct(instruction, autonomy)
            case Reply(id=question, answer=answer):
                return self._robot.answer(question, answer)
            case SetLevel(level=level):
                return self._robot.set_autonomy(level)
            case Plain(do="cancel"):
                return self._robot.cancel()
            case Plain(do="take_over"):
                return self._robot.take_over()
            case Plain(do="give_back"):
                return self._robot.give_back()
            case Plain(do="reset"):
                return self._robot.reset()
        raise AssertionError(command)

    def _later(self, number: int, future: Future[Answer]) -> None:
        task = asyncio.create_task(self._answered(number, future))
        self._waiting.add(task)
        task.add_done_callback(self._waiting.discard)

    async def _answered(self, number: int, future: Future[Answer]) -> None:
        try:
            async with asyncio.timeout(_ANSWER_S):
                # What comes too late finds its future as it was.
                answer = await asyncio.shield(asyncio.wrap_future(future))
        except TimeoutError:
            answer = Answer(False, f"no answer within {_ANSWER_S:g} s; it may have been carried out all the same")
        except InfrastructureError as error:
            answer = Answer(False, str(error))
        self._reply(number, answer)


def _reply_data(number: Any, answer: Answer) -> dict[str, Any]:
    return {"reply": number, "ok": answer.ok, "message": answer.message}
