# SPDX-License-Identifier: Apache-2.0
"""A client over the network that speaks as the console's page does."""

import json
import re
import time
from contextlib import contextmanager

import httpx
from websockets.sync.client import connect

from tests.processes import SECONDS

LINK = re.compile(r"http://127\.0\.0\.1:(\d+)/#(\S+)")


class Browser:
    """Signs in, and speaks to the robot."""

    def __init__(self, port, token):
        self.origin = f"http://127.0.0.1:{port}"
        self.http = httpx.Client(base_url=self.origin, headers={"Origin": self.origin}, timeout=SECONDS)
        said = {"token": token, "nonce": self.http.get("/session/nonce").json()["nonce"]}
        self.signed_in = self.http.post("/session", json=said).status_code
        self._number = 0

    def _socket(self, path):
        cookie = "; ".join(f"{name}={value}" for name, value in self.http.cookies.items())
        url = self.origin.replace("http", "ws") + path
        return connect(url, origin=self.origin, additional_headers={"Cookie": cookie})

    @contextmanager
    def page(self):
        """Open the page: from here on it hears."""
        with self._socket("/ws") as self.socket:
            self.newest = {}
            yield self

    def say(self, do, **fields):
        self._number += 1
        self.socket.send(json.dumps({"do": do, "n": self._number} | fields))
        return self._number

    def ask(self, do, **fields):
        number = self.say(do, **fields)
        return self._until(lambda message: message.get("reply") == number)

    def told(self, topic, fits=lambda data: True):
        if topic in self.newest and fits(self.newest[topic]):
            return self.newest[topic]
        return self._until(lambda message: message.get("topic") == topic and fits(message["data"]))["data"]

    def _until(self, fits):
        end = time.monotonic() + SECONDS
        while time.monotonic() < end:
            message = self._hear(SECONDS)
            if message is not None and fits(message):
                return message
        raise AssertionError(f"it did not come; newest: {self.newest}")

    def _hear(self, seconds):
        try:
            message = json.loads(self.socket.recv(timeout=seconds))
        except TimeoutError:
            return None
        if "topic" in message:
            self.newest[message["topic"]] = message["data"]
        return message

    def hold(self, do, until, **fields):
        """Say it ten times a second until something holds; then zero."""
        end = time.monotonic() + SECONDS
        while not until():
            assert time.monotonic() < end, self.newest
            self.say(do, **fields)
            due = time.monotonic() + 0.1
            while (left := due - time.monotonic()) > 0:
                self._hear(left)
        self.say(do, **dict.fromkeys(fields, 0.0))

    def picture(self):
        """The camera's next picture."""
        with self._socket("/camera") as socket:
            while True:
                socket.send("next")
                if isinstance(picture := socket.recv(timeout=SECONDS), bytes):
                    return picture
