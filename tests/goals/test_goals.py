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
