# SPDX-License-Identifier: Apache-2.0
"""The whole training side of the zoo, as scenarios."""

import re
from collections import Counter
from random import Random

import pytest

from agent_planner.goals import Goal, plan
from agent_planner.tuning.scenarios.scenes import observed
from agent_planner.tuning.scenarios.training import draw_training_setting, training_scenarios
from agent_planner.tuning.zoo.train_families import TRAIN_FAMILIES, TRAIN_KINDS
from agent_planner.tuning.zoo.train_wordings import TRAIN_FRAMES, TRAIN_WORDINGS


@pytest.fixture(scope="module")
def settings():
    rng = Random(8)
    return [draw_training_setting(rng) for _ in range(120)]


@pytest.fixture(scope="module")
def drawn(settings):
    rng = Random(9)
    return [s for number, setting in enumerate(settings) for s in training_scenarios(rng, setting, 8, str(number))]


def test_libraries_hold_four_to_twelve_skills_under_many_names(settings):
    assert {4 <= len(s.library.skills) <= 12 for s in settings} == {True}
    names = {name for family in TRAIN_FAMILIES for name in family.names}
    shipped = Counter(set(s.roles) <= names for s in settings)
    assert shipped[False] > 20, "names that are no words"
    assert len({role for s in settings for role in s.roles.values()}) > 50


def test_all_kinds_of_things_are_asked_for_and_proved(drawn):
    feasible = [s for s in drawn if isinstance(s.goal, Goal)]
    assert all(plan(s.goal, s.library, observed(s.world)) is not None for s in feasible)
    kinds = {clause.kind for s in feasible for clause in s.clauses}
    assert len(kinds & {k.kind for k in TRAIN_KINDS}) > 25
    assert len(kinds) > 45
    assert {s.kind for s in drawn} >= {"which", "none"}
    assert any(atom.negated for s in feasible for step in s.goal.steps for atom in step)


def test_facts_that_skills_make_may_hold_already(settings):
    facts = {r.name for s in settings for r in s.world.relations}
    assert {"locked", "covered", "docked", "work_light_on"} <= facts
    assert all(r.name in s.library.predicates for s in settings for r in s.world.relations if r.name == "docked")


def test_a_sentence_of_its_own_has_no_frame_around_it(drawn):
    """Not ``could you the cup belongs on the shelf?``"""
    openings = [frame.partition("{i}")[0] for frame in TRAIN_FRAMES if not frame.startswith("{i}")]
    framed = re.compile("|".join(re.escape(o) + "(?:the|this|that|there|who) " for o in openings))
    assert [w for w in TRAIN_WORDINGS["on"] if w.startswith("{o}")]
    assert not [s.instruction for s in drawn if framed.match(s.instruction)]


def test_the_same_random_numbers_give_the_same(settings):
    rng = Random(8)
    assert [draw_training_setting(rng) for _ in range(3)] == settings[:3]
