# SPDX-License-Identifier: Apache-2.0
"""Where the command line writes."""

import io

import pytest
from rich.console import Console

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


def test_nothing_that_is_counted_is_taken_for_markup(terminal):
    with terminal.counting("episodes of [cup]", 1) as counter:
        counter.advance("[/x]")
    assert "episodes of [cup] [/x]" in terminal.console.file.getvalue()
