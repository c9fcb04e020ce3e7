# SPDX-License-Identifier: Apache-2.0
"""`--config FILE`: a command's options from a YAML file, checked as on the command line, which counts more."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer
from pydantic import RootModel

from agent_planner.config import parse_yaml, read_text
from agent_planner.errors import did_you_mean


class Options(RootModel[dict[str, str | list[str]]]):
    """By their names, as they are written."""


def _read(context: typer.Context, file: Path | None) -> Path | None:
    """Make what stands in the file the defaults of the command's options.

    Raises:
        ConfigError: the command has no such option, or it admits no such value; names file, line and option.
    """
    if file is None:
        return None
    options = {
        name.removeprefix("--").replace("-", "_"): option
        for option in context.command.params
        for name in option.opts
        if name.startswith("--") and name not in ("--config", "--help")
    }
    told, lines = parse_yaml(Options, read_text(file), str(file), needs=next(iter(options)), as_text=True)

    def faults() -> Iterator[tuple[tuple[str], str]]:
        for name, value in told.root.items():
            option = options.get(name.replace("-", "_"))
            if option is None:
                yield (name,), f"the command has no such option; {did_you_mean(name, options)}"
            elif option.multiple is not isinstance(value, list):
                yield (name,), "must be a list" if option.multiple else "must be a single value"
            else:
                try:
                    option.process_value(context, value)
                except typer.BadParameter as error:
                    yield (name,), error.message

    lines.refuse(faults())
    context.default_map = {options[name.replace("-", "_")].name: value for name, value in told.root.items()}
    return file


OptionFile = Annotated[
    Path | None,
    typer.Option(
        "--config",
        is_eager=True,
        callback=_read,
        help="a YAML file with options by their names; those given beside it count more",
    ),
]
