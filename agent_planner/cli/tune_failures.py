# SPDX-License-Identifier: Apache-2.0
"""`agent-planner tune failures`: how calls fail, counted in recorded episodes."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from agent_planner.cli.options import ROBOT, RobotName
from agent_planner.cli.terminal import Terminal

if TYPE_CHECKING:
    from agent_planner.tuning.scenarios.failure_table import FailureTable


def failures(
    runs: Annotated[list[Path], typer.Argument(help="folders of recorded episodes", exists=True, file_okay=False)],
    out: Annotated[Path, typer.Option(help="the table to write, YAML")],
    robot: RobotName = ROBOT,
    note: Annotated[str, typer.Option(help="how the episodes were made; it is kept in the table")] = "",
) -> None:
    """Count how often the calls of each skill failed, how, and what the world showed after it, with Wilson intervals.

    What was done to the robot on purpose (the suite failures) is counted apart, and not in the rates.
    """
    from agent_planner.cli.new_file import ready_to_write
    from agent_planner.cli.robots import load_robot
    from agent_planner.tuning.collect.count_failures import count_failures
    from agent_planner.tuning.data.records import read_plain, record
    from agent_planner.tuning.scenarios.failure_table import write_failures

    ready_to_write(out)
    terminal = Terminal()
    library = load_robot(robot).library()
    with terminal.busy("counting"):
        records = (record(where, data) for path in runs for where, data in read_plain(path))
        table = count_failures(records, library, note)
    write_failures(out, table)
    _show(terminal, table)
    terminal.say(f"{table.episodes} episodes counted in {out}")


def _show(terminal: Terminal, table: "FailureTable") -> None:
    """What is after a plus sign comes from episodes in which something was done to the robot."""
    shown = Table("skill", "calls", "failed (95 %)", "codes", "then", box=None)
    for name, skill in table.skills.items():
        low, high = skill.ci95
        codes = ", ".join(f"{code.code} {code.count}+{code.provoked}" for code in skill.failures)
        then = {"dropped": skill.dropped, "moved": skill.moved, "doors": skill.doors}
        shown.add_row(
            name,
            f"{skill.calls}+{skill.provoked_calls}",
            f"{skill.rate:.1%} ({low:.1%}-{high:.1%})",
            codes,
            ", ".join(f"{word} {count}" for word, count in then.items() if count),
        )
    terminal.console.print(shown, soft_wrap=False)
