# SPDX-License-Identifier: Apache-2.0
"""`agent-planner tune report`: results as tables, tests and plots."""

from pathlib import Path
from typing import Annotated

import typer

from agent_planner.cli.new_file import made_folder
from agent_planner.cli.terminal import Terminal


def report(
    results: Annotated[list[Path], typer.Argument(help="files of `tune evaluate`", exists=True, dir_okay=False)],
    out: Annotated[Path, typer.Option(help="folder for report.md and its plots")],
    base: Annotated[str, typer.Option(help="the model that likelihoods are compared with")] = "base",
) -> None:
    """Write a page of results: shares with intervals, paired differences with exact tests, errors, plots."""
    from agent_planner.tuning.panel.document import write_report
    from agent_planner.tuning.panel.results import read_results

    made_folder(out)
    terminal = Terminal()
    with terminal.busy("reading the results") as status:
        page = write_report(read_results(results), out, base, lambda name: status.update(f"writing {name}"))
    terminal.say(f"report: {page}")
