# SPDX-License-Identifier: Apache-2.0
"""Where the command line writes."""

import io

import pytest
from rich.console import Console
from rich.text import Text

from agent_planner.cli.terminal import Terminal


@pytest.fixture
def terminal():
    terminal = Terminal()
    terminal.console = Console(file=io.StringIO(), force_terminal=True, width=80)
    return terminal


def test_nothing_in_the_line_that_changes_is_taken_for_markup(terminal):
    with terminal.busy("bring the [cup] to [/x]"):
        pass
    assert "bring the [cup] to [/x]" in terminal.console.file.getvalue()
    with terminal.busy("bring it") as line:
        line.update("carrying out [/cup]")
        terminal.say("now")  # draws the line anew
    assert "carrying out [/cup]" in terminal.console.file.getvalue()


def test_no_terminal_obeys_what_is_shown(terminal):
    hostile = "a\x1b[2J\x1b]0;b\x07\x9b2J\rc\nd"
    terminal.say(hostile, "bold red")
    said = terminal.console.file.getvalue()
    assert said.startswith("\x1b[1;31m")  # our own style
    assert Text.from_ansi(said).plain == "a [2J ]0;b  2J c\nd\n"
    terminal.console.file = io.StringIO()
    with terminal.busy(hostile) as line:
        line.update(f"{hostile} again")
        terminal.say("now")  # draws the line anew
    with terminal.counting(hostile, 1) as counter:
        counter.advance(hostile)
    said = terminal.console.file.getvalue()
    assert "d again" in said
    assert not [code for code in ("\x1b[2J", "\x1b]0;", "\x07", "\x9b", "\rc") if code in said]


def test_nothing_that_is_counted_is_taken_for_markup(terminal):
    with terminal.counting("episodes of [cup]", 1) as counter:
        counter.advance("[/x]")
    assert "episodes of [cup] [/x]" in terminal.console.file.getvalue()
