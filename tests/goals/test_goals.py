# SPDX-License-Identifier: Apache-2.0
"""The goal language, the symbolic world, and planning in it."""

import pytest

from agent_planner.errors import CallRefused
from agent_planner.goals import (
    Declined,
    Goal,
    apply,
    format_goal,
    holds,
    next_step,
    parse_goal,
    plan,
    unmet_needs,
)
from agent_planner.goals.holds import did_atom
from agent_planner.scene import Relation, SceneGraph, SceneObject, ScenePlace
from agent_planner.skills import SkillLibrary
from agent_planner.types import Atom, Call

LIBRARY = SkillLibrary.load()
DRAWER = ScenePlace(name="drawer", affordances=frozenset({"container", "openable"}), is_open=False)
SCENE = SceneGraph(
    objects=(SceneObject(name="red cube"), SceneObject(name="cup")),
    places=(ScenePlace(name="desk"), DRAWER, ScenePlace(name="bin", affordances=frozenset({"container"}))),
    relations=(Relation("on", "red cube", "desk"), Relation("in", "cup", "drawer"), Relation("at", "bin")),
)


@pytest.mark.parametrize(
    "text",
    [
        "goal: in(red cube, drawer) then closed(drawer)",
        "goal: on(red cube, desk); not holding(cup)",
        "goal: hand free",
        "goal: not docked",
        "goal: did(move_arm, stow)",
        'goal: missing("green mug")',
        'goal: which("the cube": red cube, blue cube)',
        'goal: no_skill("sing a song")',
        "goal: none\nHello.",
    ],
)
def test_goals_survive_the_round_trip(text: str):
    assert format_goal(parse_goal(text)) == text


@pytest.mark.parametrize("text", ["in(a, b)", "goal: in(a", "goal:", "goal: in(a, b) then"])
def test_other_text_is_no_goal(text: str):
    with pytest.raises(CallRefused) as caught:
        parse_goal(text)
    assert caught.value.code == "BAD_GOAL"


def test_a_predicate_without_arguments_may_be_written_as_its_name():
    assert parse_goal("goal: hand_free; not arm_down") == parse_goal("goal: hand free; not arm down")


@pytest.mark.parametrize(
    ("said", "called", "held"),
    [
        ("0.05", 0.05, True),
        ("0.050", 0.05, True),
        ("5e-2", 0.05, True),
        ("0.0123456789", 0.0123456789, True),
        ("0.0123456789", 0.0123457, False),
        ("wide", 0.05, False),
        ("0.05", "0.05", True),
        ("0.050", "0.05", False),
    ],
)
def test_a_number_was_called_however_it_is_written(said: str, called: float | str, held: bool):
    done = [Call("set_gripper", {"opening": called})]
    assert holds(Atom("did", ("set_gripper", said)), SCENE, done) is held
    assert holds(Atom("did", ("set_gripper", said), True), SCENE, done) is not held
    assert not holds(Atom("did", ("move_arm", said)), SCENE, done)


def test_what_a_call_did_holds_after_it():
    call = Call("turn", {"angle": 1 / 3, "note": "a"})
    assert holds(did_atom(call), SCENE, [call])


def test_declining_is_not_a_goal():
    assert parse_goal('goal: missing("x")') == Declined("missing", "x")


def test_a_call_moves_the_world_by_its_effects_alone():
    at_desk = apply(Call("navigate_to", {"target": "red cube"}), LIBRARY, SCENE)
    assert set(at_desk.at) == {"desk", "red cube"}
    lifted = apply(Call("pick", {"object": "red cube"}), LIBRARY, at_desk)
    assert lifted.holding == "red cube" and lifted.location("red cube") is None
    away = apply(Call("navigate_to", {"target": "bin"}), LIBRARY, lifted)
    assert away.at == ("bin",)
    dropped = apply(Call("place_in", {"object": "red cube", "container": "bin"}), LIBRARY, away)
    assert dropped.holding is None
    assert dropped.location("red cube") == Relation("in", "red cube", "bin")
    assert "red cube" in dropped.at


def test_what_is_in_a_closed_drawer_is_not_accessible():
    atom = Atom("accessible", ("cup",))
    assert not holds(atom, SCENE)
    assert holds(atom, apply(Call("open", {"container": "drawer"}), LIBRARY, SCENE))


def test_needs_that_do_not_hold_are_named():
    call = Call("pick", {"object": "cup"})
    assert unmet_needs(call, LIBRARY, SCENE) == (Atom("accessible", ("cup",)), Atom("at", ("cup",)))


@pytest.mark.parametrize(
    ("goal", "calls"),
    [
        ("in(red cube, bin)", 4),
        ("in(cup, bin)", 5),
        ("in(red cube, drawer) then closed(drawer)", 7),
        ("holding(cup) then on(cup, desk)", 5),
        ("did(move_arm, stow)", 1),
        ("did(set_gripper, 0.050)", 1),
        ("not closed(drawer)", 2),
        ("open(drawer) then not open(drawer)", 3),
        ("at(bin)", 0),
    ],
)
def test_plans_reach_their_goal(goal: str, calls: int):
    found = plan(parse_goal(f"goal: {goal}"), LIBRARY, SCENE)
    assert found is not None and len(found) == calls
    scene = SCENE
    for call in found:
        assert not unmet_needs(call, LIBRARY, scene)
        scene = apply(call, LIBRARY, scene)


def test_a_full_hand_is_emptied_first():
    holding = SCENE.replace(
        relations=(Relation("holding", "red cube"), Relation("in", "cup", "bin"), Relation("at", "bin"))
    )
    step = next_step((Atom("holding", ("cup",)),), LIBRARY, holding)
    assert step is not None
    assert step.call == Call("place_in", {"object": "red cube", "container": "bin"})
    assert [str(a) for a in step.atoms] == ["holding(cup)", "hand free"]


def test_what_no_skill_makes_cannot_be_planned():
    without = SkillLibrary(skills=tuple(s for s in LIBRARY if s.name != "close"))
    opened = apply(Call("open", {"container": "drawer"}), LIBRARY, SCENE)
    assert plan(Goal(((Atom("closed", ("drawer",)),),)), without, opened) is None


def test_taking_a_thing_off_a_surface_does_not_free_the_hand():
    text = """skills:
- name: clear
  description: Say that a thing is not on a surface.
  parameters: {object: {type: entity, kinds: [object]}, surface: {type: entity, affordances: [surface]}}
  makes: ["not on(object, surface)"]
"""
    library = SkillLibrary(skills=(*SkillLibrary.parse(text), *LIBRARY))
    holding = SCENE.replace(relations=(Relation("holding", "red cube"), Relation("at", "bin")))
    step = next_step((Atom("hand_free"),), library, holding)
    assert step is not None and step.call.skill == "place_in"
