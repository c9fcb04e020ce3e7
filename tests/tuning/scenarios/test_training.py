# SPDX-License-Identifier: Apache-2.0
"""The whole training side of the zoo, as scenarios."""

import math
import re
from collections import Counter
from collections.abc import Iterable
from itertools import combinations
from random import Random

import pytest

from agent_planner.agent.grammar import turn_grammar
from agent_planner.goals import Goal, plan
from agent_planner.goals.holds import unmet
from agent_planner.scene import SceneGraph
from agent_planner.scene.text import scene_text
from agent_planner.tuning.scenarios.scenario import Scenario
from agent_planner.tuning.scenarios.scenes import observed, random_scene
from agent_planner.tuning.scenarios.training import draw_training_setting, training_scenarios
from agent_planner.tuning.zoo.train_families import TRAIN_FAMILIES, TRAIN_KINDS
from agent_planner.tuning.zoo.train_vocabulary import TRAIN
from agent_planner.tuning.zoo.train_wordings import TRAIN_FRAMES, TRAIN_WORDINGS
from agent_planner.types import Call, Level
from tests.agent.driver import admits

_NO_WORD = re.compile("(?:ba|ko|ri|tu|mel|sor|vin|da|lu|pex|zo|qua|ner|fi){2,3}")


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
    assert len({role for s in settings for role in s.roles.values()}) > 50


def near(found: int, chances: Iterable[float]) -> bool:
    """Whether so many of independent events is within the sampling error of what their chances say."""
    chances = list(chances)
    return abs(found - sum(chances)) <= 3 * math.sqrt(sum(p * (1 - p) for p in chances))


def test_three_libraries_in_ten_have_names_that_are_no_words(settings):
    assert not [name for family in TRAIN_FAMILIES for name in family.names if _NO_WORD.fullmatch(name)]
    assert near(sum(any(map(_NO_WORD.fullmatch, s.roles)) for s in settings), [0.3] * len(settings))


def test_half_of_the_scenes_are_as_a_camera_knows_them(settings):
    """Half of the things in such a scene were seen a while ago, and the prompt says of some when that was."""
    aged = [s.world for s in settings if any(thing.age_s for thing in s.world.objects)]
    assert near(len(aged), (0.5 * (1 - 0.5 ** len(s.world.objects)) for s in settings))
    told = [re.search(r"seen \d+ (s|min) ago", scene_text(observed(world))) for world in aged]
    assert sum(map(bool, told)) > len(aged) / 2


def test_things_are_like_others_in_kind_colour_and_first_letters(settings):
    """Of one kind are some in most scenes; the others are there on purpose, not by chance alone."""

    def count(worlds: Iterable[SceneGraph]) -> Counter[str]:
        return Counter(way for world in worlds for way in _alike(world))

    rng = Random(10)
    drawn, by_chance = count(s.world for s in settings), count(random_scene(rng, TRAIN) for _ in settings)
    assert drawn["kind"] > 100
    assert drawn["colour"] > 25 and drawn["colour"] > 1.5 * by_chance["colour"]
    assert drawn["first letters"] > 18 and drawn["first letters"] > 2 * by_chance["first letters"]


def _alike(world: SceneGraph) -> set[str]:
    ways: set[str] = set()
    for one, other in combinations(world.objects, 2):
        if one.category == other.category:
            ways.add("kind")
            continue
        first, second = (thing.name.removesuffix(thing.category).strip() for thing in (one, other))
        ways |= {"colour"} if first == second and first in TRAIN.colors else set()
        ways |= {"first letters"} if one.category[:2] == other.category[:2] else set()
    return ways


def test_arguments_stand_in_either_order_and_calls_keep_to_the_librarys(drawn):
    turned: dict[bool, list[tuple[Scenario, Goal, Call]]] = {False: [], True: []}
    for one in drawn:
        if not isinstance(one.goal, Goal):
            continue
        for call in plan(one.goal, one.library, observed(one.world)) or ():
            skill = one.library[call.skill]
            assert [*call.args] == [*skill.parameters]
            if len(call.args) == 2 and skill.makes:
                turned[[*call.args] != [*skill.makes[0].args]].append((one, one.goal, call))
    assert min(map(len, turned.values())) > 100
    one, goal, call = turned[True][0]
    scene = observed(one.world)
    wanted = unmet(goal.steps[0], scene)
    grammar = turn_grammar(one.library, scene, wanted, Level.GRAMMAR)
    other_way = Call(call.skill, dict(reversed([*call.args.items()])))
    assert [admits(grammar, f"{wanted[0]} because\n{c}") for c in (call, other_way)] == [True, False]


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
