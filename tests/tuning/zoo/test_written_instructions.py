# SPDX-License-Identifier: Apache-2.0
"""Written instructions: well-formed, each goal one that the checks, the grammar and the planner accept."""

import re
from collections import Counter
from itertools import groupby
from pathlib import Path

import pytest

from agent_planner.agent.checks import check_goal
from agent_planner.agent.grammar import goal_grammar
from agent_planner.errors import ConfigError, UserError
from agent_planner.goals import Declined, Goal, format_goal, plan
from agent_planner.goals.goal import DID
from agent_planner.goals.world import root
from agent_planner.tuning.scenarios.scenario import default_library
from agent_planner.tuning.scenarios.scenes import observed
from agent_planner.tuning.zoo.held_out_families import DEV_FAMILIES, TEST_FAMILIES
from agent_planner.tuning.zoo.wordings import TALK
from agent_planner.tuning.zoo.written_instructions import Written, read_sheet, read_written, written_library
from agent_planner.types import Level
from tests.agent.driver import admits

SPLITS = ("train", "dev", "test")
EVERY = [one for split in SPLITS for one in read_written(split)]
SCENES = [next(group) for _, group in groupby(EVERY, key=lambda one: one.id.rpartition("/")[0])]


def test_there_are_enough():
    assert len(EVERY) >= 320
    per_scene = Counter(one.id.rpartition("/")[0] for one in EVERY)
    assert min(per_scene.values()) >= 10
    for split in SPLITS:
        assert sum(scene.startswith(split) for scene in per_scene) >= 8


@pytest.mark.parametrize("split", SPLITS)
def test_they_are_of_every_kind(split: str):
    kinds = Counter(one.goal.kind if isinstance(one.goal, Declined) else "feasible" for one in read_written(split))
    assert min(kinds[kind] for kind in ("missing", "which", "no_skill", "none")) >= 6
    goals = [(one, one.goal) for one in read_written(split) if isinstance(one.goal, Goal)]
    assert sum(len(goal.steps) > 1 for _, goal in goals) >= 8, "in order"
    assert sum(any(len(step) > 1 for step in goal.steps) for _, goal in goals) >= 8, "several things at once"
    already = [one for one, goal in goals if plan(goal, written_library(one.roles), observed(one.scene)) == ()]
    assert len(already) >= 5


def test_the_splits_share_no_sentence_and_no_scene():
    words = {split: {_bare(one.say) for one in read_written(split)} for split in SPLITS}
    assert sum(map(len, words.values())) == len(set.union(*words.values())) == len(EVERY)
    assert not {_bare(text) for text, _ in TALK} & (words["dev"] | words["test"])
    assert len({frozenset(one.scene.entities) for one in SCENES}) == len(SCENES)


def _bare(text: str) -> str:
    return " ".join(re.findall(r"[a-z0-9']+", text.lower()))


@pytest.mark.parametrize("one", SCENES, ids=lambda one: one.id)
def test_a_scene_is_one_that_could_be(one: Written):
    scene = one.scene
    named = {name for relation in scene.relations for name in (relation.a, relation.b) if name}
    assert named <= set(scene.entities)
    assert all(scene.location(thing.name) or scene.holding == thing.name for thing in scene.objects)
    for relation in scene.relations:
        if relation.name in ("on", "in"):
            affords = {"on": "surface", "in": "container"}[relation.name]
            assert affords in scene.entities[relation.b].affordances, relation
    if scene.at:
        spot = root(scene.at[0], scene)
        assert set(scene.at) == {name for name in scene.entities if root(name, scene) == spot} - {scene.holding}
    for thing in (*scene.objects, *scene.places):
        assert not thing.color or thing.color in thing.name.split()


@pytest.mark.parametrize("one", EVERY, ids=lambda one: one.id)
def test_its_goal_is_accepted(one: Written):
    library, scene = written_library(one.roles), observed(one.scene)
    check_goal(one.goal, library, scene)
    stated = format_goal(Declined("none", "Hello.") if one.goal == Declined("none") else one.goal)
    for level in (Level.GRAMMAR, Level.APPLICABLE):
        assert admits(goal_grammar(library, scene, one.say, level), stated), level
    if isinstance(one.goal, Declined):
        assert re.search(rf"\b{re.escape(one.goal.words)}\b", one.say)
    else:
        assert plan(one.goal, library, scene) is not None


@pytest.mark.parametrize("one", EVERY, ids=lambda one: one.id)
def test_what_it_wants_of_the_world_has_words_in_it(one: Written):
    """An entity of the goal shares a word with the sentence, unless a pronoun, a list or the scene stands for it."""
    if isinstance(one.goal, Goal) and len(one.goal.steps) == 1 and len(one.goal.steps[0]) == 1:
        (atom,) = one.goal.steps[0]
        entities = [a for a in atom.args if a in one.scene.entities]
        stems = {word.rstrip("s") for word in _bare(one.say).split()}
        said = [bool({w.rstrip("s") for w in name.split()} & stems) for name in entities]
        assert not entities or any(said)


def test_a_split_uses_its_own_abilities_alone():
    for split, others in (
        ("train", (*DEV_FAMILIES, *TEST_FAMILIES)),
        ("dev", TEST_FAMILIES),
        ("test", DEV_FAMILIES),
    ):
        used = {role for one in read_written(split) for role in one.roles}
        assert used and not used & {f.role for f in others}
    assert {one.roles == () for one in EVERY} == {True, False}
    assert written_library(()) == default_library()


def test_an_ability_that_a_scene_has_is_used_in_it():
    for one in SCENES:
        goals = [o.goal for o in EVERY if o.scene is one.scene and isinstance(o.goal, Goal)]
        named = {a.args[0] if a.name == DID else a.name for goal in goals for step in goal.steps for a in step}
        for skill in list(written_library(one.roles))[len(default_library().skills) :]:
            assert {skill.name, *(made.name for made in skill.makes)} & named, (one.id, skill.name)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("scene: {}\nsaid: [{say: hi, goal: 'on cup)'}]", r"x\.yaml:2: said\.0\.goal: 'on cup\)' is not a predicate"),
        ("scene: {}\nskills: [wype]\nsaid: [{say: hi, goal: none}]", r"x\.yaml:2: .*did you mean 'wipe'"),
        ("scene: {}\nskills: [hand_over]\nsaid: [{say: hi, goal: none}]", "no family 'hand_over'"),
        ("scene: {}\nsaid: []", "said"),
    ],
)
def test_a_wrong_file_is_told(tmp_path: Path, text: str, told: str):
    (tmp_path / "x.yaml").write_text(text)
    with pytest.raises(ConfigError, match=told):
        list(read_sheet(tmp_path / "x.yaml", "dev"))


def test_an_unknown_split_is_told():
    with pytest.raises(UserError, match="did you mean 'test'"):
        read_written("tests")
