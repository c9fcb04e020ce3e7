# SPDX-License-Identifier: Apache-2.0
"""A terminal that gives single keys, with a line at the bottom that is always true."""

import os
import select
import termios
import tty
from contextlib import suppress
from typing import Any

from agent_planner.cli.signals import deferred
from agent_planner.errors import UserError
from agent_planner.teleop.keys import KeyReader
from agent_planner.teleop.status import plain_lines

_CHUNK = 256
_INPUT, _CHARACTERS = 0, 6  # of what tcgetattr returns
_NO_CHARACTER = b"\0"
_COLUMNS = 80  # where a terminal does not say how wide it is
_CLEAR_LINE = "\r\x1b[K"


class KeyTerminal:
    """Stdin without echo and without waiting for the end of a line, from `open` to `close`.

    Ctrl-C still is a signal; Ctrl-S, which would hold up the output and with it the next key, and Ctrl-Z are keys.
    """

    def __init__(self) -> None:
        self._keys = KeyReader()
        self._line = ""
        self._before: list[Any] | None = None

    @staticmethod
    def check() -> None:
        """Raise UserError where stdin is no terminal."""
        if not os.isatty(0):
            raise UserError(
                "teleop reads single keys, but its standard input is no terminal; over ssh take `ssh -t`, in a "
                "container `docker run -it`. A joystick needs none: `ros2 run agent_planner teleop_joy`"
            )

    def open(self) -> None:
        """Begin; whatever comes of it, `close` is to be called."""
        with deferred():
            self._before = termios.tcgetattr(0)
            tty.setcbreak(0)
            wanted = termios.tcgetattr(0)
            wanted[_INPUT] &= ~termios.IXON
            wanted[_CHARACTERS][termios.VSUSP] = _NO_CHARACTER
            termios.tcsetattr(0, termios.TCSANOW, wanted)

    def close(self, farewell: str) -> None:
        """Make the terminal as it was, if it was opened, and say a last word; one whose window was closed is gone."""
        with deferred(), suppress(termios.error, OSError):
            if self._before is not None:
                termios.tcsetattr(0, termios.TCSADRAIN, self._before)
                self._before = None
                print(f"\n{farewell}", flush=True)

    def keys(self, seconds: float) -> list[str] | None:
        """Return the keys of the next moment, none perhaps; None: the terminal has ended."""
        if not select.select([0], [], [], seconds)[0]:
            return self._keys.quiet()
        try:
            data = os.read(0, _CHUNK)
        except OSError:
            return None
        return self._keys.feed(data) if data else None

    def say(self, text: str) -> None:
        """Print lines above the bottom line."""
        print(f"{_CLEAR_LINE}{plain_lines(text)}\n{self._line}", end="", flush=True)

    def show(self, line: str) -> None:
        """Have that at the bottom."""
        if line != self._line:
            self._line = line
            print(f"{_CLEAR_LINE}{line}", end="", flush=True)

    @property
    def width(self) -> int:
        """Columns that a line may have without going on in the next one."""
        try:
            told = os.get_terminal_size(1).columns
        except OSError:
            told = 0
        return (told or _COLUMNS) - 1
