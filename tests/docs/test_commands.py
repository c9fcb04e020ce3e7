# SPDX-License-Identifier: Apache-2.0
"""Whatever the documents tell a person to type is understood; nothing is carried out."""

import contextlib
import re
import shlex
from pathlib import Path

import pytest
import typer

from agent_planner.cli.main import app

# Typer carries a click of its own and shows only parts of it.
UsageError = typer.BadParameter.__base__
ROOT = Path(__file__).parents[2]
PAGES = [
    ROOT / "README.md",
    ROOT / "CONTRIBUTING.md",
    *sorted((ROOT / "docs").glob("*.md")),
    *sorted((ROOT / "agent_planner").glob("models/*/README.md")),
]
# In a block it ends with the line, in a sentence with the backtick; in both a comment or the shell's next word.
_IN_BLOCK = re.compile(r"^(?:\$ )?(?:\.venv/bin/)?(agent-planner .*?)(?:\s+#.*|\s+&&.*)?$", re.MULTILINE)
_NOT_THERE = "does not exist"
_IN_TEXT = re.compile(r"`(?:\.venv/bin/)?(agent-planner [^`]+)`")
_MAKE = re.compile(r"(?:^|`)(?:[A-Z]+=\S+ )?make ((?:[a-z-]+)(?: [a-z-]+)*)", re.MULTILINE)


def told(pattern):
    """Each once, with the page where it stands."""
    found = {match: page.name for page in PAGES for match in pattern.findall(page.read_text(encoding="utf-8"))}
    return [pytest.param(match, id=f"{page}: {match[:60]}") for match, page in found.items()]


def parse(words):
    """Parse a command line as it would be when it is called."""
    command, context = typer.main.get_command(app), None
    while True:
        context = command.make_context(command.name or "agent-planner", list(words), parent=context)
        if not hasattr(command, "resolve_command"):
            return
        _, command, words = command.resolve_command(context, [*context._protected_args, *context.args])


@pytest.mark.parametrize("line", told(_IN_BLOCK))
def test_a_command_in_a_block_is_understood(line):
    try:
        with contextlib.suppress(typer.Exit):  # as --help ends
            parse(shlex.split(line)[1:])
    except UsageError as error:
        # A file may be one that another command on the page makes.
        if _NOT_THERE not in str(error):
            raise


@pytest.mark.parametrize("line", told(_IN_TEXT))
def test_a_command_in_a_sentence_is_understood(line):
    try:
        parse(shlex.split(line)[1:])
    except UsageError as error:
        # A sentence may leave out what has to be given, and name what comes of use.
        if type(error).__name__ != "MissingParameter" and _NOT_THERE not in str(error):
            raise


@pytest.mark.parametrize("verbs", told(_MAKE))
def test_what_make_is_asked_for_is_there(verbs):
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    assert set(verbs.split()) & targets, f"no target: {verbs}"


def test_what_pip_is_told_can_be_installed():
    """By its hash a package is installed only with all that it needs, or alone; and no index has our own."""
    for page in PAGES:
        for line in re.findall(r"pip install .*", page.read_text(encoding="utf-8")):
            assert "agent_planner[" not in line, page.name
            for lock in re.findall(r"-r (lock/\S+)", line):
                packages = locked(lock)
                assert len(packages) > 1 or "--no-deps" in line, f"{page.name}: {line}"


def test_what_the_simulators_want_beside_a_stock_ros_is_told():
    launch = PAGES[0].read_text(encoding="utf-8").partition("## On a stock ROS: launch")[2].partition("\n## ")[0]
    assert not [
        name for name in ("mujoco", "imageio-ffmpeg") if name not in locked("lock/stock.txt") and name not in launch
    ]


def locked(file):
    return set(re.findall(r"^([\w.-]+)==", (ROOT / file).read_text(encoding="utf-8"), re.MULTILINE))


def test_a_wrong_line_would_be_noticed():
    with pytest.raises(UsageError):
        parse(["demo", "--instruktion", "x"])
    with pytest.raises(UsageError):
        parse(["skils"])
