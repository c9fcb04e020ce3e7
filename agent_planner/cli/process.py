# SPDX-License-Identifier: Apache-2.0
"""One child process: its own process group, its log, and an end that is certain."""

import contextlib
import ctypes
import os
import signal
import subprocess
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from agent_planner.errors import InfrastructureError

_TAIL_LINES = 12
_PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None)


class ChildProcess:
    """A program that writes to ``log`` and never outlives this process, not even where this one is killed.

    Args:
        name: for messages.
        command: program and arguments.
        log: file for stdout and stderr.
        environ: its whole environment.
    """

    def __init__(self, name: str, command: Sequence[str], log: Path, environ: Mapping[str, str]):
        self.name = name
        self.command = tuple(command)
        self.log = log
        self._environ = dict(environ)
        self._process: subprocess.Popen | None = None

    def start(self) -> None:
        """Start it; also again, when it has ended.

        Raises:
            InfrastructureError: there is no such program.
            RuntimeError: this is not the main thread (the kernel ends a child with the thread that started it).
        """
        if threading.current_thread() is not threading.main_thread():
            raise RuntimeError(f"{self.name} must be started from the main thread")
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as log:
            try:
                self._process = subprocess.Popen(
                    self.command,
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=subprocess.STDOUT,
                    env=self._environ,
                    start_new_session=True,
                    preexec_fn=_bound_to(os.getpid()),
                )
            except OSError as error:
                raise InfrastructureError(
                    f"{self.name} cannot be started: {' '.join(self.command)}: {error}"
                ) from error

    @property
    def pid(self) -> int | None:
        """Process id, None before the start."""
        return self._process.pid if self._process else None

    @property
    def exit_code(self) -> int | None:
        """None while it runs (or was not started)."""
        return self._process.poll() if self._process else None

    @property
    def ending(self) -> str:
        """How it has ended, in words; empty while it runs."""
        code = self.exit_code
        if code is None:
            return ""
        return f"exit code {code}" if code >= 0 else f"signal {-code}"

    def interrupt(self) -> None:
        """Ask the program to end (SIGINT); its children hear it from their parent."""
        if self._process and self._process.poll() is None:
            self._process.send_signal(signal.SIGINT)

    def wait(self, seconds: float) -> bool:
        """Wait for the end; whether it has ended."""
        if self._process is None:
            return True
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            return False
        return True

    def stop(self, seconds: float = 4.0) -> str:
        """End it for certain: SIGINT, then SIGTERM, then SIGKILL to its whole group.

        Returns:
            The signal that it took: ``SIGINT``, ``SIGTERM`` or ``SIGKILL``; empty if it had ended before.
        """
        if self._process is None:
            return ""
        took = ""
        if self._process.poll() is None:
            self.interrupt()
            took = "SIGINT"
            if not self.wait(seconds):
                self._process.terminate()
                took = "SIGTERM"
                if not self.wait(min(seconds, 2.0)):
                    took = "SIGKILL"
            # What it may have started itself shares its group.
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        return took

    def tail(self, lines: int = _TAIL_LINES) -> str:
        """The last lines of its log."""
        try:
            text = self.log.read_text(encoding="utf-8", errors="replace")
        except OSError:
            return ""
        return "\n".join(text.splitlines()[-lines:])


def _bound_to(parent: int) -> Callable[[], None]:
    """What a child does before its program begins, so that it hears of the end of its parent and of SIGINT."""

    def bind() -> None:
        # A shell's background jobs, and all that they start, would ignore it.
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:  # it was killed before the kernel knew
            os._exit(1)

    return bind
