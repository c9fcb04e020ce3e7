# SPDX-License-Identifier: Apache-2.0
"""docs/mcp.md says what there is."""

import json
import re
from pathlib import Path

import pytest

pytest.importorskip("mcp")

from agent_planner.mcp.resources import resource_list
from agent_planner.mcp.tools import all_tools
from agent_planner.skills import SkillLibrary

PAGE = (Path(__file__).parents[2] / "docs" / "mcp.md").read_text(encoding="utf-8")


def rows(head: str) -> set[str]:
    table = PAGE.partition(f"| {head} |")[2].partition("\n\n")[0]
    return set(re.findall(r"^\| `([^`]+)` \|", table, re.MULTILINE))


def test_the_snippet_for_a_client_is_json():
    (block,) = re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)
    assert json.loads(block) == {"mcpServers": {"robot": {"command": "agent-planner", "args": ["mcp"]}}}


def test_the_tables_are_complete():
    library = SkillLibrary.load()
    assert rows("tool") == {tool.name for tool in all_tools(library)} - set(library.by_name)
    assert rows("resource") == {resource.uri for resource in resource_list()}
