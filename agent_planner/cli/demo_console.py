# SPDX-License-Identifier: Apache-2.0
"""`agent-planner demo --console`: a simulated robot that a person steers from a page."""

import threading
from pathlib import Path
from typing import NoReturn

from agent_planner.cli.bringup import brought_up
from agent_planner.cli.console_door import ARM_FRAME, HOST, console_at, console_door
from agent_planner.cli.keeper import Keeper
from agent_planner.cli.terminal import Terminal
from agent_planner.cli.wanted import Wanted

_LOOK_SECONDS = 0.5
_WAIT_SECONDS = 30.0


def demo_console(want: Wanted, text: str, runs: Path, domain: int | None, port: int, opens: bool) -> NoReturn:
    """Start the robot and serve its console until a signal comes; what dies is started again.

    Args:
        want: the robot.
        text: the instruction that the page offers.
        runs: where the run's folder is made.
        domain: ROS_DOMAIN_ID; None: a free one.
        port: of the console.
        opens: whether the page is opened, where there is a display.
    """
    terminal = Terminal()
    with (
        console_door(HOST, port, None, opens) as door,
        brought_up(want, terminal, runs, domain) as up,
        console_at(door, up.node, terminal, _WAIT_SECONDS, ARM_FRAME, text) as check,
    ):
        terminal.say(f"logs, episodes:  {up.folder}")
        terminal.say("Ctrl-C stops the robot and everything started here")
        keeper = Keeper(up.stack, terminal.say)
        never = threading.Event()
        while not never.wait(_LOOK_SECONDS):
            keeper.look()
            check()
    raise AssertionError("only a signal or an error ends it")
