# SPDX-License-Identifier: Apache-2.0
"""Held-out abilities: new in role and name, well-formed, and each of use to the planner."""

from random import Random

import pytest

from agent_planner.agent.checks import check_goal
from agent_planner.goals import Goal, plan
from agent_planner.goals.goal import DID
from agent_planner.scene import Relation, SceneGraph, SceneObject, ScenePlace
from agent_planner.scene.predicates import SCENE_PREDICATES
from agent_planner.skills import SkillLibrary
from agent_planner.tuning.zoo.families import FAMILIES, Family
from agent_planner.tuning.zoo.held_out_families import DEV_FAMILIES, DEV_KINDS, TEST_FAMILIES, TEST_KINDS
from agent_planner.tuning.zoo.kinds import AbilityKind
from agent_planner.tuning.zoo.wordings import WORDINGS
from agent_planner.types import Atom

HELD_OUT = (*DEV_FAMILIES, *TEST_FAMILIES)
KINDS = (*DEV_KINDS, *TEST_KINDS)
# Nothing is near at hand: the box is closed, the object in it, the robot elsewhere.
SCENE = SceneGraph(
    objects=(SceneObject(name="vase"), SceneObject(name="candle")),
    places=(
        ScenePlace(name="dresser", affordances=frozenset({"surface"})),
        ScenePlace(name="safe", affordances=frozenset({"container", "openable"}), is_open=False),
        ScenePlace(name="hatch", affordances=frozenset({"container", "openable"}), is_open=True),
        ScenePlace(name="toaster", affordances=frozenset({"device"})),
    ),
    relations=(
        Relation("in", "vase", "safe"),
        Relation("on", "candle", "dresser"),
        Relation("running", "toaster"),
        Relation("at", "hatch"),
    ),
)
_ENTITY = {"": "dresser", "surface": "dresser", "container": "safe", "openable": "hatch", "device": "toaster"}


def _family(kind: AbilityKind) -> Family:
    families = DEV_FAMILIES if kind in DEV_KINDS else TEST_FAMILIES
    return next(f for f in families if f.role == kind.role)


def test_roles_and_names_are_new():
    roles = [f.role for f in (*FAMILIES, *HELD_OUT)]
    assert len(roles) == len(set(roles)) == len(FAMILIES) + 16
    names = [name for f in HELD_OUT for name in f.names]
    assert len(names) == len(set(names))
    assert not set(names) & {name for f in FAMILIES for name in f.names}
    assert not {d for f in HELD_OUT for d in f.descriptions} & {d for f in FAMILIES for d in f.descriptions}


@pytest.mark.parametrize("family", HELD_OUT, ids=lambda f: f.role)
def test_a_family_is_drawn_in_many_forms(family: Family):
    assert len(set(family.descriptions)) == 5 and len(set(family.names)) >= 4
    assert all(len(set(names)) >= 3 for names, _ in family.parameters)
    drawn = [family.draw(Random(seed)) for seed in range(60)]
    assert {s.description for s in drawn} == set(family.descriptions)
    assert {s.name for s in drawn} == set(family.names)


def test_each_split_differs_in_what_its_abilities_take_and_make():
    for families, kinds in ((DEV_FAMILIES, DEV_KINDS), (TEST_FAMILIES, TEST_KINDS)):
        assert len(families) == 8
        assert [k.role for k in kinds] == [f.role for f in families]
        assert {k.shape for k in kinds} == {"one", "two", "value", "none"}
        assert {k.atom == DID for k in kinds} == {True, False}
    assert len({k.kind for k in KINDS}) == 16 and not {k.kind for k in KINDS} & set(WORDINGS)


@pytest.mark.parametrize("kind", KINDS, ids=lambda k: k.kind)
def test_a_kind_fits_its_family(kind: AbilityKind):
    family = _family(kind)
    assert len(family.parameters) == {"one": 1, "two": 2, "value": 1, "none": 0}[kind.shape]
    assert bool(kind.values) is (kind.shape == "value")
    if kind.atom == DID:
        assert not family.makes
    else:
        assert any(made.partition("(")[0] == kind.atom for made in family.makes)
        assert kind.atom not in SCENE_PREDICATES
    if kind.shape in ("one", "two"):
        _, parameter = family.parameters[-1]
        assert parameter.type == "entity" and set(parameter.affordances) <= {kind.affords}


@pytest.mark.parametrize("kind", KINDS, ids=lambda k: k.kind)
def test_a_kinds_goal_is_planned_with_the_shipped_library(kind: AbilityKind):
    skill = _family(kind).draw(Random(0))
    library = SkillLibrary(skills=(*SkillLibrary.load(), skill))
    second = "candle" if kind.affords == "graspable" else _ENTITY[kind.affords]
    about = {
        "one": [("vase",) if kind.affords == "graspable" else (second,)],
        "two": [("vase", second)],
        "value": [(value,) for value in kind.values],
        "none": [()],
    }
    for args in about[kind.shape]:
        atom = Atom(DID, (skill.name, *args)) if kind.atom == DID else Atom(kind.atom, args)
        goal = Goal(((atom,),))
        check_goal(goal, library, SCENE)
        calls = plan(goal, library, SCENE)
        assert calls is not None
        assert calls[-1].skill == skill.name
