# SPDX-License-Identifier: Apache-2.0
"""Scenarios: from the seed alone, proved, and with twins of the same words."""

import re
from collections import Counter
from random import Random

import pytest

from agent_planner.agent.conversation import first_turn
from agent_planner.errors import UserError
from agent_planner.goals import Declined, Goal, parse_goal, plan
from agent_planner.scene.focus import matches
from agent_planner.tuning.scenarios.phrasing import whole_zoo
from agent_planner.tuning.scenarios.scenario import draw_setting, rebased, scenarios, single, vague_clause
from agent_planner.tuning.scenarios.scenes import observed
from agent_planner.tuning.scenarios.situations import draw_situations
from agent_planner.tuning.scenarios.suites import scenario_of
from agent_planner.tuning.scenarios.training import draw_training_setting
from agent_planner.tuning.training.trees import trees
from agent_planner.tuning.zoo.families import FAMILIES
from agent_planner.tuning.zoo.wordings import WORDINGS, seen


def test_there_is_enough_to_learn_from():
    assert len({f.role for f in FAMILIES}) >= 15
    assert sum(len(seen(role)) for role in WORDINGS) >= 100


@pytest.mark.parametrize("suite", ["held_in", "smoke"])
def test_a_scenario_is_its_seed_and_is_proved(suite: str):
    kinds = Counter()
    for seed in range(60):
        one = scenario_of(suite, "dev", seed)
        assert one == scenario_of(suite, "dev", seed)
        assert one.instruction != scenario_of(suite, "test", seed).instruction or suite == "held_in"
        kinds[type(one.goal).__name__] += 1
        scene = observed(one.world)
        if isinstance(one.goal, Goal):
            assert plan(one.goal, one.library, scene) is not None
        elif one.goal.kind == "missing":
            assert not matches(scene, one.goal.words)
            assert one.goal.words in one.instruction
        elif one.goal.kind == "which":
            assert len(one.goal.options) > 1 and set(one.goal.options) <= set(scene.entities)
    assert kinds["Goal"] > 30


def test_an_unknown_suite_is_told():
    with pytest.raises(UserError, match="did you mean 'smoke'"):
        scenario_of("smok", "dev", 0)


def test_train_and_evaluation_share_no_scene_with_its_instruction():
    def seen(scenario):
        return first_turn(observed(scenario.world), scenario.instruction)

    train = {tree.opening + b.opening for index in range(25) for tree in trees(0, index) for b in tree.branches}
    some = next(tree for tree in trees(0, 0))
    assert some.opening + some.branches[0].opening in train  # so that equal ones would be found
    pipeline = {
        seen(s)
        for index in range(10)
        for situation in draw_situations("train", 0, index, 8)
        for s in situation.scenarios()
    }
    assert len(train) > 300 and len(pipeline) > 100
    panel = {seen(single(split, "held_in", seed)) for split in ("dev", "test") for seed in range(50)}
    assert all("\nInstruction: " in text for text in (*train, *pipeline, *panel))
    assert not panel & (train | pipeline)


def test_a_question_is_only_asked_where_the_words_leave_it_open():
    """Neither does an article stand twice, which would give the answer away, nor is told where the thing is."""
    found = 0
    for seed in range(200):
        setting = draw_training_setting(rng := Random(seed))
        if (vague := vague_clause(rng, setting, whole_zoo(several=False))) is None:
            continue
        clause, declined = vague
        found += 1
        assert not re.search(r"\bthe the\b", clause.text, re.IGNORECASE)
        seen = observed(setting.world)
        meant = next(name for name in declined.options if name in clause.cores)
        place = seen.location(meant)
        assert place is None or f"{declined.words} {place.name} the {place.b}" not in clause.text
    assert found > 120


def test_twins_have_the_same_words_and_another_goal():
    found = Counter()
    for index in range(12):
        made = list(trees(0, index))
        if len(made) < 2:
            continue
        first, twin = ({b.opening: b.turns[0].content for b in t.branches} for t in made)
        for words in first.keys() & twin.keys():
            found[first[words] == twin[words]] += 1
    assert found[True] > 5 and found[False] > 5


def test_a_trees_goals_are_about_its_own_scene():
    declined = 0
    for index in range(25):
        for tree in trees(0, index):
            entities = {line.partition(":")[0] for line in tree.opening.split("\n")[2:-1]}
            for branch in tree.branches:
                goal = parse_goal(next(turn.content for turn in branch.turns if turn.loss))
                if isinstance(goal, Declined) and goal.kind == "missing":
                    declined += 1
                    assert not any(set(goal.words.split()) <= set(e.split()) for e in entities), (goal, entities)
                elif isinstance(goal, Goal):
                    named = {a for step in goal.steps for atom in step if atom.name != "did" for a in atom.args}
                    assert named <= entities
    assert declined > 10


def test_a_rebased_scenario_without_its_object_is_missing():
    rng = Random(5)
    while True:
        setting = draw_setting(rng, (1.0, 0.0, 0.0, 0.0))
        drawn = next((s for s in scenarios(rng, setting, 3, "t") if s.kind == "holding"), None)
        if drawn is not None:
            break
    (name, core), *_ = drawn.clauses[0].cores.items()
    world = drawn.world.replace(
        objects=tuple(o for o in drawn.world.objects if o.name != name),
        relations=tuple(r for r in drawn.world.relations if name not in (r.a, r.b)),
    )
    twin = rebased(drawn, drawn.library, world)
    assert twin is not None
    assert twin.goal == Declined("missing", core)
    assert twin.instruction == drawn.instruction
