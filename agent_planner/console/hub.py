# SPDX-License-Identifier: Apache-2.0
"""Between one robot and all pages: what it tells goes to each of them, and their signs of life to it."""

import asyncio
import logging
import threading
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any, Protocol

from agent_planner.console.backlog import Backlog
from agent_planner.console.robot import Robot

ALIVE_S = 0.3
# A page beats every 0.3 s; while one of them does, the operator's link lives.
BEAT_S, BEATEN_S = 0.2, 0.6
# Events that are kept for pages to come: so many that there is room for more in a page's backlog.
_EVENTS = 300
_log = logging.getLogger(__name__)


class Page(Protocol):
    """An open page."""

    @property
    def cookie(self) -> str:
        """That of its session."""
        ...

    @property
    def beaten(self) -> float:
        """When it last gave a sign of life; as `time.monotonic`."""
        ...

    def tell(self, topic: str, data: Any) -> None:
        """Put it among what is to be sent; returns at once."""
        ...

    def end(self) -> None:
        """Its session is over; returns at once."""
        ...


class Hub:
    """Everything but `tell` is for the thread of the loop.

    Args:
        robot: what it tells is kept, the newest of each topic and the events of one episode, for pages to come.
    """

    def __init__(self, robot: Robot):
        self.robot = robot
        self._pages: set[Page] = set()
        self._newest: dict[str, Any] = {}
        self._events: list[dict[str, Any]] = []
        self._lock = threading.Lock()
        self._inbox = Backlog()
        self._viewers = 0
        self._pictured = asyncio.Event()
        self.pictures = 0

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Listen to the robot for as long as the context lasts."""
        self._loop = asyncio.get_running_loop()
        self.robot.open(self.tell)
        tasks = [asyncio.create_task(_every(period, act)) for period, act in self._duties()]
        for task in tasks:
            task.add_done_callback(_complain)
        try:
            yield
        finally:
            self.robot.close()
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    def tell(self, topic: str, data: Any) -> None:
        """What the robot says; in any thread, also after the loop's end."""
        with self._lock:
            first = not self._inbox
            self._inbox.put(topic, data)
        if first:
            with suppress(RuntimeError):
                self._loop.call_soon_threadsafe(self._empty)

    def enter(self, page: Page) -> None:
        """A page came: it is told what there is."""
        self._pages.add(page)
        for topic, data in self._newest.items():
            page.tell(topic, data)
        for event in self._events:
            page.tell("event", event)

    def leave(self, page: Page) -> None:
        """It went."""
        self._pages.discard(page)

    def end_session(self, cookie: str) -> None:
        """Close the pages of a session."""
        for page in [page for page in self._pages if page.cookie == cookie]:
            page.end()

    # --- pictures

    @asynccontextmanager
    async def looking(self) -> AsyncIterator[None]:
        """Somebody looks at the camera's pictures for as long as the context lasts."""
        self._viewers += 1
        self.robot.look(True)
        try:
            yield
        finally:
            self._viewers -= 1
            if not self._viewers:
                self.robot.look(False)

    async def picture_after(self, number: int) -> None:
        """Wait for a picture with a greater number."""
        while self.pictures <= number:
            await self._pictured.wait()

    # --- parts

    def _duties(self) -> list[tuple[float, Callable[[], None]]]:
        return [(ALIVE_S, lambda: self._spread("alive", {"time": time.time()})), (BEAT_S, self._beat)]

    def _beat(self) -> None:
        now = time.monotonic()
        if any(now - page.beaten <= BEATEN_S for page in self._pages):
            self.robot.beat()

    def _empty(self) -> None:
        with self._lock:
            told, full = self._inbox.take(), self._inbox.full
            self._inbox.full = False
        if full:
            _log.warning("the console was held up, and some events are not shown; the episode's record has them")
        for topic, data in told:
            self._take(topic, data)

    def _take(self, topic: str, data: Any) -> None:
        if topic == "picture":
            self.pictures = data
            self._pictured.set()
            self._pictured = asyncio.Event()
            return
        if topic == "event":
            self._note(data)
        else:
            self._newest[topic] = data
        self._spread(topic, data)

    def _note(self, event: dict[str, Any]) -> None:
        last = self._events[-1] if self._events else event
        ids = {last["episode_id"], event["episode_id"]} - {""}  # the first events of one may not know it yet
        if last["kind"] == "ENDED" or len(ids) > 1:
            self._events = []
        self._events = [*self._events[1 - _EVENTS :], event]

    def _spread(self, topic: str, data: Any) -> None:
        for page in self._pages:
            page.tell(topic, data)


async def _every(seconds: float, act: Callable[[], None]) -> None:
    while True:
        act()
        await asyncio.sleep(seconds)


def _complain(task: asyncio.Task[None]) -> None:
    if not task.cancelled():
        _log.error("the console no longer gives signs of life", exc_info=task.exception())
