# SPDX-License-Identifier: Apache-2.0
"""The client against `transformers serve`, with the same weights as the local backend."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from importlib.util import find_spec
from pathlib import Path

import httpx
import pytest

from agent_planner.llm.base import ChatRequest, Message
from agent_planner.llm.openai import OpenAIModel

COMMAND = shutil.which("transformers", path=str(Path(sys.executable).parent))
NEEDED = ("openai", "fastapi", "uvicorn")

pytestmark = [
    pytest.mark.model,
    pytest.mark.skipif(
        COMMAND is None or not all(find_spec(name) for name in NEEDED),
        reason=f"`transformers serve` needs {', '.join(NEEDED)}: pip install 'transformers[serving]'",
    ),
]


@pytest.fixture(scope="module")
def endpoint(base_folder, tmp_path_factory):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    log = tmp_path_factory.mktemp("serve") / "log.txt"
    with log.open("w") as out:
        server = subprocess.Popen(
            [
                COMMAND,
                "serve",
                str(base_folder),
                "--host",
                "127.0.0.1",
                "--port",
                str(port),
                "--dtype",
                "float32",
                "--device",
                "cpu",
            ],
            stdout=out,
            stderr=out,
            env=os.environ | {"HF_HUB_OFFLINE": "1"},
        )
    try:
        deadline = time.monotonic() + 300
        while not _answers(port):
            assert server.poll() is None, log.read_text()[-2000:]
            assert time.monotonic() < deadline, log.read_text()[-2000:]
            time.sleep(0.5)
        yield f"http://127.0.0.1:{port}/v1"
    finally:
        server.send_signal(signal.SIGINT)
        try:
            server.wait(timeout=20)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def _answers(port):
    try:
        return httpx.get(f"http://127.0.0.1:{port}/health", timeout=2).status_code == 200
    except httpx.TransportError:
        return False


@pytest.mark.timeout(600)
def test_the_served_model_says_what_the_local_one_says(endpoint, base_folder, model):
    served = OpenAIModel(str(base_folder), endpoint, read_seconds=120)
    served.load()
    messages = (Message("system", "You direct a robot."), Message("user", "Say hello."))
    requests = [
        ChatRequest("a", messages, None, 6),
        ChatRequest("b", (*messages[:1], Message("user", "Count.")), None, 6),
    ]
    heard = []
    replies = served.chat(requests, on_token=lambda c, t: heard.append((c, t)))
    served.close()
    assert [r.text for r in replies] == [r.text.strip() for r in model.chat(requests)]
    assert "".join(t for c, t in heard if c == "a").strip() == replies[0].text
