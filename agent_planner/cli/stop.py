# SPDX-License-Identifier: Apache-2.0
"""`agent-planner stop` and `reset`, for any terminal: nothing here loads a model or asks the planner."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from agent_planner.cli.options import AsJson, Namespace, RunningDomain
from agent_planner.cli.terminal import Terminal
from agent_planner.errors import InfrastructureError, UserError

if TYPE_CHECKING:
    from agent_planner.ros.stop_client import Progress, StopClient

Wait = Annotated[float, typer.Option(help="seconds to look for a supervisor")]


def stop(
    reason: Annotated[str, typer.Option(help="why, for the report and the log")] = "",
    rest: Annotated[float, typer.Option(help="seconds to wait until everything is confirmed and at rest")] = 10.0,
    namespace: Namespace = "",
    domain: RunningDomain = None,
    wait: Wait = 10.0,
    as_json: AsJson = False,
) -> None:
    """Stop the robot, whoever moves it: exit code 0 when all is confirmed and at rest, 1 when not."""
    terminal = Terminal(as_json)
    shown = _Shown(terminal)
    with _supervisor("agent_planner_stop", namespace, domain, wait) as supervisor:
        terminal.say(supervisor.stop(reason).message, "bold")
        _say_where(terminal, namespace)
        done = supervisor.follow(rest, shown.show)
    if done:
        terminal.say("stopped: every server that is there has confirmed, and the robot is at rest", "bold green")
    else:
        terminal.say(f"NOT CONFIRMED after {rest:g} s: {shown.open_points()}", "bold red")
    terminal.say("it stays stopped until `agent-planner reset`")
    terminal.result({"confirmed": done, "reason": shown.reason, "parts": shown.texts})
    raise typer.Exit(0 if done else 1)


def reset(namespace: Namespace = "", domain: RunningDomain = None, wait: Wait = 10.0, as_json: AsJson = False) -> None:
    """Let a stopped robot act again; refused, with exit code 1, while goals run on or motion is measured."""
    terminal = Terminal(as_json)
    with _supervisor("agent_planner_reset", namespace, domain, wait) as supervisor:
        answer = supervisor.reset()
        _say_where(terminal, namespace)
    terminal.say(answer.message, "bold green" if answer.success else "bold red")
    terminal.result({"reset": answer.success, "message": answer.message})
    raise typer.Exit(0 if answer.success else 1)


def _say_where(terminal: Terminal, namespace: str) -> None:
    """Say which robot it was: another one may be meant."""
    from agent_planner.cli.joined import joined_place, running_elsewhere

    terminal.say(f"in {joined_place(namespace)}")
    if others := running_elsewhere():
        terminal.say(f"not this one, but running as well: {others} (--domain)", "yellow")


@contextmanager
def _supervisor(name: str, namespace: str, domain: int | None, wait: float) -> Iterator["StopClient"]:
    """A client of the supervisor.

    Raises:
        UserError: there is none.
    """
    from agent_planner.cli.ros_shell import enter_ros

    enter_ros()
    from agent_planner.cli.joined import also_running, join_domain, joined, joined_place
    from agent_planner.ros.stop_client import StopClient

    join_domain(domain)
    where = joined_place(namespace)
    with joined(name, namespace=namespace) as node:
        client = StopClient(node)
        try:
            node.wait_until(lambda: client.found, wait, "the supervisor")
        except InfrastructureError as error:
            raise UserError(
                f"no supervisor in {where} within {wait:g} s: nothing was stopped and nothing was "
                f"reset{also_running()}; is it another domain (--domain, or `agent-planner env`) or namespace "
                "(--namespace), or is the robot not started? "
                "The planner does nothing without a supervisor, but other clients may: use the hardware's stop"
            ) from error
        yield client


class _Shown:
    """Prints each line of a stop's progress when it changes."""

    def __init__(self, terminal: Terminal):
        self._terminal = terminal
        self._open: dict[str, bool] = {}
        self.reason = ""
        self.texts: dict[str, str] = {}

    def show(self, progress: "Progress") -> None:
        if progress.reason != self.reason:
            self.reason = progress.reason
            self._terminal.say(f"reason    {progress.reason}")
        for line in progress.lines:
            self._open[line.name] = not line.settled
            if self.texts.get(line.name) != line.text:
                self.texts[line.name] = line.text
                self._terminal.say(f"  {line.name:24} {line.text}", "green" if line.settled else "yellow")

    def open_points(self) -> str:
        found = [f"{name} ({self.texts[name]})" for name, is_open in self._open.items() if is_open]
        return ", ".join(found) or "no report came from the supervisor"
