# SPDX-License-Identifier: Apache-2.0
"""`agent-planner teleop`: drive the robot with the keyboard of a terminal."""

import queue
import time
from typing import TYPE_CHECKING, Annotated

import typer

from agent_planner.cli.key_terminal import KeyTerminal
from agent_planner.cli.options import Namespace, RunningDomain
from agent_planner.errors import InfrastructureError, UserError
from agent_planner.teleop.commands import Word
from agent_planner.teleop.keyboard import HELP, Keyboard
from agent_planner.teleop.status import status_line

if TYPE_CHECKING:
    from agent_planner.ros.teleop_client import TeleopClient

_LOOK_S = 0.05  # between two looks at the keys, and two commands; two of them are a heartbeat's period
_WHO = "a person at a keyboard"
_FAREWELL = (
    "zero was sent. A robot that was taken over stays with its person: "
    "`ros2 service call give_back std_srvs/srv/Trigger` gives it back"
)


def teleop(
    speed: Annotated[float, typer.Option(min=0.01, max=2.0, help="m/s at first")] = 0.25,
    turn: Annotated[float, typer.Option(min=0.01, max=4.0, help="rad/s at first")] = 0.6,
    use_stamped: Annotated[
        bool, typer.Option("--use-stamped/--no-use-stamped", help="TwistStamped, if the supervisor has use_stamped")
    ] = False,
    base_frame: Annotated[str, typer.Option(help="frame of the base")] = "base_link",
    end_effector_frame: Annotated[str, typer.Option(help="frame of the hand, for its own axes")] = "end_effector",
    namespace: Namespace = "",
    domain: RunningDomain = None,
    wait: Annotated[float, typer.Option(help="seconds to look for a supervisor")] = 10.0,
) -> None:
    """Drive base, arm and gripper with the keyboard; the first motion takes the robot over."""
    KeyTerminal.check()
    from agent_planner.cli.ros_shell import enter_ros

    enter_ros()
    from agent_planner.cli.joined import join_domain, joined
    from agent_planner.cli.signals import deferred
    from agent_planner.ros.teleop_client import TeleopClient

    join_domain(domain)
    notes: queue.SimpleQueue[str] = queue.SimpleQueue()
    keyboard = Keyboard(speed, turn)
    with joined("agent_planner_teleop", namespace=namespace) as node:
        client = TeleopClient(node.node, base_frame, use_stamped, notes.put)
        try:
            node.wait_until(lambda: client.found and client.heard, wait, "the supervisor")
        except InfrastructureError as error:
            raise UserError(_of_another_type(use_stamped) if client.found else _nobody(wait, namespace)) from error
        terminal = KeyTerminal()
        try:
            terminal.open()
            terminal.say(HELP)
            _drive(client, keyboard, terminal, notes, end_effector_frame)
        finally:
            with deferred():
                client.close()
                terminal.close(_FAREWELL)


def _drive(
    client: "TeleopClient",
    keyboard: Keyboard,
    terminal: KeyTerminal,
    notes: "queue.SimpleQueue[str]",
    hand_frame: str,
) -> None:
    """Do what the keys say until one of them ends it, or the terminal does."""
    next_look = 0.0
    while (keys := terminal.keys(max(0.0, next_look - time.monotonic()))) is not None:
        for key in keys:
            word = keyboard.press(key)
            if word is Word.END:
                return
            if word is Word.HELP:
                terminal.say(HELP)
            elif word is not None:
                client.say(word, _WHO)
        # Several keys may come in one go, and more while they are carried out: the pace is that of the clock.
        if keys or time.monotonic() >= next_look:
            next_look = time.monotonic() + _LOOK_S
            client.drive(keyboard.velocity)
            client.move_arm(keyboard.arm, hand_frame if keyboard.in_hand else "")
            client.beat()
            while not notes.empty():
                terminal.say(notes.get())
            terminal.show(status_line(client.status, keyboard, terminal.width))


def _nobody(wait: float, namespace: str) -> str:
    from agent_planner.cli.joined import joined_place

    return (
        f"no supervisor in {joined_place(namespace)} within {wait:g} s, so nothing would take what the keys "
        "say; is the robot started? "
        "Another domain is chosen by --domain, a robot in a namespace by --namespace"
    )


def _of_another_type(use_stamped: bool) -> str:
    there, remedy = ("Twist", "leave out --use-stamped") if use_stamped else ("TwistStamped", "add --use-stamped")
    return f"a supervisor is there, but takes {there} on 'cmd_vel_teleop'; {remedy}"
