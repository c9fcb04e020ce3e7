# SPDX-License-Identifier: Apache-2.0
"""The commands of docs/tuning.md are carried out, on a small scale; and `make reproduce` runs the same."""

import re
import shlex
from pathlib import Path

import pytest
from typer.testing import CliRunner

from agent_planner.cli.main import app

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "tuning.md").read_text()
_COMMAND = re.compile(r"^agent-planner (tune .*)$", re.MULTILINE)
# What makes a command of the page small.
SMALL = {
    "--count": "4",
    "--tasks": "4",
    "--samples": "12",
    "--seeds": "0:1",
    "--processes": "1",
}
_TRAINED = ("--config", "tiny", "--steps", "1")


def section(title):
    return PAGE.partition(f"## {title}")[2].partition("\n## ")[0]


def commands(title):
    return [shlex.split(line) for line in _COMMAND.findall(section(title))]


def small(words, out):
    """The command with its sizes cut down and its files in a folder."""
    words = [word.replace("OUT/", f"{out}/") for word in words]
    for option, value in SMALL.items():
        if option in words:
            words[words.index(option) + 1] = value
    return [*words, *_TRAINED] if words[1] == "train" else words


def run(words):
    result = CliRunner().invoke(app, words, catch_exceptions=False)
    assert result.exit_code == 0, result.output


def test_make_reproduce_runs_what_the_page_says():
    script = (ROOT / "scripts" / "reproduce.sh").read_text().replace("\\\n", " ").replace("$out/", "OUT/")
    steps = re.findall(r"^(?:tune OUT/\S+|step agent-planner tune) (.*)$", script, re.MULTILINE)
    assert [["tune", *shlex.split(step)] for step in steps] == commands("All steps once")


@pytest.mark.model
@pytest.mark.timeout(900)
def test_all_steps_once(tmp_path):
    steps = commands("All steps once")
    assert [step[1] for step in steps] == [
        "scenarios", "collect", "filter", "general", "mix", "train", "evaluate", "report",
    ]  # fmt: skip
    for step in steps:
        run(small(step, tmp_path))
    assert "held_in" in (tmp_path / "report" / "report.md").read_text()
