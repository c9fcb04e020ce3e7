# SPDX-License-Identifier: Apache-2.0
"""The abilities of training: many, drawn in many forms, none that is held out, each of use to the planner."""

from collections import Counter
from random import Random

import pytest

from agent_planner.agent.checks import check_goal
from agent_planner.agent.grammar import goal_grammar
from agent_planner.goals import Goal, format_goal, plan
from agent_planner.goals.goal import DID
from agent_planner.scene import Relation, SceneGraph, SceneObject, ScenePlace
from agent_planner.scene.predicates import SCENE_PREDICATES
from agent_planner.skills import Pattern, SkillLibrary
from agent_planner.tuning.zoo.families import FAMILIES, Family, reordered
from agent_planner.tuning.zoo.held_out_families import DEV_FAMILIES, DEV_KINDS, TEST_FAMILIES, TEST_KINDS
from agent_planner.tuning.zoo.kinds import AbilityKind
from agent_planner.tuning.zoo.train_families import HELPERS, TRAIN_FAMILIES, TRAIN_KINDS
from agent_planner.tuning.zoo.wordings import WORDINGS
from agent_planner.types import Atom, Level
from tests.agent.driver import admits

HELD_OUT = (*DEV_FAMILIES, *TEST_FAMILIES)
FAMILY_OF = {f.role: f for f in TRAIN_FAMILIES}
# Nothing is near at hand, and nothing is as a goal wants it.
SCENE = SceneGraph(
    objects=(SceneObject(name="cup"), SceneObject(name="book")),
    places=(
        ScenePlace(name="desk", affordances=frozenset({"surface"})),
        ScenePlace(name="chest", affordances=frozenset({"container", "openable"}), is_open=False),
        ScenePlace(name="drawer", affordances=frozenset({"container", "openable"}), is_open=False),
        ScenePlace(name="radio", affordances=frozenset({"device"})),
        ScenePlace(name="fan", affordances=frozenset({"device"})),
        ScenePlace(name="fern", affordances=frozenset({"plant"})),
    ),
    relations=(
        Relation("in", "cup", "chest"),
        Relation("on", "book", "desk"),
        Relation("running", "radio"),
        Relation("locked", "drawer"),
        Relation("covered", "desk"),
        Relation("docked"),
        Relation("braced"),
        Relation("at", "drawer"),
    ),
)
_AFFORDING = {
    "": ("desk", "cup"),
    "surface": ("desk",),
    "container": ("chest",),
    "openable": ("drawer",),
    "device": ("radio", "fan"),
    "plant": ("fern",),
    "graspable": ("book",),
}


def test_there_are_enough_with_those_of_dev_and_test():
    assert len(TRAIN_FAMILIES) >= 37
    roles = [f.role for f in (*TRAIN_FAMILIES, *HELD_OUT)]
    assert len(roles) == len(set(roles)) >= 53


def test_the_known_families_are_all_there_and_only_wider():
    for known in FAMILIES:
        wide = FAMILY_OF[known.role]
        assert (
            set(known.names) < set(wide.names)
            and set(known.descriptions) < set(wide.descriptions)
            or (len(known.descriptions) >= 5 and set(known.descriptions) <= set(wide.descriptions))
        )
        assert (wide.needs, wide.makes) == (known.needs, known.makes)
        for (names, parameter), (more, same) in zip(known.parameters, wide.parameters, strict=True):
            assert same == parameter and set(names) < set(more)


@pytest.mark.parametrize("family", TRAIN_FAMILIES, ids=lambda f: f.role)
def test_a_family_is_drawn_in_many_forms(family: Family):
    assert len(set(family.descriptions)) == len(family.descriptions) >= 5
    assert len(set(family.names)) == len(family.names) >= 6
    assert all(len(set(names)) == len(names) >= 4 for names, _ in family.parameters)
    drawn = [family.draw(Random(seed)) for seed in range(250)]
    assert {s.description for s in drawn} == set(family.descriptions)
    assert {s.name for s in drawn} == set(family.names)


@pytest.mark.parametrize("family", [f for f in TRAIN_FAMILIES if len(f.parameters) > 1], ids=lambda f: f.role)
def test_parameters_come_in_either_order(family: Family):
    """Only of what makes nothing not: its goal tells them by their place."""
    orders = set()
    for seed in range(40):
        skill = family.draw(Random(seed))
        other = reordered(Random(seed), skill)
        assert other.parameters == skill.parameters and (other.needs, other.makes) == (skill.needs, skill.makes)
        orders.add([*other.parameters] == [*skill.parameters])
    assert orders == ({True, False} if family.makes else {True})


def test_a_name_stands_for_one_ability_alone():
    """Those of `families` share two names; no new one is shared."""
    counts = Counter(name for f in TRAIN_FAMILIES for name in f.names)
    known = Counter(name for f in FAMILIES for name in f.names)
    assert [name for name, count in counts.items() if count > max(1, known[name])] == []
    descriptions = [d for f in TRAIN_FAMILIES for d in f.descriptions]
    assert len(descriptions) == len(set(descriptions))


def test_nothing_is_shared_with_a_held_out_family():
    assert not {f.role for f in TRAIN_FAMILIES} & {f.role for f in HELD_OUT}
    assert not {name for f in TRAIN_FAMILIES for name in f.names} & {name for f in HELD_OUT for name in f.names}
    assert not {d for f in TRAIN_FAMILIES for d in f.descriptions} & {d for f in HELD_OUT for d in f.descriptions}
    assert not _made(TRAIN_FAMILIES) & (_made(HELD_OUT) - {"holding"})
    assert not {k.kind for k in TRAIN_KINDS} & {k.kind for k in (*DEV_KINDS, *TEST_KINDS)}


