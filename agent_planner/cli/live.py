# SPDX-License-Identifier: Apache-2.0
"""An instruction's run, shown line by line as its feedback comes in."""

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from agent_planner.cli.terminal import BusyLine, Terminal
from agent_planner.types import GOOD_OUTCOMES

if TYPE_CHECKING:
    from agent_planner.agent.events import Told
    from agent_planner.ros.client import Feedback, InstructionResult

    # From the planner, or from an episode's record.
    Heard = Feedback | Told

_EVERY_SECONDS = 5.0
_WAITING = {
    "LOADING_MODEL": "the model is loading",
    "THINKING": "thinking",
    "CHECKING": "checking",
    "EXECUTING": "carrying out",
    "OBSERVING": "looking",
    "WAITING_FOR_OPERATOR": "waiting for an answer",
    "TELEOP": "waiting for the person",
}


class LiveRun:
    """Prints what is new in each message; the rest goes into the line that changes (the status).

    Args:
        terminal: where to.
        status: the changing line, if there is one.
    """

    def __init__(self, terminal: Terminal, status: BusyLine | None = None):
        self._terminal = terminal
        self._status = status
        self._shown_thought = -1
        self._shown_loading = False
        self._detail, self._due = "", 0.0
        self._at_gate = False

    def hear(self, feedback: "Heard") -> None:
        """Show one message."""
        show: Callable[[Heard], None] = getattr(self, f"_{feedback.state.lower()}", self._wait)
        show(feedback)

    def _wait(self, feedback: "Heard") -> None:
        text = _WAITING.get(feedback.state, feedback.state.lower())
        more = " ".join(part for part in (feedback.call, feedback.detail) if part)
        if self._status is not None:
            self._status.update(f"{text} {more}".rstrip())
        if feedback.state == "LOADING_MODEL" and not self._shown_loading:
            self._shown_loading = True
            if not self._terminal.console.is_terminal:
                self._terminal.say(text)

    def _goal(self, feedback: "Heard") -> None:
        stated = (feedback.thought or feedback.detail).removeprefix("goal: ")
        self._terminal.say(f"goal      {stated}", "bold")

    def _looking(self, feedback: "Heard") -> None:
        self._terminal.say(f"looking   {feedback.detail}", "bold")

    def _checking(self, feedback: "Heard") -> None:
        if feedback.step != self._shown_thought:
            self._shown_thought = feedback.step
            self._terminal.say(f"{feedback.step:>3}  thought  {feedback.thought}", "dim")
            self._terminal.say(f"     call     {feedback.call}", "cyan")

    def _planning(self, feedback: "Heard") -> None:
        self._terminal.say(f"     plan     {feedback.detail.removeprefix('plan: ')}", "dim")

    def _refused(self, feedback: "Heard") -> None:
        self._at_gate = False
        self._terminal.say(f"     refused  {feedback.detail}", "yellow")

    def _executing(self, feedback: "Heard") -> None:
        self._wait(feedback)
        if feedback.detail == feedback.call:
            self._at_gate = True
            self._detail, self._due = "", time.monotonic() + _EVERY_SECONDS
            return
        self._passed()
        if feedback.detail.startswith("state ") and feedback.detail != self._detail:
            self._detail = feedback.detail
            self._terminal.say(f"     robot    {feedback.detail.removeprefix('state ').lower()}", "dim")
        elif not self._terminal.console.is_terminal and time.monotonic() >= self._due:
            # Where no line can change in place, numbers are told now and then.
            self._due = time.monotonic() + _EVERY_SECONDS
            self._terminal.say(f"     robot    {feedback.detail.replace('_', ' ')}", "dim")

    def _passed(self) -> None:
        """What is heard after a call went to the gate, and is no refusal, says that it went through."""
        if self._at_gate:
            self._at_gate = False
            self._terminal.say("     check    ok", "dim")

    def _result(self, feedback: "Heard") -> None:
        self._passed()
        style = "green" if feedback.detail.startswith("ok") else "red"
        self._terminal.say(f"     result   {feedback.detail}", style)

    def _waiting_for_operator(self, feedback: "Heard") -> None:
        self._terminal.say(f"     asks     {feedback.detail}", "magenta")
        self._wait(feedback)

    def _teleop(self, feedback: "Heard") -> None:
        self._terminal.say(f"     person   {feedback.detail}", "magenta")
        self._wait(feedback)

    def ended(self, result: "InstructionResult") -> None:
        """Show how it ended."""
        self.close(f"{result.status}  {result.summary or result.error_msg}", result.outcome)

    def close(self, text: str, outcome: str) -> None:
        """Show the last line."""
        self._terminal.say(text, "bold green" if outcome in GOOD_OUTCOMES else "bold red")
