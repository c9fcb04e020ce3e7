# SPDX-License-Identifier: Apache-2.0
"""Robots that need more than usual reach their goals by it, and not without."""

from random import Random

import pytest

from agent_planner.goals import Goal, plan
from agent_planner.scene import Relation, SceneGraph, SceneObject, ScenePlace
from agent_planner.skills import SkillLibrary
from agent_planner.tuning.scenarios.training import draw_training_setting
from agent_planner.tuning.zoo.families import CORE
from agent_planner.tuning.zoo.held_out_families import DEV_FAMILIES, TEST_FAMILIES
from agent_planner.tuning.zoo.train_bodies import BODIES, Body, drawn_body
from agent_planner.tuning.zoo.train_conditions import CONDITIONS, PAIRS
from agent_planner.tuning.zoo.train_families import TRAIN_FAMILIES
from agent_planner.types import Atom

FAMILY_OF = {f.role: f for f in TRAIN_FAMILIES}
SCENE = SceneGraph(
    objects=(SceneObject(name="cup"),),
    places=(
        ScenePlace(name="desk"),
        ScenePlace(name="chest", affordances=frozenset({"container", "openable"}), is_open=False),
    ),
    relations=(Relation("in", "cup", "chest"), Relation("at", "desk")),
)
GOAL = Goal(((Atom("on", ("cup", "desk")),), (Atom("closed", ("chest",)),)))


def _library(body: Body, roles: tuple[str, ...]) -> SkillLibrary:
    return SkillLibrary(skills=tuple(body.changed(FAMILY_OF[role]).draw(Random(role)) for role in roles))


@pytest.mark.parametrize("body", BODIES, ids=lambda b: b.fact)
def test_it_needs_the_skills_beside_its_core(body: Body):
    assert set(body.needs) <= set(FAMILY_OF) and set(body.beside) <= set(FAMILY_OF)
    fact = Relation(body.fact, "chest") if body.affords else Relation(body.fact)
    hindered = []
    for scene in (SCENE, SCENE.replace(relations=(*SCENE.relations, fact))):
        calls = plan(GOAL, _library(body, (*CORE, *body.beside)), scene)
        assert calls is not None
        hindered.append(plan(GOAL, _library(body, CORE), scene) is None)
        if hindered[-1]:
            assert len(calls) > 7, "open, pick, place and close, with three drives between them"
    assert any(hindered)


def test_what_it_does_not_change_stays():
    for body in BODIES:
        for family in TRAIN_FAMILIES:
            changed = body.changed(family)
            assert changed.needs[: len(family.needs)] == family.needs
            assert (changed == family) is (family.role not in body.needs)


def test_no_robot_of_training_has_to_undo_for_driving_what_it_did_for_working():
    """That is what the panel's embodiment is about."""
    needed: set[int] = set()
    for seed in range(300):
        needs = {str(need) for skill in draw_training_setting(Random(seed)).library for need in skill.needs}
        facts = {fact for fact in needs if "(" not in fact and fact != "hand free"}
        assert not any(f"not {fact}" in facts for fact in facts), facts
        needed.add(len(facts))
    assert {0, 1, 2} <= needed


def test_a_drawn_robot_does_its_work_by_its_conditions():
    undone, both = set(), 0
    for seed in range(120):
        body = drawn_body(Random(seed))
        skills = [body.changed(FAMILY_OF[role]).draw(Random(role)) for role in (*CORE, "inspect")]
        helpers = [condition.draw(Random(seed)) for condition in body.conditions]
        calls = plan(GOAL, SkillLibrary(skills=(*skills, *helpers)), SCENE)
        assert calls is not None and helpers
        used = {call.skill for call in calls} & {skill.name for skill in helpers}
        assert used
        both += len(used) == 2
        undone.add(body.undone_by)
    assert () in undone and len(undone) > 3 and both > 5


def test_of_a_pair_of_conditions_one_holds():
    seen = set()
    for seed in range(200):
        setting = draw_training_setting(Random(seed))
        holding = {relation.name for relation in setting.world.relations}
        for skill in setting.library:
            if len(skill.makes) == 2 and skill.makes[1].negated and not skill.parameters:
                made, ended = (fact.name in holding for fact in skill.makes)
                assert made != ended
                seen.add(made)
    assert seen == {False, True}


def test_conditions_are_told_in_many_words_and_are_no_ability_that_is_asked_for():
    alone = len(CONDITIONS)
    every = [*CONDITIONS, *(condition for pair in PAIRS for condition in pair)]
    names = [name for condition in every for name in condition.names]
    assert alone >= 30 and len(names) == len(set(names)) >= 4 * alone + 3 * 2 * len(PAIRS)
    assert all(len(c.descriptions) >= 3 and c.makes == (c.role,) for c in CONDITIONS)
    assert all(c.makes[0] == c.role for pair in PAIRS for c in pair)
    others = (*TRAIN_FAMILIES, *DEV_FAMILIES, *TEST_FAMILIES)
    assert not set(names) & {name for family in others for name in family.names}
    facts = {condition.role for condition in every}
    assert not facts & {made for family in others for made in family.makes}
