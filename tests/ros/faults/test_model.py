# SPDX-License-Identifier: Apache-2.0
"""A language model behind an HTTP endpoint that is down, slow, busy, or talks nonsense."""

import json
import socket
import threading

import pytest

from agent_planner.llm.backoff import Backoff
from agent_planner.llm.openai import OpenAIModel
from tests.llm.chat_server import ChatServer, piece, says, status, stream

PART = "model"
GOAL, CALL = says("goal: at(shelf)"), says('at(shelf)\nnavigate_to(target="shelf")')


def endpoint(url):
    return OpenAIModel("some-model", url, backoff=Backoff(first=0.01), read_seconds=1.0, repetitions=1)


@pytest.mark.parametrize(
    ("fault", "behaviour"),
    [
        ("HTTP 429, for good", status(429, "slow down")),
        ("HTTP 500, for good", status(500, "out of memory")),
        ("HTTP 400", status(400, json.dumps({"error": {"message": "too long"}}))),
        ("a web page instead of an answer", status(200, "<html>hello</html>", {"Content-Type": "text/html"})),
        ("a stream that is cut off, for good", stream(piece("at(sh"), done=False)),
        ("an answer of the wrong schema", stream({"answer": 42})),
        ("an answer that is no call", says("I would love to help you with that!")),
        ("a call of an unknown skill", says('at(shelf)\nself_destruct(target="shelf")')),
        ("the same nonsense without end", says("at(shelf)\n" + "navigate_to(" * 2000)),
    ],
)
def test_an_endpoint_that_goes_wrong_in_mid_task(robot, planner_for, witness, fault, behaviour):
    with ChatServer(GOAL, behaviour) as server:
        ended = planner_for(endpoint(server.url)).send().result()
    assert not robot.done
    witness.report(PART, fault, ended)


@pytest.mark.parametrize(
    ("fault", "behaviour"),
    [
        ("HTTP 429, once", status(429, "slow down")),
        ("HTTP 500, once", status(500, "out of memory")),
        ("a stream that is cut off, once", stream(piece("at(sh"), done=False)),
    ],
)
def test_an_endpoint_that_comes_back(robot, planner_for, witness, fault, behaviour):
    with ChatServer(GOAL, behaviour, CALL) as server:
        ended = planner_for(endpoint(server.url)).send().result()
    assert ended[1].outcome == "succeeded"
    witness.report(PART, fault, ended)


def test_an_endpoint_that_is_silent(robot, planner_for, witness):
    release = threading.Event()
    with ChatServer(GOAL, stream(piece("at"), before=lambda n: release.wait(20))) as server:
        ended = planner_for(endpoint(server.url)).send().result()
        release.set()
    witness.report(PART, "is silent in the middle of an answer", ended)


def test_an_endpoint_that_is_not_there(robot, planner_for, witness):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}/v1"
    witness.report(PART, "is not there", planner_for(endpoint(url)).send().result())
