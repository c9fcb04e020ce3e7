# SPDX-License-Identifier: Apache-2.0
"""Where the command line writes: to a person, and with `--json` one object for a program.

What is shown may come from a model or a server: nothing in it is taken for markup, and no terminal obeys it.
"""

import json
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.status import Status
from rich.text import Text

from agent_planner.teleop.status import plain_lines


@dataclass
class Terminal:
    """Everything for a person goes to stdout, or to stderr where stdout is a program's (``as_json``)."""

    as_json: bool = False

    def __post_init__(self) -> None:
        self.console = Console(stderr=self.as_json, highlight=False, soft_wrap=True)

    def say(self, text: str, style: str = "") -> None:
        """Print a line."""
        self.console.print(plain_lines(text), style=style or None, markup=False)

    @contextmanager
    def busy(self, text: str) -> Iterator["BusyLine"]:
        """Show that something takes its time: a spinner on a terminal, a line elsewhere."""
        if not self.console.is_terminal:
            self.say(text)
        with self.console.status(Text(plain_lines(text)), spinner="dots") as status:
            yield BusyLine(status)

    @contextmanager
    def counting(self, text: str, total: int) -> Iterator["Counter"]:
        """Show how many of a known number are done."""
        words = TextColumn("{task.description}", markup=False)
        with Progress(words, BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), console=self.console) as progress:
            yield Counter(progress, text, total)

    def result(self, data: Mapping[str, Any]) -> None:
        """Print the object that a program reads: the last line of stdout."""
        if self.as_json:
            sys.stderr.flush()
            print(json.dumps(data, ensure_ascii=False, default=str), flush=True)


class BusyLine:
    """The line that changes while something takes its time."""

    def __init__(self, status: Status):
        self._status = status

    def update(self, text: str) -> None:
        """Show another text."""
        self._status.update(Text(plain_lines(text)))


class Counter:
    """Progress of a known number of things; off a terminal, a line is printed at most every tenth of them."""

    def __init__(self, progress: Progress, text: str, total: int):
        self._progress, self._text, self._total = progress, plain_lines(text), total
        self._task = progress.add_task(self._text, total=total)
        self._done = 0

    def advance(self, note: str = "") -> None:
        """One more is done; ``note`` says how they stand."""
        self._done += 1
        note = plain_lines(note)
        self._progress.update(self._task, advance=1, description=f"{self._text} {note}".rstrip())
        step = max(1, self._total // 10)
        if not self._progress.console.is_terminal and (self._done % step == 0 or self._done == self._total):
            self._progress.console.print(f"{self._text}: {self._done}/{self._total} {note}", markup=False)
