# SPDX-License-Identifier: Apache-2.0
from agent_planner.perception.places import KnownObject
from agent_planner.perception.words import wanted_words
from agent_planner.skills.library import SkillLibrary

LIBRARY = SkillLibrary.parse(
    "skills: [{name: brew, description: Makes a drink., parameters: {item: {type: enum, values: [espresso cup, mug]},"
    " speed: {type: enum, values: [slow, fast]}}, timeout_s: 10.0,"
    " action: {name: brew, type: agent_planner_interfaces/action/ExecuteSkill}}]"
)


def test_looked_for_is_what_is_said_what_the_map_names_and_what_skills_list():
    words = wanted_words([KnownObject(name="red cube")], LIBRARY, "put the stapler next to the red cube")
    assert words[0] == "stapler"
    assert set(words) >= {"red cube", "espresso cup", "mug"}
    assert "slow" not in words
    assert len(words) == len(set(words))


def test_without_anything_said_nothing_is_made_up():
    assert wanted_words([], None, "") == ()
