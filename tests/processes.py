# SPDX-License-Identifier: Apache-2.0
"""Commands of the project as processes, and a ROS domain for them."""

import subprocess
import sys
from pathlib import Path

from agent_planner.cli.running import claimed
from tests.waits import until

COMMAND = (sys.executable, "-m", "agent_planner.cli.main")
SECONDS = 90.0


class Process:
    """A command that runs beside the test."""

    def __init__(self, log: Path, *arguments: str, prefix: tuple[str, ...] = ()):
        self.log = log
        with log.open("w") as out:
            command = [*prefix, *COMMAND, *arguments]
            self._process = subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT)

    def child(self, program: str) -> int:
        """Id of the process of that program which this one has started."""
        listed = Path(f"/proc/{self._process.pid}/task/{self._process.pid}/children").read_text().split()
        return next(int(pid) for pid in listed if f"/{program}\0" in Path(f"/proc/{pid}/cmdline").read_text())

    def until(self, text: str, seconds: float = SECONDS) -> str:
        """Wait for a text; returns all that was said."""
        until(lambda: text in self.log.read_text(), self._process, seconds, self.log.read_text, every=0.1)
        return self.log.read_text()

    def end(self, number: int, seconds: float = SECONDS) -> int:
        """Send a signal and return the exit code."""
        if self._process.poll() is None:
            self._process.send_signal(number)
        return self._process.wait(seconds)


def free_domain() -> int:
    """A ROS domain in which no stack runs and no node of this machine listens."""
    with claimed("probe", Path("."), "LOCALHOST") as free:
        return free.domain
