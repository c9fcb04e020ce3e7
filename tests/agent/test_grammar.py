# SPDX-License-Identifier: Apache-2.0
"""What the grammar lets through, checked with llguidance itself."""

import pytest

from agent_planner.agent.grammar import goal_grammar, turn_grammar
from agent_planner.scene import Relation, SceneGraph, SceneObject, ScenePlace
from agent_planner.skills import Parameter, Skill, SkillLibrary
from agent_planner.types import Atom, Level
from tests.agent.driver import admits

LIBRARY = SkillLibrary.load()
SCENE = SceneGraph(
    objects=(SceneObject(name="red cube"), SceneObject(name="cup")),
    places=(ScenePlace(name="desk"), ScenePlace(name="bin", affordances=frozenset({"container"}))),
    relations=(
        Relation("on", "red cube", "desk"),
        Relation("in", "cup", "bin"),
        Relation("at", "bin"),
        Relation("at", "cup"),
    ),
)
UNMET = [Atom("in", ("red cube", "bin"))]


@pytest.mark.parametrize(
    ("text", "fits"),
    [
        ("goal: in(red cube, bin)", True),
        ("goal: in(red cube, bin); on(cup, desk) then at(desk)", True),
        ("goal: hand free", True),
        ("goal: did(move_arm, stow)", True),
        ("goal: did(set_gripper, 0.05)", True),
        ("goal: did(set_gripper, 5)", False),
        ('goal: missing("green mug")', True),
        ('goal: missing("purple")', False),
        ('goal: which("the": red cube, cup)', False),
        ("goal: none\nHello.", True),
        ("goal: in(red cube, desk)", False),
        ("goal: in(blue cube, bin)", False),
        ("goal: open(bin)", False),
        ("goal: did(pick, cup)", False),
        ("hello", False),
    ],
)
def test_goals(text: str, fits: bool):
    assert admits(goal_grammar(LIBRARY, SCENE, 'put the green mug "there"', Level.GRAMMAR), text) is fits


@pytest.mark.parametrize(
    ("text", "fits"),
    [
        ('goal: which("cube": red cube, blue cube)', True),
        ('goal: which("cube": blue cube, red cube)', False),
        ('goal: which("cube": red cube, cup)', False),
        ('goal: which("red cube": red cube, blue cube)', False),
        ("goal: in(red cube, bin)", True),
        ('goal: missing("there")', True),
    ],
)
@pytest.mark.parametrize("level", [Level.GRAMMAR, Level.APPLICABLE])
def test_a_question_offers_exactly_what_its_words_fit(text: str, fits: bool, level: Level):
    scene = SCENE.replace(objects=(SceneObject(name="red cube"), SceneObject(name="blue cube"), *SCENE.objects[1:]))
    assert admits(goal_grammar(LIBRARY, scene, "put the cube, please, there", level), text) is fits


def test_punctuation_alone_is_no_question():
    scene = SCENE.replace(objects=(SceneObject(name="red cube", color="red"), SceneObject(name="cup", color="blue")))
    grammar = goal_grammar(LIBRARY, scene, "the cup , please", Level.APPLICABLE)
    assert not admits(grammar, f'goal: which("": {", ".join(scene.entities)})')


def test_where_no_words_fit_several_things_there_is_no_such_question():
    grammar = goal_grammar(LIBRARY, SCENE, "put the cube there", Level.APPLICABLE)
    assert not admits(grammar, 'goal: which("cube": red cube, cup)')
    assert admits(grammar, "goal: in(red cube, bin)")


@pytest.mark.parametrize(
    ("instruction", "most"),
    [
        ("put the red cube in the bin", 2),
        ("put the red cube in the bin and go to the desk", 2),
        ("put the red cube in the bin, then go to the desk. After that open it", 3),
        ("go there " + "and then back " * 9, 6),
    ],
)
def test_a_goal_has_no_more_steps_than_the_instruction_has_parts(instruction, most):
    grammar = goal_grammar(LIBRARY, SCENE, instruction, Level.APPLICABLE)
    for steps in range(1, 8):
        assert admits(grammar, "goal: " + " then ".join(["at(desk)"] * steps)) is (steps <= most)
    assert admits(goal_grammar(LIBRARY, SCENE, instruction, Level.GRAMMAR), "goal: " + " then ".join(["at(desk)"] * 6))


@pytest.mark.parametrize(
    ("call", "grammar", "applicable"),
    [
        ('navigate_to(target="desk")', True, True),
        ('pick(object="cup")', True, True),
        ('pick(object="red cube")', True, False),
        ('pick(object="desk")', False, False),
        ('place_in(object="cup", container="bin")', True, False),
        ('move_arm(posture="home")', True, True),
        ("set_gripper(opening=0.02)", True, True),
        ("set_gripper(opening=1)", False, False),
        ('give_up(reason="no way")', True, True),
        ('ask(question="which?")', True, True),
        ("fly()", False, False),
    ],
)
def test_calls(call: str, grammar: bool, applicable: bool):
    text = f"in(red cube, bin) because\n{call}"
    assert admits(turn_grammar(LIBRARY, SCENE, UNMET, Level.GRAMMAR), text) is grammar
    assert admits(turn_grammar(LIBRARY, SCENE, UNMET, Level.APPLICABLE), text) is applicable


@pytest.mark.parametrize("level", [Level.GRAMMAR, Level.APPLICABLE])
def test_a_text_is_no_longer_than_its_parameter_admits(level: Level):
    say = Skill(name="say", description="say it", parameters={"text": Parameter(type="text", max_length=5)})
    grammar = turn_grammar(SkillLibrary(skills=(say,)), SCENE, UNMET, level)
    for words, fits in (("hello", True), ("hello!", False)):
        assert admits(grammar, f'in(red cube, bin) because\nsay(text="{words}")') is fits


def test_a_thought_begins_with_what_is_unmet_and_has_one_line():
    grammar = turn_grammar(LIBRARY, SCENE, UNMET, Level.GRAMMAR)
    assert admits(grammar, 'in(red cube, bin)\npick(object="cup")')
    assert not admits(grammar, 'pick(object="cup")')
    assert not admits(grammar, 'in(cup, bin)\npick(object="cup")')
    assert not admits(grammar, 'in(red cube, bin) a\nb\npick(object="cup")')


@pytest.mark.parametrize("level", [Level.GRAMMAR, Level.APPLICABLE])
def test_what_was_refused_here_is_left_out(level: Level):
    refused = {("pick", (("object", "cup"),))}
    grammar = turn_grammar(LIBRARY, SCENE, UNMET, level, refused)
    assert not admits(grammar, 'in(red cube, bin)\npick(object="cup")')
    assert admits(grammar, 'in(red cube, bin)\nnavigate_to(target="cup")')


@pytest.mark.parametrize(
    ("refused", "unmet", "call", "fits"),
    [
        (("set_gripper", (("opening", 0.02),)), UNMET, "set_gripper(opening=0.03)", False),
        (("set_gripper", (("opening", 0.02),)), [Atom("did", ("set_gripper", "1"))], "set_gripper(opening=0.03)", True),
        (("give_up", (("reason", "no way"),)), UNMET, 'give_up(reason="too far")', False),
        (("give_up", (("reason", "no way"),)), UNMET, 'ask(question="which?")', True),
    ],
)
def test_calls_with_free_arguments_are_refused_together(refused: tuple, unmet: list[Atom], call: str, fits: bool):
    for level in (Level.GRAMMAR, Level.APPLICABLE):
        assert admits(turn_grammar(LIBRARY, SCENE, unmet, level, {refused}), f"{unmet[0]}\n{call}") is fits
