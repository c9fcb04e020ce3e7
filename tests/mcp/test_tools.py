# SPDX-License-Identifier: Apache-2.0
"""Tools from a library, and calls as the planner reads them."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent_planner.agent.conversation import parse_turn
from agent_planner.errors import CallRefused, UserError
from agent_planner.mcp.tools import all_tools, call_text, skill_tools
from agent_planner.skills import SkillLibrary
from agent_planner.types import Call

_SKILL = "- name: {}\n  description: It does.\n  parameters: {{a: {{type: text}}, b: {{type: text}}}}\n"


def library(*names):
    return SkillLibrary.parse("skills:\n" + "".join(_SKILL.format(name) for name in names))


SKILL = library("say")["say"]


def understood(arguments):
    try:
        return parse_turn(f"mcp\n{call_text(SKILL, arguments)}")[1]
    except CallRefused:
        return None


VALUES = st.floats() | st.booleans() | st.integers(-(10**9), 10**9)


@given(st.fixed_dictionaries({"a": st.text(max_size=40), "b": VALUES}))
def test_what_the_planner_reads_is_what_was_meant_or_nothing(arguments):
    call = understood(arguments)
    unsayable = "\n" in arguments["a"] or not math.isfinite(arguments["b"])
    assert (call is None) if unsayable else (call == Call("say", arguments))


def test_numbers_keep_their_digits():
    assert call_text(SKILL, {"a": 0.123456789012345, "b": True}) == "say(a=0.123456789012345, b=true)"


def test_a_skill_with_the_name_of_one_of_ours_gets_another_one():
    found = skill_tools(library("stop", "say"))
    assert {name: skill.name for name, skill in found.items()} == {"skill_stop": "stop", "say": "say"}
    assert [tool.name for tool in all_tools(library("stop", "say"))] == [
        "instruct", "stop", "reset", "scene", "skill_stop", "say",
    ]  # fmt: skip


def test_two_skills_never_share_a_tool():
    with pytest.raises(UserError, match="two skills would have the same tool"):
        skill_tools(library("stop", "skill_stop"))
