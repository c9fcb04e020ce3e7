# SPDX-License-Identifier: Apache-2.0
"""A child process ends for certain."""

import os
import signal
import subprocess
import sys

import pytest

from agent_planner.cli.process import ChildProcess
from agent_planner.errors import InfrastructureError
from tests.waits import eventually

pytestmark = pytest.mark.live

CHILD = (
    "import signal, sys, threading\n"
    "for name in sys.argv[1:]: signal.signal(getattr(signal, name), signal.SIG_IGN)\n"
    "print('ready', flush=True)\n"
    "try: threading.Event().wait(60)\n"
    "except KeyboardInterrupt: print('bye', flush=True)\n"
)


def child(tmp_path, *ignored: str) -> ChildProcess:
    process = ChildProcess("child", [sys.executable, "-c", CHILD, *ignored], tmp_path / "child.log", os.environ)
    process.start()
    wait_for(lambda: "ready" in process.tail())
    return process


def wait_for(met, seconds: float = 30.0) -> None:
    assert eventually(met, seconds), "it did not come"


def is_alive(pid: int) -> bool:
    try:
        with open(f"/proc/{pid}/stat") as file:
            return file.read().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


@pytest.mark.parametrize(
    ("ignored", "took"),
    [((), "SIGINT"), (("SIGINT",), "SIGTERM"), (("SIGINT", "SIGTERM"), "SIGKILL")],
)
def test_stopping_goes_as_far_as_it_must(tmp_path, ignored, took):
    process = child(tmp_path, *ignored)
    assert process.exit_code is None
    assert process.stop(1.0) == took
    assert process.exit_code is not None
    assert process.stop(1.0) == ""


def test_its_output_is_in_the_log(tmp_path):
    process = child(tmp_path)
    process.stop()
    assert process.log.read_text() == "ready\nbye\n"
    assert process.tail(1) == "bye"


def test_a_program_that_is_not_there_is_told(tmp_path):
    process = ChildProcess("arm", ["/no/such/program"], tmp_path / "arm.log", {})
    with pytest.raises(InfrastructureError, match="arm cannot be started: /no/such/program"):
        process.start()


def test_it_does_not_outlive_a_parent_that_is_killed(tmp_path):
    script = (
        "import os, sys\nfrom pathlib import Path\nfrom agent_planner.cli.process import ChildProcess\n"
        "process = ChildProcess('child', [sys.executable, '-c', sys.argv[1]], Path(sys.argv[2]), os.environ)\n"
        "process.start()\nprint(process.pid, flush=True)\nsys.stdin.read()\n"
    )
    log = tmp_path / "child.log"
    parent = subprocess.Popen(
        [sys.executable, "-c", script, CHILD, str(log)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    with parent:
        pid = int(parent.stdout.readline())
        wait_for(lambda: log.is_file() and "ready" in log.read_text())
        assert is_alive(pid)
        parent.send_signal(signal.SIGKILL)
        parent.wait(10)
    wait_for(lambda: not is_alive(pid), 10.0)
