# SPDX-License-Identifier: Apache-2.0
"""What a thought that checks needs may say, and which call it then ends in."""

import pytest

from agent_planner.agent.conversation import call_turn, thought_text
from agent_planner.agent.grammar import turn_grammar
from agent_planner.goals import Goal, apply, next_step, unmet
from agent_planner.scene import Relation, SceneGraph, SceneObject, ScenePlace
from agent_planner.skills import SkillLibrary
from agent_planner.tuning.panel.cells import case_of
from agent_planner.types import Atom, Level
from tests.agent.driver import admits

LIBRARY = SkillLibrary.load()
DRAWER = ScenePlace(name="drawer", affordances=frozenset({"container", "openable"}), is_open=False)
SCENE = SceneGraph(
    objects=(SceneObject(name="red cube"), SceneObject(name="cup")),
    places=(ScenePlace(name="desk"), DRAWER, ScenePlace(name="bin", affordances=frozenset({"container"}))),
    relations=(
        Relation("on", "red cube", "desk"),
        Relation("in", "cup", "drawer"),
        Relation("at", "desk"),
        Relation("at", "red cube"),
    ),
)
CUP, CUBE = Atom("holding", ("cup",)), Atom("holding", ("red cube",))
STOWED = Atom("did", ("move_arm", "stow"))
TO_DRAWER = "accessible(cup) no, open(drawer) no by open: hand free yes, at(drawer) no by navigate_to"


@pytest.mark.parametrize(
    ("goal", "thought", "call", "grammar", "applicable"),
    [
        (CUP, f"by pick: {TO_DRAWER}", 'navigate_to(target="drawer")', True, True),
        (CUP, f"by pick: {TO_DRAWER}", 'navigate_to(target="bin")', False, False),
        (CUP, "by pick: accessible(cup) yes, hand free yes, at(cup) yes", 'pick(object="cup")', True, False),
        (CUP, "by pick: hand free yes, at(cup) yes", 'pick(object="cup")', False, False),
        (CUP, "by open: hand free yes, at(drawer) yes", 'open(container="drawer")', False, False),
        (
            CUBE,
            "by pick: accessible(red cube) yes, hand free yes, at(red cube) yes",
            'pick(object="red cube")',
            True,
            True,
        ),
        (STOWED, "by move_arm: hand free yes", 'move_arm(posture="stow")', True, True),
        (STOWED, "by move_arm: hand free yes", 'move_arm(posture="home")', False, False),
        (CUP, ", it fell out of the hand", 'navigate_to(target="bin")', True, True),
        (CUP, "cannot be reached", 'give_up(reason="the drawer is stuck")', True, True),
        (CUP, "", 'navigate_to(target="bin")', True, True),
    ],
)
def test_thoughts(goal: Atom, thought: str, call: str, grammar: bool, applicable: bool):
    text = f"{goal} {thought}".replace(" ,", ",").rstrip() + f"\n{call}"
    assert admits(turn_grammar(LIBRARY, SCENE, [goal], Level.GRAMMAR), text) is grammar
    assert admits(turn_grammar(LIBRARY, SCENE, [goal], Level.APPLICABLE), text) is applicable


def test_no_thought_ends_in_what_was_refused_here():
    text = (
        'holding(red cube) by pick: accessible(red cube) yes, hand free yes, at(red cube) yes\npick(object="red cube")'
    )
    refused = {("pick", (("object", "red cube"),))}
    assert not admits(turn_grammar(LIBRARY, SCENE, [CUBE], Level.APPLICABLE, refused), text)


@pytest.mark.parametrize("cell", ["held_in", "prompt_only", "embodiment"])
@pytest.mark.parametrize("level", [Level.GRAMMAR, Level.APPLICABLE])
def test_what_the_expert_thinks_is_admitted(cell: str, level: Level):
    thoughts = 0
    for seed in range(6):
        scenario = case_of(cell, "dev", seed).scenario
        library, scene = scenario.library, scenario.world
        assert isinstance(scenario.goal, Goal)
        for goals in scenario.goal.steps:
            done = []
            while missing := unmet(goals, scene, done):
                step = next_step(missing, library, scene, done)
                assert step is not None
                assert admits(turn_grammar(library, scene, missing, level), call_turn(thought_text(step), step.call))
                thoughts += 1
                scene = apply(step.call, library, scene)
                done += [] if library[step.call.skill].makes else [step.call]
    assert thoughts > 10
