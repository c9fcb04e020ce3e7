# SPDX-License-Identifier: Apache-2.0
"""`agent-planner skills from-graph`: a skill library proposed from what a running robot offers."""

from pathlib import Path
from typing import Annotated

import typer

from agent_planner.cli.new_file import refuse_existing, write_new
from agent_planner.cli.options import RunningDomain
from agent_planner.cli.terminal import Terminal
from agent_planner.errors import UserError


def from_graph(
    out: Annotated[Path | None, typer.Option(help="the new file; standard output if left out")] = None,
    # 5: whoever missed the first announcements of a participant hears the next one after 3 s (Fast DDS).
    wait: Annotated[float, typer.Option(min=0.5, help="look on until nothing new has come for so many seconds")] = 5.0,
    namespace: Annotated[str, typer.Option(help="the planner's; servers' names are relative to it")] = "/",
    domain: RunningDomain = None,
    everything: Annotated[
        bool, typer.Option("--all", help="services of every type, not of std_srvs alone; parts of Nav2 and MoveIt, too")
    ] = False,
) -> None:
    """Propose a library from the actions and services that a running graph offers; read and edit what comes."""
    if out is not None:
        refuse_existing(out)  # before anybody waits for it
    from agent_planner.cli.ros_shell import enter_ros

    enter_ros()
    from agent_planner.cli.joined import join_domain, joined, joined_place
    from agent_planner.ros.offered import all_offered
    from agent_planner.ros.proposal import proposal

    join_domain(domain)
    terminal = Terminal(as_json=out is None)
    with (
        joined("agent_planner_skills_from_graph") as client,
        terminal.busy(f"looking at the graph until nothing new comes for {wait:g} s"),
    ):
        offered = all_offered(client.node, wait, everything)
    if not offered:
        raise UserError(
            f"no node in {joined_place()} offers an action or a service that could be a skill: "
            "is the robot running, is it in this domain (--domain, ROS_DOMAIN_ID), does "
            "ROS_AUTOMATIC_DISCOVERY_RANGE reach it, and does `--wait 10` find more?"
        )
    text = proposal(offered, namespace)
    if out is None:
        print(text, end="")
        return
    write_new(out, text)
    skills = text.count("\n- name: ")
    nodes = len({server.node for server in offered})
    terminal.say(f"{out}: {skills} skills proposed for {len(offered)} servers of {nodes} nodes; read and edit them all")
