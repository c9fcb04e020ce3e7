# SPDX-License-Identifier: Apache-2.0
"""Processes that the end-to-end tests start."""

import json
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.processes import COMMAND, Process

CLIENT = Path(__file__).with_name("outside_client.py")
# What the model should say to put the red cube in the blue bin.
CUBE_SCRIPT = [
    "goal: in(red cube, blue bin)",
    'in(red cube, blue bin) needs holding(red cube) needs at(red cube)\nnavigate_to(target="red cube")',
    'in(red cube, blue bin) needs holding(red cube)\npick(object="red cube")',
    'in(red cube, blue bin) needs at(blue bin)\nnavigate_to(target="blue bin")',
    'in(red cube, blue bin)\nplace_in(object="red cube", container="blue bin")',
]
UP_SECONDS = 240.0
RUN_SECONDS = 900.0


@contextmanager
def console_demo(folder: Path, script: Sequence[str]) -> Iterator[Process]:
    """The demo with a console, and a model that says what is in the script; nothing of it is left afterwards."""
    (folder / "script.json").write_text(json.dumps(script))
    model = f"scripted:{folder / 'script.json'}"
    options = ("--console", "--port", "0", "--no-open", "--model", model, "--runs", str(folder / "runs"))
    process = Process(folder / "demo.log", "demo", *options)
    try:
        process.until("Ctrl-C stops the robot", UP_SECONDS)
        yield process
    finally:
        process.end(signal.SIGTERM)


class Stack:
    """`agent-planner run` with further arguments."""

    def __init__(self, folder: Path, *arguments: str):
        self.folder = folder
        self._process = Process(folder / "run.log", "run", "--runs", str(folder / "runs"), *arguments)

    def wait_until_up(self) -> None:
        self._process.until("Ctrl-C stops the robot", UP_SECONDS)

    def environ(self) -> dict[str, str]:
        """What `eval $(agent-planner env)` makes of a shell's environment."""
        script = 'eval "$("$@" env)" && env -0'
        done = subprocess.run(
            ["bash", "-c", script, "bash", *COMMAND], capture_output=True, text=True, timeout=60, check=True
        )
        return dict(entry.split("=", 1) for entry in done.stdout.split("\0") if "=" in entry)

    def client(self, *arguments: str) -> subprocess.Popen:
        """Start the client that was written outside the project."""
        command = [sys.executable, str(CLIENT), *arguments]
        return subprocess.Popen(command, env=self.environ(), stdout=subprocess.PIPE, text=True, cwd=self.folder)

    def end(self) -> int:
        return self._process.end(signal.SIGINT, 60)


def finished(folder: Path, environ: dict[str, str], *arguments: str) -> subprocess.CompletedProcess:
    """Run a command to its end in a folder; it must exit with 0."""
    done = subprocess.run(
        [*COMMAND, *arguments],
        env=environ,
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=RUN_SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done


def answer(client: subprocess.Popen) -> dict:
    """The client's result."""
    out, _ = client.communicate(timeout=RUN_SECONDS)
    assert client.returncode == 0, out
    return json.loads(out.splitlines()[-1])
