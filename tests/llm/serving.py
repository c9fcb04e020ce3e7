# SPDX-License-Identifier: Apache-2.0
"""`transformers serve`, for tests."""

import os
import shutil
import signal
import socket
import subprocess
import sys
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

import httpx

from tests.waits import until

_COMMAND = shutil.which("transformers", path=str(Path(sys.executable).parent))
_NEEDED = ("openai", "fastapi", "uvicorn")
_START_S = 240

# Why it cannot be started here; None where it can.
NOT_SERVED = (
    None
    if _COMMAND and all(find_spec(name) for name in _NEEDED)
    else f"`transformers serve` needs {', '.join(_NEEDED)}: pip install 'transformers[serving]'"
)


@contextmanager
def serving(log):
    """The API's root, of a server that opens the model that a request names; it is ended with the block.

    Like us it asks models not to think aloud. What it prints goes to the file ``log``.
    """
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [_COMMAND, "serve", "--host", "127.0.0.1", "--port", str(port)]
    command += ["--dtype", "float32", "--device", "cpu", "--chat-template-kwargs", '{"enable_thinking": false}']
    with log.open("w") as out:
        server = subprocess.Popen(command, stdout=out, stderr=out, env=os.environ | {"HF_HUB_OFFLINE": "1"})
    try:
        until(lambda: _answers(port), server, _START_S, lambda: log.read_text()[-2000:], every=0.5)
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
