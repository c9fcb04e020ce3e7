# SPDX-License-Identifier: Apache-2.0
"""`agent-planner send`: an instruction for a planner that is running."""

import math
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from agent_planner.cli.instruction import checked
from agent_planner.cli.options import AsJson, CheckPlan, Namespace, RunningDomain
from agent_planner.cli.signals import deferred
from agent_planner.cli.terminal import Terminal
from agent_planner.types import Autonomy

if TYPE_CHECKING:
    from agent_planner.ros.client import InstructionResult, PlannerClient

# The planner may be in the middle of a model's turn; then the skill has its time to come to rest.
_STOP_SECONDS = 30.0


def send(
    instruction: Annotated[str, typer.Argument(help="what is to be done, in words")],
    preempt: Annotated[bool, typer.Option(help="take over from an instruction that is running")] = False,
    autonomy: Annotated[Autonomy | None, typer.Option(help="the planner's own if left out; more is refused")] = None,
    check_plan: CheckPlan = False,
    namespace: Namespace = "",
    domain: RunningDomain = None,
    wait: Annotated[float, typer.Option(help="seconds to wait for a planner")] = 10.0,
    as_json: AsJson = False,
) -> None:
    """Send an instruction to a running planner and show what it does; Ctrl-C cancels it."""
    from agent_planner.cli.ros_shell import enter_ros

    text = checked(instruction)
    enter_ros()
    terminal = Terminal(as_json)

    from agent_planner.cli.joined import also_running, join_domain, joined, joined_place, told_where
    from agent_planner.ros.client import PlannerClient

    join_domain(domain)
    with joined("agent_planner_send", namespace=namespace) as node:
        client = PlannerClient(node)
        with terminal.busy(f"looking for a planner in {joined_place(namespace)}{also_running()}"), told_where(node):
            client.wait_for_server(wait)
        result = follow(client, text, terminal, autonomy.value if autonomy else "", preempt, check_plan)
    terminal.result(asdict(result))
    raise typer.Exit(0 if result.good else 1)


def follow(
    client: "PlannerClient",
    text: str,
    terminal: Terminal,
    autonomy: str = "",
    preempt: bool = False,
    check_plan: bool = False,
) -> "InstructionResult":
    """Send an instruction and show its run until it has ended.

    Ctrl-C cancels it: the robot is at rest when this returns by KeyboardInterrupt.
    """
    from agent_planner.cli.live import LiveRun

    with terminal.busy(f"instruction: {text}") as status:
        live = LiveRun(terminal, status)
        sent = None
        try:
            with deferred():
                sent = client.send(text, live.hear, autonomy, preempt, check_plan)
            result = sent.result(math.inf)
        except BaseException:
            if sent is None:
                raise
            status.update("cancelling: the robot stops")
            sent.cancel(_STOP_SECONDS)
            live.ended(sent.result(_STOP_SECONDS))
            raise
        live.ended(result)
        return result
