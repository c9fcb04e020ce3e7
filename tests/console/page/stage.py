# SPDX-License-Identifier: Apache-2.0
"""What the tests of the page share: a robot behind it, ways in, and a network that can be cut."""

import io
import shutil
from contextlib import contextmanager

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import expect, sync_playwright

from agent_planner.ros.console_values import Picture
from tests.console.arena_console import ArenaConsole

_SWITCHES = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
TOKEN = "a-token-of-the-test-alone"
DESKTOP = {"viewport": {"width": 1280, "height": 800}}
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
EPISODE = "20260101-000000-abcd"


@contextmanager
def chromium():
    """A browser. While it is open, an event loop runs in this thread."""
    path = shutil.which("chromium")
    if path is None:
        pytest.skip("chromium is not on the PATH")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=_SWITCHES)
        yield browser
        browser.close()


class PageRobot(ArenaConsole):
    """The arena; its camera is there once somebody takes a picture."""

    def open(self, tell):
        super().open(tell)
        self.about(camera=False)

    def about(self, **more):
        about = {"name": "arena", "skills": [], "levels": ["auto", "confirm", "plan_only", "teleop"]}
        self.tell("robot", about | {"drives": True, "arm": True, "max_linear": 0.5, "max_angular": 1.2} | more)

    def photograph(self, color=(200, 30, 30)):
        file = io.BytesIO()
        Image.fromarray(np.full((48, 64, 3), color, np.uint8)).save(file, "JPEG")
        self._picture = Picture(next(self._numbers), file.getvalue())
        self.tell("picture", self._picture.number)

    def event(self, kind, **more):
        self.tell("event", {"text": "", "thought": "", "call": "", "step": 1, "data": {}} | self._stamp(kind) | more)

    def _stamp(self, kind):
        return {"episode_id": EPISODE, "time": 1767225600.0, "kind": kind}

    def ask(self, kind="approve_call", text="cut it?", options=("yes", "no"), remaining_s=20.0):
        question = {"id": f"q-{kind}", "kind": kind, "text": text, "options": list(options), "remaining_s": remaining_s}
        self.tell("questions", [question])

    def of(self, kind):
        """What was asked for of one kind, without its name."""
        return [did[1:] for did in list(self.did) if did[0] == kind]


def sign_in(page):
    """Open the console by its link, and wait until it has heard of the robot."""
    page.goto(f"/#{TOKEN}")
    expect(page.locator("#connection")).to_have_text("connected")
    expect(page.get_by_role("button", name="auto")).to_have_attribute("aria-pressed", "true")


class Cut:
    """The page's WebSocket, which can be made to say and hear nothing more, as where a cable is pulled."""

    def __init__(self, page):
        self._silent = False
        page.route_web_socket("**/ws", self._between)

    def cut(self):
        self._silent = True

    def mend(self):
        self._silent = False

    def _between(self, page):
        server = page.connect_to_server()
        page.on_message(lambda message: None if self._silent else server.send(message))
        server.on_message(lambda message: None if self._silent else page.send(message))
