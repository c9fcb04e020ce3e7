# SPDX-License-Identifier: Apache-2.0
"""Predicates and placeholders that can be read, but do not mean what was written."""

import pytest

from agent_planner.errors import ConfigError
from agent_planner.skills import SkillLibrary
from agent_planner.skills.library import SHIPPED

HEAD = """skills:
- name: tend
  description: Tend a machine.
  parameters: {machine: {type: entity}, tool: {type: entity}, part: {type: entity}, mode: {type: enum, values: [slow]}}
"""
ACTION = "  action:\n    name: tend\n    type: p/action/Tend\n    goal:\n      told:\n      - "
STOPS = "- {name: halt, description: Halt., needs: [arm down, running], makes: [not running]}\n"


def refusal(text: str, line: int) -> str:
    """What is said of a library that has a fault in that line."""
    with pytest.raises(ConfigError) as caught:
        SkillLibrary.parse(text, "mine.yaml")
    assert caught.value.where == f"mine.yaml:{line}"
    return str(caught.value)


@pytest.mark.parametrize("path", sorted(SHIPPED.glob("*.yaml")), ids=lambda path: path.stem)
def test_a_shipped_library_is_valid(path):
    assert SkillLibrary.load(path).skills


@pytest.mark.parametrize(
    ("needs", "says"),
    [
        ("at(machine, tool)", "'at' is about 1 thing, not 2"),
        ("on(tool)", "'on' is about 2 things, not 1"),
        ("near", "'near' is about 2 things, not 0"),
        ("accessible", "'accessible' is about 1 thing, not 0"),
        ("at(mode)", "'at' is about things of the scene, and 'mode' is of type enum"),
        ("at machine", "it is read as one name; write at(machine)"),
        ("arm down machine", "write arm_down(machine)"),
        ("hand free and arm moving", "a list has one predicate an entry"),
        ("arm down or hand free", "a list has one predicate an entry"),
        ("not_hand_free", "write not hand free"),
        ("hand fre", "did you mean 'hand free'?"),
        ("not acessible(tool)", "did you mean 'accessible'?"),
        ("did(tool)", "that is said in goals"),
        ("wired(machine, tool, part)", "a fact is about 2 things at most, not 3"),
        ("arm_down(machine)", "about 1 things here and about 0 elsewhere"),
    ],
)
def test_a_need_that_could_never_be_as_meant_is_told(needs: str, says: str):
    down = "- {name: lower, description: Lower the arm., makes: [arm down]}\n"
    told = refusal(f'{HEAD}  needs:\n  - hand free\n  - "{needs}"\n{down}', 7)
    assert "skills.0.needs.1: '" in told and says in told


@pytest.mark.parametrize(
    ("makes", "says"),
    [
        ("accessible(machine)", "the scene tells it, no skill makes it"),
        ("not arm moving", "the scene tells it, no skill makes it"),
        ("not open(machine)", "write closed(machine)"),
        ("not closed(machine)", "write open(machine)"),
        ("holdin(tool)", "did you mean 'holding'?"),
        ("holding", "'holding' is about 1 thing, not 0"),
    ],
)
def test_an_effect_that_would_come_to_nothing_is_told(makes: str, says: str):
    assert says in refusal(f'{HEAD}  makes: ["{makes}"]\n', 5)


def test_facts_of_ones_own_are_admitted():
    makes = "makes: [locked and loaded, 'wired(machine, tool)', 'not hot(machine)', unexplored, opened(machine)]"
    needs = "needs: [locked and loaded, charging, not arm moving, unexplored, 'near(tool, machine)']"
    library = SkillLibrary.parse(f"{HEAD}  {makes}\n  {needs}\n{STOPS}")
    assert str(library["tend"].makes[0]) == "locked and loaded"


@pytest.mark.parametrize(
    ("field", "says"),
    [
        ("'{Machine}'", "'{Machine}' would be sent as it is; a placeholder is {machine} or {machine.field}"),
        ("'to { machine }'", "'{ machine }' would be sent as it is"),
        ("'{machine.approach-pose}'", "'{machine.approach-pose}' would be sent as it is"),
        ("{x: '{MACHINE}'}", "'{MACHINE}' would be sent as it is"),
        ("'{Call.skill}'", "would be sent as it is"),
    ],
)
def test_what_is_no_placeholder_but_was_meant_for_one_is_told(field: str, says: str):
    told = refusal(f"{HEAD}{ACTION}{field}\n", 10)
    assert "skills.0.action.goal.told.0" in told and says in told


@pytest.mark.parametrize("field", ["'{machine.pose}'", "'{call.arguments}'", "'{\"speed\": 1}'", "'<{Other}>'"])
def test_placeholders_and_other_text_in_braces_are_admitted(field: str):
    assert SkillLibrary.parse(f"{HEAD}{ACTION}{field}\n")["tend"].action


def test_the_request_of_a_service_is_looked_at_too():
    service = "  service: {name: tend, type: p/srv/Tend, request: {told: '{Machine}'}}\n"
    with pytest.raises(ConfigError, match=r"skills\.0\.service\.request\.told: '\{Machine\}'"):
        SkillLibrary.parse(HEAD + service)
