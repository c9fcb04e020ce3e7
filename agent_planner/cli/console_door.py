# SPDX-License-Identifier: Apache-2.0
"""The operator console on a running robot, for as long as a command serves it."""

import os
import socket
import sys
import webbrowser
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from agent_planner.access import LOOPBACK, listening, new_token, token_of
from agent_planner.cli.signals import deferred
from agent_planner.cli.terminal import Terminal
from agent_planner.errors import UserError

if TYPE_CHECKING:
    from agent_planner.ros.client_node import ClientNode

_PACKAGES = ("fastapi", "uvicorn", "websockets")
# As for `send`: a model's turn, and a skill that comes to rest.
_STOP_SECONDS = 30.0

Port = Annotated[int, typer.Option(min=0, max=65535, help="of the console; 0 takes a free one")]
Host = Annotated[str, typer.Option(help="what the console listens on; 0.0.0.0: every network of this machine")]
TokenFile = Annotated[Path | None, typer.Option(help="a file that holds the token and that nobody else may read")]
Open = Annotated[bool, typer.Option("--open/--no-open", help="open the page in a browser, where there is a display")]
ArmFrame = Annotated[str, typer.Option(help="frame of the end effector, in which the page moves it")]

PORT, HOST, ARM_FRAME = 8770, LOOPBACK, "end_effector"


@dataclass(frozen=True)
class Door:
    """Where a console is reached, before there is a robot behind it.

    Attributes:
        listens: its socket.
        host: as it was given.
        token: begins a session.
        is_secret: whether the person knows the token already, so that it is not printed.
        opens: whether a browser is to be opened.
    """

    listens: socket.socket
    host: str
    token: str
    is_secret: bool
    opens: bool

    @property
    def port(self) -> int:
        """That was taken."""
        return self.listens.getsockname()[1]

    def link(self, token: str = "") -> str:
        """The address of the page."""
        name = socket.gethostname() if self.host in ("0.0.0.0", "") else self.host
        return f"http://{name}:{self.port}/" + (f"#{token}" if token else "")


@contextmanager
def console_door(host: str, port: int, token_file: Path | None, opens: bool) -> Iterator[Door]:
    """Take the port and the token, before anything is started.

    Raises:
        UserError: the extra is not installed, the port is taken, or the file holds no token.
    """
    missing = [name for name in _PACKAGES if find_spec(name) is None]
    if missing:
        raise UserError(f"not installed: {', '.join(missing)}; run `pip install '.[console]'` in the checkout")
    token = token_of(token_file) if token_file else new_token()
    with listening(port, host) as listens:
        yield Door(listens, host, token, token_file is not None, opens and _has_display())


@contextmanager
def console_at(
    door: Door, node: "ClientNode", terminal: Terminal, wait: float, arm_frame: str, suggestion: str = ""
) -> Iterator[Callable[[], None]]:
    """Serve the console of the robot; what was sent from it is ended at the end.

    Args:
        door: where.
        node: has joined the robot's domain.
        terminal: is told the link.
        wait: seconds to wait for planner and supervisor.
        arm_frame: of the end effector.
        suggestion: an instruction that the page offers.

    Yields:
        what raises InfrastructureError once the console is not served any more; call it now and then.
    """
    from agent_planner.cli.joined import told_where
    from agent_planner.console.app import console_app
    from agent_planner.console.serve import names_of, served
    from agent_planner.ros.console_link import ConsoleLink

    link = ConsoleLink(node, arm_frame, suggestion)
    with told_where(node):
        link.join(wait)
    once = new_token() if door.opens else None
    app = console_app(link, door.token, names_of(door.host, door.port), once)
    with served(app, door.listens) as check:
        # A page may send an instruction as soon as it is served.
        try:
            _tell(door, terminal)
            if once:
                # Whoever lists this machine's processes sees the browser's address: worth nothing once it is open.
                webbrowser.open(door.link(once))
            yield check
        finally:
            with deferred():
                link.end(_STOP_SECONDS)


def _tell(door: Door, terminal: Terminal) -> None:
    if door.is_secret:
        terminal.say(f"console:         {door.link()} (sign in with the token of the file)", "bold")
    else:
        terminal.say(f"console:         {door.link(door.token)}", "bold")
    if door.host not in (LOOPBACK, "localhost"):
        terminal.say(
            f"WARNING: --host {door.host} lets in whoever is on that network and has the token, and everything, the "
            f"token too, goes over it unencrypted; safer: ssh -L {door.port}:127.0.0.1:{door.port} without --host",
            "bold red",
        )


def _has_display() -> bool:
    return sys.platform == "darwin" or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
