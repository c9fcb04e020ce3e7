# SPDX-License-Identifier: Apache-2.0
"""Options of a command from a file."""

from enum import Enum
from pathlib import Path
from typing import Annotated

import pytest
import typer
from typer.testing import CliRunner

from agent_planner.cli.option_file import OptionFile
from agent_planner.errors import ConfigError

app = typer.Typer()


class Colour(Enum):
    RED = "red"
    BLUE = "blue"


@app.command()
def paint(
    out: Annotated[Path, typer.Option()],
    colour: Annotated[list[Colour] | None, typer.Option()] = None,
    coats: Annotated[int, typer.Option(min=1)] = 1,
    hours: Annotated[str, typer.Option()] = "",
    all_sides: Annotated[bool, typer.Option("--all-sides")] = False,
    config: OptionFile = None,
) -> None:
    print(out, [c.value for c in colour or ()], coats, hours, all_sides)


@pytest.fixture
def file(tmp_path):
    return tmp_path / "paint.yaml"


def run(file, *arguments):
    done = CliRunner().invoke(app, [*arguments, "--config", str(file)], catch_exceptions=False)
    return done.stdout.strip()


def test_options_come_from_the_file_and_those_of_the_command_line_count_more(file):
    file.write_text("out: wall\ncolour: [red, blue]\ncoats: 2\nhours: 8:30\nall-sides: true\n")
    assert run(file) == "wall ['red', 'blue'] 2 8:30 True"
    assert run(file, "--coats", "3", "--colour", "blue") == "wall ['blue'] 3 8:30 True"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("out: wall\ncoat: 2\n", r"paint.yaml:2: coat: the command has no such option; did you mean 'coats'"),
        ("coats: 0\n", "paint.yaml:1: coats: .*greater than or equal to 1"),
        ("coats: many\n", "paint.yaml:1: coats: .*should be a valid integer"),
        ("out: wall\ncolour: [green]\n", "paint.yaml:2: colour: .*'green' is not one of 'red', 'blue'"),
        ("colour: red\n", "paint.yaml:1: colour: must be a list"),
        ("coats: [1, 2]\n", "paint.yaml:1: coats: must be a single value"),
        ("config: other.yaml\n", "paint.yaml:1: config: the command has no such option"),
        ("- 3\n", "must be a mapping with the key `out`"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(file, text, told):
    file.write_text(text)
    with pytest.raises(ConfigError, match=told):
        run(file, "--out", "wall")
