# SPDX-License-Identifier: Apache-2.0
"""Reading a library: what is admitted, and where a fault is said to be."""

from pathlib import Path

import pytest

from agent_planner.errors import CallRefused, ConfigError
from agent_planner.scene import SceneGraph, SceneObject, ScenePlace
from agent_planner.skills import Pattern, SkillLibrary
from agent_planner.skills.tools import tools
from agent_planner.types import Call

SCENE = SceneGraph(objects=(SceneObject(name="red cube"),), places=(ScenePlace(name="desk"),))
HEAD = "skills:\n- name: ring\n  description: Ring the bell.\n"


def test_the_shipped_library_is_valid():
    library = SkillLibrary.load()
    assert {"navigate_to", "pick", "place_on", "place_in", "open", "close"} <= set(library.by_name)
    assert all(skill.action for skill in library)
    assert library["pick"].line() == (
        "pick(object): Grasp an object and lift it. needs: accessible(object), hand free, at(object). "
        "makes: holding(object) by pick"
    )


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("skills: [", 1, "not YAML"),
        ("- a", None, "mapping"),
        (HEAD + "  risk: huge\n", 4, "risk"),
        (HEAD + "  colour: red\n", 4, "colour"),
        (HEAD + "  needs: [at(target)]\n", 2, "no parameter 'target'"),
        (HEAD + "  parameters:\n    x: {type: number, minimum: 0}\n", 5, "maximum"),
        (HEAD + "  parameters:\n    x: {type: enum}\n", 5, "values"),
        (HEAD + "- name: ring\n  description: Again.\n", 1, "twice"),
        ("skills:\n- name: ask\n  description: Ask.\n", 1, "built in"),
        (HEAD + "  service: {name: bell, type: std_srvs}\n", 4, "'std_srvs' is no type: package/action/Name"),
        ("skills:\n- name: Ring it\n  description: Ring.\n", 2, "'Ring it' is no name: a lower-case letter"),
        (HEAD + "  needs: ['at(']\n", 4, "not a predicate"),
        (HEAD + "  refutes: {NO_IK: [hand free]}\n", 2, "refutes: hand free is none of the skill's needs"),
        (HEAD + "  needs: [hand free]\n  refutes: {BUSY: [hand free]}\n", 2, "is the scene's to tell; `at` can be"),
        (HEAD + "  needs: [hand free]\n  refutes: {BUSY: ['at(']}\n", 5, "not a predicate"),
        (HEAD + "  needs: at\n", 4, "skills.0.needs: must be a list"),
        ("skills:\n- description: Ring.\n", 2, "skills.0.name: is missing"),
        (HEAD + "  timeout_s: .inf\n", 4, "finite"),
        (HEAD + "  parameters:\n    Target: {type: entity}\n", 5, "'Target' is no name: a lower-case letter"),
        (HEAD + "  parameters:\n    x: {type: text, values: [a]}\n", 5, "`values` means nothing for type text; it is"),
        (HEAD + "  parameters:\n    x: {type: enum, values: [a], minimum: 0}\n", 5, "it is for number"),
        (HEAD + "  parameters:\n    x: {type: entity, kinds: []}\n", 5, "`kinds` is empty"),
        (HEAD + "  parameters:\n    x: {type: number, minimum: -.inf, maximum: 1}\n", 5, "x.minimum: Input"),
        (HEAD + "  parameters:\n    x: {type: number, minimum: 0, maximum: 1.0e+300}\n", 5, "x.maximum"),
        (HEAD + "  parameters:\n    x: {type: enum, values: [a, a]}\n", 5, "a word stands twice"),
        (HEAD + "  parameters:\n    x: {type: enum, values: ['say \"hi\"']}\n", 5, "cannot be said in a call"),
        (HEAD + "  parameters:\n    x: {type: enum, values: ['up, down']}\n", 5, "'up, down' cannot be said"),
        (HEAD + "  parameters:\n    x: {type: enum, values: ['up then down']}\n", 5, "cannot be said"),
    ],
)
def test_a_fault_is_told_with_file_line_and_field(text: str, line: int | None, words: str):
    with pytest.raises(ConfigError) as caught:
        SkillLibrary.parse(text, "mine.yaml")
    assert caught.value.where == (f"mine.yaml:{line}" if line else "mine.yaml")
    assert words in str(caught.value)


