# SPDX-License-Identifier: Apache-2.0
"""What a person who drives must know at any moment, as one line."""

from dataclasses import dataclass

from agent_planner.teleop.keyboard import Keyboard


@dataclass(frozen=True)
class TeleopStatus:
    """What is heard of the robot.

    Attributes:
        person: whether a person has it; None: nothing is heard.
        seconds: for how long.
        level: of autonomy; empty: nothing is heard of a planner.
        stopped: whether it is stopped; None: nothing is heard of a supervisor, which counts as a stop.
        reason: why it is stopped.
    """

    person: bool | None = None
    seconds: float = 0.0
    level: str = ""
    stopped: bool | None = None
    reason: str = ""


def status_line(status: TeleopStatus, keyboard: Keyboard, width: int) -> str:
    """Return the line, cut to a width; nothing in it is taken for a command by a terminal."""
    stop = {None: "NO SUPERVISOR", False: "not stopped", True: f"STOPPED: {status.reason}"}[status.stopped]
    who = {None: "not known", False: "skills", True: f"person, {status.seconds:.0f} s"}[status.person]
    if keyboard.for_arm:
        keys = f"ARM {keyboard.arm_share:.0%}, {'hand' if keyboard.in_hand else 'base'} axes"
    else:
        keys = f"BASE {keyboard.linear:.2f} m/s {keyboard.turn:.2f} rad/s"
    return plain(f"{stop} | robot: {who} | level: {status.level or 'no planner'} | {keys}")[:width]


def plain(text: str) -> str:
    """Return a text from elsewhere on one line, without what a terminal would obey."""
    return "".join(letter if letter.isprintable() else " " for letter in text)


def plain_lines(text: str) -> str:
    """The same for a text that keeps its lines."""
    return "\n".join(plain(line) for line in text.split("\n"))