def _made(families: tuple[Family, ...]) -> set[str]:
    return {Pattern.parse(made.format("a", "b")).name for f in families for made in f.makes}


def test_no_name_has_the_verb_of_a_held_out_one():
    """`weigh_parcel` would tell of `weigh_object`."""
    telling = {
        "weigh", "weight", "mass", "plug", "mains", "stack", "pile", "balance", "count", "tally", "stock",
        "temperature", "heat", "thermal", "thermometer", "volume", "loudness", "telephone", "phone", "dial", "call",
        "mop", "scrub", "wash", "hand", "give", "pass", "offer", "present", "attach", "fasten", "tape", "strap",
        "stick", "distance", "measure", "range", "gap", "knock", "rap", "tap", "restart", "reboot", "cycle", "reset",
        "timer", "countdown", "remind", "show", "display", "banner", "screen", "dance", "party", "moves",
    }  # fmt: skip
    known = {name for f in FAMILIES for name in f.names}
    found = {n for f in TRAIN_FAMILIES for n in f.names if n not in known and set(n.split("_")) & telling}
    # The gap of the fingers is no distance of two things, showing with the arm no screen.
    assert found == {"finger_gap", "show_with_arm"}


def test_abilities_differ_in_what_they_take_need_and_make():
    assert [k.role for k in TRAIN_KINDS] == [f.role for f in TRAIN_FAMILIES[len(FAMILIES) :]]
    shapes = Counter(k.shape for k in TRAIN_KINDS)
    assert set(shapes) == {"one", "two", "value", "none"} and min(shapes.values()) >= 4
    for shape in ("one", "two", "none"):
        assert {k.atom == DID for k in TRAIN_KINDS if k.shape == shape} == {True, False}
    new = TRAIN_FAMILIES[len(FAMILIES) :]
    assert sum(any(made.startswith("not ") for made in f.makes) for f in new) >= 5
    assert sum(len(f.makes) > 1 for f in new) >= 3
    needs = {need.partition("(")[0] for f in new for need in f.needs}
    assert {"running", "not running", "open", "locked", "clean", "watered", "holding", "hand free"} <= needs
    assert {p.type for f in new for _, p in f.parameters} == {"entity", "number", "enum", "text"}


@pytest.mark.parametrize("kind", TRAIN_KINDS, ids=lambda k: k.kind)
def test_a_kind_fits_its_family(kind: AbilityKind):
    family = FAMILY_OF[kind.role]
    assert kind.kind not in WORDINGS
    assert len(family.parameters) == {"one": 1, "two": 2, "value": 1, "none": 0}[kind.shape]
    assert bool(kind.values) is (kind.shape == "value")
    assert kind.kind.startswith("not ") is kind.atom.startswith("not ")
    if kind.atom == DID:
        assert not family.makes
    else:
        assert kind.atom in {made.partition("(")[0] for made in family.makes}
        assert kind.atom.removeprefix("not ") not in SCENE_PREDICATES
    if kind.shape in ("one", "two"):
        _, parameter = family.parameters[-1]
        assert parameter.type == "entity" and set(parameter.affordances) <= {kind.affords}


@pytest.mark.parametrize("kind", TRAIN_KINDS, ids=lambda k: k.kind)
def test_a_kinds_goal_is_stated_and_planned_with_the_shipped_library_and_its_helpers(kind: AbilityKind):
    skill = FAMILY_OF[kind.role].draw(Random(0))
    shipped = SkillLibrary.load()
    beside = [FAMILY_OF[role].draw(Random(1)) for role in HELPERS.get(kind.role, ())]
    library = SkillLibrary(
        skills=(*shipped, *(s for s in beside if s.name not in shipped.by_name and s.name != skill.name), skill)
    )
    scene = _without(kind.atom)
    for args in _arguments(kind):
        atom = _atom(kind, skill.name, args)
        goal = Goal(((atom,),))
        check_goal(goal, library, scene)
        calls = plan(goal, library, scene)
        assert calls, f"{atom} must be something to do"
        assert calls[-1].skill == skill.name
        assert admits(goal_grammar(library, scene, "do it", Level.GRAMMAR), format_goal(goal))


def _without(fact: str) -> SceneGraph:
    return SCENE.replace(relations=tuple(r for r in SCENE.relations if r.name != fact))


def _arguments(kind: AbilityKind) -> list[tuple[str, ...]]:
    match kind.shape:
        case "one":
            return [(name,) for name in _AFFORDING[kind.affords]]
        case "two":
            second = "cup" if kind.affords == "graspable" else _AFFORDING[kind.affords][0]
            return [("book", second)]
        case "value":
            return [(value,) for value in kind.values]
    return [()]


def _atom(kind: AbilityKind, skill: str, args: tuple[str, ...]) -> Atom:
    if kind.atom == DID:
        return Atom(DID, (skill, *args))
    return Atom(kind.atom.removeprefix("not "), args, kind.atom.startswith("not "))


def test_helpers_are_families_of_training():
    assert {role for roles in HELPERS.values() for role in roles} <= set(FAMILY_OF)
    assert set(HELPERS) <= set(FAMILY_OF)