@pytest.mark.parametrize("text", ["|\n    Ring the bell,\n    once.\n", ">\n    Ring the bell,\n    once.\n"])
def test_a_description_over_several_lines_is_one_line_of_the_prompt(text: str):
    library = SkillLibrary.parse(f"skills:\n- name: ring\n  description: {text}")
    assert library.text() == "ring(): Ring the bell, once. makes: did(ring) by ring"


def test_a_missing_file_is_told(tmp_path: Path):
    with pytest.raises(ConfigError, match="cannot be read"):
        SkillLibrary.load(tmp_path / "none.yaml")


@pytest.mark.parametrize(
    ("text", "pattern"),
    [
        ("at(target)", Pattern("at", ("target",))),
        ("not holding(object)", Pattern("holding", ("object",), True)),
        ("hand free", Pattern("hand_free")),
        ("not arm moving", Pattern("arm_moving", (), True)),
        ("on(object, surface)", Pattern("on", ("object", "surface"))),
    ],
)
def test_patterns_are_read(text: str, pattern: Pattern):
    assert Pattern.parse(text) == pattern
    assert str(pattern) == text


@pytest.mark.parametrize(
    ("call", "code"),
    [
        (Call("pick", {"object": "blue cube"}), "UNKNOWN_ENTITY"),
        (Call("pick", {"object": "desk"}), "WRONG_KIND"),
        (Call("pick", {}), "MISSING_ARGUMENT"),
        (Call("pick", {"object": "red cube", "force": 3}), "UNKNOWN_ARGUMENT"),
        (Call("pick", {"object": 3}), "BAD_TYPE"),
        (Call("set_gripper", {"opening": 0.2}), "OUT_OF_BOUNDS"),
        (Call("set_gripper", {"opening": float("nan")}), "OUT_OF_BOUNDS"),
        (Call("set_gripper", {"opening": True}), "BAD_TYPE"),
        (Call("set_gripper", {"opening": 10**400}), "OUT_OF_BOUNDS"),
        (Call("move_arm", {"posture": "up"}), "UNKNOWN_VALUE"),
        (Call("grab", {}), "UNKNOWN_SKILL"),
    ],
)
def test_wrong_calls_are_refused_with_a_code(call: Call, code: str):
    library = SkillLibrary.load()
    with pytest.raises(CallRefused) as caught:
        library.skill_of(call).check(call.args, SCENE)
    assert caught.value.code == code


def test_a_thing_does_not_go_onto_itself():
    tray = SceneObject(name="tray", affordances=frozenset({"graspable", "surface"}))
    with pytest.raises(CallRefused, match="SAME_ENTITY: place_on: object and surface cannot both be 'tray'"):
        SkillLibrary.load()["place_on"].check({"object": "tray", "surface": "tray"}, SceneGraph(objects=(tray,)))


def test_refusals_name_the_alternatives():
    with pytest.raises(CallRefused, match="did you mean 'red cube'"):
        SkillLibrary.load()["pick"].check({"object": "red cub"}, SCENE)


def test_tools_list_the_names_that_may_stand_there():
    by_name = {t["function"]["name"]: t["function"] for t in tools(SkillLibrary.load(), SCENE)}
    assert {"ask", "give_up", "pick"} <= by_name.keys()
    assert by_name["pick"]["parameters"]["properties"]["object"]["enum"] == ["red cube"]
    assert by_name["set_gripper"]["parameters"]["properties"]["opening"]["maximum"] == 0.08
