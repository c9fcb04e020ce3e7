# SPDX-License-Identifier: Apache-2.0
"""What holds beside what the scene shows, and what does not although it shows it."""

from agent_planner.agent.believed import Believed
from agent_planner.scene import Relation, SceneGraph, SceneObject, ScenePlace
from agent_planner.types import Atom

CUP, SHELF = Atom("at", ("cup",)), Atom("at", ("shelf",))
SCENE = SceneGraph(
    objects=(SceneObject(name="cup"),),
    places=(ScenePlace(name="shelf"),),
    relations=(Relation("on", "cup", "shelf"), Relation("at", "cup"), Relation("at", "shelf")),
)
AWAY = SCENE.replace(relations=SCENE.relations[:1])


def test_what_a_skill_made_holds_until_another_ends_it():
    believed = Believed()
    believed.note([Atom("docked"), CUP])
    assert believed.added_to(AWAY).facts - AWAY.facts == {Atom("docked")}
    believed.note([Atom("docked", (), True)])
    assert believed.added_to(AWAY) == AWAY


def test_what_is_refuted_counts_again_once_it_is_made_anew():
    believed = Believed()
    believed.refute([CUP])
    assert believed.added_to(SCENE).at == ("shelf",)
    believed.note([SHELF])
    assert believed.added_to(SCENE).at == ("shelf",)
    believed.note([CUP])
    assert believed.added_to(SCENE) == SCENE


def test_what_is_refuted_counts_again_once_it_was_out_of_sight():
    believed = Believed()
    believed.refute([CUP])
    assert believed.added_to(AWAY).at == ()
    assert believed.added_to(SCENE) == SCENE


def test_a_fact_of_a_skill_can_be_refuted():
    believed = Believed()
    believed.note([Atom("docked")])
    believed.refute([Atom("docked")])
    assert believed.added_to(SCENE) == SCENE
    believed.note([Atom("docked")])
    assert Atom("docked") in believed.added_to(SCENE).facts
