# SPDX-License-Identifier: Apache-2.0
"""The examples of docs/policy.md do what the page says."""

import re
import shlex
import sys
from pathlib import Path

import pytest

from agent_planner.cli import main as command

PAGE = Path(__file__).parents[2] / "docs" / "policy.md"
BLOCKS = re.findall(r"^```(\w*)\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)
FILES = {text.split("\n")[0].removeprefix("# "): text for kind, text in BLOCKS if kind == "yaml"}
COMMANDS = [text for kind, text in BLOCKS if text.startswith("$ ")]


def test_every_block_is_used():
    assert len(BLOCKS) == len(FILES) + len(COMMANDS)
    assert sorted(FILES) == ["my_policy.yaml", "my_scene.yaml", "wrong.yaml"]


@pytest.mark.parametrize("block", COMMANDS, ids=lambda block: block.split("\n")[0][16:60])
def test_a_command_says_what_the_page_says(monkeypatch, capsys, tmp_path, block):
    for name, text in FILES.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    line, _, said = block.partition("\n")
    words = shlex.split(line.removeprefix("$ agent-planner "))
    monkeypatch.setattr(sys, "argv", ["agent-planner", *(str(tmp_path / w) if w in FILES else w for w in words)])
    monkeypatch.setattr(command, "raise_on_termination", lambda: None)
    with pytest.raises(SystemExit) as ended:
        command.main()
    out, err = capsys.readouterr()
    assert (out + err).replace(f"{tmp_path}/", "") == said
    assert (ended.value.code or 0) == (2 if err else 0)
