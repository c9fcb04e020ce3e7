# SPDX-License-Identifier: Apache-2.0
"""The console of the arena, with a client in this process."""

import time
from contextlib import contextmanager

import pytest

pytest.importorskip("fastapi")

from starlette.testclient import TestClient

from agent_planner.console.app import console_app
from agent_planner.console.guard import Names
from tests.console.arena_console import SECONDS, ArenaConsole

TOKEN = "a-token-of-the-test-alone"
HOST = "127.0.0.1:8770"
ORIGIN = f"http://{HOST}"
OURS = {"Origin": ORIGIN}


@pytest.fixture
def robot(tmp_path):
    return ArenaConsole(tmp_path / "runs")


@pytest.fixture
def page(tmp_path):
    """A folder with the files of a page."""
    folder = tmp_path / "page"
    folder.mkdir()
    (folder / "index.html").write_text("<!doctype html><title>console</title>")
    (folder / "console.js").write_text("'use strict';")
    return folder


@pytest.fixture
def client(robot, page):
    """A browser that has not signed in."""
    app = console_app(robot, TOKEN, Names(frozenset({"127.0.0.1", "localhost"}), 8770), page=page)
    with TestClient(app, base_url=ORIGIN) as client:
        yield client


def sign_in(client, token=TOKEN, **headers):
    nonce = client.get("/session/nonce").json()["nonce"]
    return client.post("/session", json={"token": token, "nonce": nonce}, headers=OURS | headers)


@pytest.fixture
def signed_in(client):
    """A browser that has."""
    assert sign_in(client).status_code == 204
    return client


class Page:
    """An open page: what it says and hears. It always hears something, three times a second."""

    def __init__(self, socket):
        self.socket = socket
        self.heard = []
        self._number = 0

    def say(self, do, **fields):
        self._number += 1
        self.socket.send_json({"do": do, "n": self._number} | fields)
        return self._number

    def ask(self, do, **fields):
        """Say it, and return the reply."""
        return self.reply(self.say(do, **fields))

    def reply(self, number):
        return self.until(lambda message: "reply" in message and message["reply"] == number)

    def until(self, fits):
        """Listen until a message comes that fits."""
        end = time.monotonic() + SECONDS
        while time.monotonic() < end:
            message = self.socket.receive_json()
            self.heard.append(message)
            if fits(message):
                return message
        raise AssertionError(f"it did not come; last: {self.heard[-5:]}")

    def next(self, topic, fits=lambda data: True):
        return self.until(lambda message: message.get("topic") == topic and fits(message["data"]))["data"]

    def told(self, topic, fits=lambda data: True):
        """The newest of the topic, once it fits."""
        newest = [message["data"] for message in self.heard if message.get("topic") == topic][-1:]
        return newest[0] if newest and fits(newest[0]) else self.next(topic, fits)


@contextmanager
def opened(client, path="/ws", **headers):
    with client.websocket_connect(f"ws://{HOST}{path}", headers=OURS | headers) as socket:
        yield socket


@pytest.fixture
def open_page(signed_in):
    """Call it for a page."""

    @contextmanager
    def opening():
        with opened(signed_in) as socket:
            yield Page(socket)

    return opening
