# SPDX-License-Identifier: Apache-2.0
"""`agent-planner tune report`: results as tables, tests and plots."""

from pathlib import Path
from typing import Annotated

import typer

from agent_planner.cli.new_file import made_folder
from agent_planner.cli.option_file import OptionFile
from agent_planner.cli.terminal import Terminal


def report(
    results: Annotated[
        list[Path], typer.Argument(help="files of `tune evaluate` and `evaluate-physical`", exists=True, dir_okay=False)
    ],
    out: Annotated[Path, typer.Option(help="folder for report.md and its plots")],
    base: Annotated[str, typer.Option(help="the model that likelihoods are compared with")] = "base",
    config_file: OptionFile = None,
) -> None:
    """Write a page of results: shares with intervals, paired differences with exact tests, errors, plots."""
    from agent_planner.tuning.data.manifest import write_manifest
    from agent_planner.tuning.panel.document import write_report
    from agent_planner.tuning.panel.results import read_results

    made_folder(out)
    terminal = Terminal()
    with terminal.busy("reading the results") as status:
        found = read_results(results)
        page = write_report(found, out, base, lambda name: status.update(f"writing {name}"))
    write_manifest(page, "tune report", {"base": base}, results, {"lines": len(found)})
    terminal.say(f"report: {page}")
