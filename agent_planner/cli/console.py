# SPDX-License-Identifier: Apache-2.0
"""`agent-planner console`: a page in the browser to watch, steer and stop a running robot."""

import threading
from typing import Annotated

import typer

from agent_planner.cli.console_door import (
    ARM_FRAME,
    HOST,
    PORT,
    ArmFrame,
    Host,
    Open,
    Port,
    TokenFile,
    console_at,
    console_door,
)
from agent_planner.cli.options import Namespace, RunningDomain
from agent_planner.cli.terminal import Terminal

_LOOK_SECONDS = 0.5


def console(
    port: Port = PORT,
    host: Host = HOST,
    token_file: TokenFile = None,
    open_page: Open = True,
    arm_frame: ArmFrame = ARM_FRAME,
    namespace: Namespace = "",
    domain: RunningDomain = None,
    wait: Annotated[float, typer.Option(help="seconds to wait for a planner and a supervisor")] = 10.0,
) -> None:
    """Serve a page to watch a running robot, answer it, take over, drive it and stop it, until Ctrl-C.

    It prints a link with a token: who opens it has the robot. Ctrl-C cancels the instruction that was sent from here.
    """
    from agent_planner.cli.ros_shell import enter_ros

    terminal = Terminal()
    enter_ros()
    from agent_planner.cli.joined import join_domain, joined

    join_domain(domain)
    with (
        console_door(host, port, token_file, open_page) as door,
        joined("agent_planner_console", namespace=namespace) as node,
        console_at(door, node, terminal, wait, arm_frame) as check,
    ):
        terminal.say("Ctrl-C ends the console; the robot stays up")
        never = threading.Event()
        while not never.wait(_LOOK_SECONDS):
            check()
