# SPDX-License-Identifier: Apache-2.0
"""Reading a policy: what is admitted, and where a fault is said to be."""

from pathlib import Path

import pytest

from agent_planner.errors import ConfigError
from agent_planner.safety.policy import SHIPPED, Effect, Policy, Range, policy_path
from agent_planner.skills import SkillLibrary

LIBRARY = SkillLibrary.load()
REST = "- name: all else\n  then: allow\n"


@pytest.mark.parametrize("path", sorted(SHIPPED.glob("*.yaml")), ids=lambda path: path.stem)
def test_a_shipped_policy_is_valid(path: Path):
    assert Policy.load(path, LIBRARY).rules


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("- a", None, "must be a mapping with the key `rules`"),
        ("rules: {", 1, "is not YAML"),
        ("zones: {}\n", 1, "rules: is missing"),
        ("rules: []\n", 1, "rules"),
        (f"rule: 3\nrules:\n{REST}", 1, "rule: is no field that is known here"),
        ("rules:\n- name: a\n  then: maybe\n", 3, "Input should be 'allow', 'ask', 'hand_over' or 'deny'"),
        ("rules:\n- name: a\n  then: deny\n  skill: [pick]\n", 4, "rules.0.skill: is no field"),
        ("rules:\n- name: a\n  then: deny\n  skills: [pikc]\n", 4, "no skill 'pikc'; did you mean 'pick'?"),
        ("rules:\n- name: a\n  then: deny\n  skills: []\n", 2, "`skills` is empty"),
        ("rules:\n- name: a\n  then: deny\n  zones: [lab]\n", 4, "no zone 'lab'; known: none"),
        ("rules:\n- name: a\n  then: deny\n  entities: [Stove]\n", 4, "can be called 'Stove'; a name is lower case"),
        ("rules:\n- name: a\n  then: deny\n  entities: [tea_pot]\n", 4, "lower case: write 'tea pot'"),
        ("rules:\n- name: a\n  then: deny\n  then: allow\n", 4, "rules.0.then: stands twice"),
        ("rules:\n- name: a\n  then: deny\n  risks: [huge]\n", 4, "rules.0.risks.0"),
        ("rules:\n- name: a\n  then: deny\n  arguments: {width: {maximum: 1}}\n", 4, "has a number 'width'"),
        ("rules:\n- name: a\n  then: deny\n  arguments: {opening: {}}\n", 4, "a `minimum`, a `maximum` or both"),
        ("rules:\n- name: a\n  then: deny\n  arguments: {opening: {minimum: .nan}}\n", 4, "finite"),
        (f"rules:\n{REST}- name: b\n  then: deny\n  skills: [pick]\n", 2, "no rule after it is ever reached"),
        (f"rules:\n- name: all else\n  then: deny\n  skills: [pick]\n{REST}", 5, "another rule is called"),
        (f"zones:\n  lab: [[0, 0], [1, 1]]\nrules:\n{REST}", 2, "zones.lab: a polygon has at least 3 corners"),
        (f"bounds:\n  reach_m: -1\nrules:\n{REST}", 2, "bounds.reach_m"),
        (f"bounds:\n  margin_m: 0.3\nrules:\n{REST}", 2, "bounds.margin_m: is kept from the edges of"),
        (f"bounds:\n  arguments:\n    fly: {{z: {{maximum: 1}}}}\nrules:\n{REST}", 3, "no skill 'fly'"),
        (f"bounds:\n  arguments:\n    set_gripper:\n      o: {{maximum: 1}}\nrules:\n{REST}", 4, "no number 'o'"),
    ],
)
def test_a_fault_is_told_with_file_line_and_field(text: str, line: int | None, words: str):
    with pytest.raises(ConfigError) as caught:
        Policy.parse(text, "mine.yaml", LIBRARY)
    assert caught.value.where == (f"mine.yaml:{line}" if line else "mine.yaml")
    assert words in str(caught.value)


def test_what_may_be_left_out():
    policy = Policy.parse(f"rules:\n{REST}")
    assert (policy.bounds.workspace, policy.zones, policy.rules[0].then) == (None, {}, Effect.ALLOW)


def test_a_range_has_both_ends_and_no_nan():
    assert [Range(minimum=0.0, maximum=1.0).holds(v) for v in (-0.1, 0.0, 1.0, 1.1, float("nan"))] == [
        False, True, True, False, False,
    ]  # fmt: skip
    assert not Range(minimum=0.0).holds(float("nan"))
    assert [str(Range(minimum=1)), str(Range(maximum=2)), str(Range(minimum=1, maximum=2))] == [
        "at least 1", "at most 2", "1 to 2",
    ]  # fmt: skip


def test_a_policy_is_chosen_by_name_or_path(tmp_path: Path):
    assert policy_path("simulation") == SHIPPED / "simulation.yaml"
    mine = tmp_path / "mine.yaml"
    mine.write_text(f"rules:\n{REST}")
    assert policy_path(str(mine)) == mine
    with pytest.raises(ConfigError, match="did you mean 'simulation'"):
        policy_path("simulaton")
