# SPDX-License-Identifier: Apache-2.0
"""Libraries that training never had."""

from collections import Counter

import pytest

from agent_planner.goals import Goal, plan
from agent_planner.scene.predicates import SCENE_PREDICATES
from agent_planner.tuning.panel.libraries import embodiment, gantry, prompt_only
from agent_planner.tuning.scenarios.scenes import observed
from agent_planner.tuning.zoo.families import FAMILIES
from agent_planner.tuning.zoo.held_out_families import DEV_FAMILIES, DEV_KINDS, TEST_FAMILIES, TEST_KINDS


@pytest.mark.parametrize(
    ("split", "families", "kinds"), [("dev", DEV_FAMILIES, DEV_KINDS), ("test", TEST_FAMILIES, TEST_KINDS)]
)
def test_the_plan_needs_a_skill_of_the_splits_own(split: str, families: tuple, kinds: tuple):
    names = {name for f in families for name in f.names}
    found: Counter[str] = Counter()
    for seed in range(80):
        scenario = prompt_only(split, seed).scenario
        assert isinstance(scenario.goal, Goal)
        calls = plan(scenario.goal, scenario.library, observed(scenario.world))
        assert calls and any(c.skill in names for c in calls)
        found.update(kind.kind for kind in kinds if kind.kind in scenario.kind.split("+"))
        assert 4 <= len(list(scenario.library)) <= 12
    assert found.keys() == {kind.kind for kind in kinds}


def test_the_arm_on_the_ceiling_travels_with_the_arm_up_and_works_with_it_down():
    seen: Counter[str] = Counter()
    for seed in range(40):
        scenario = embodiment("dev", seed).scenario
        assert scenario.library == gantry() and isinstance(scenario.goal, Goal)
        calls = plan(scenario.goal, scenario.library, observed(scenario.world))
        assert calls
        down = any(r.name == "arm_down" for r in scenario.world.relations)
        for call in calls:
            assert down is not (call.skill in ("glide_over", "survey_from_above", "let_down"))
            down = call.skill == "let_down" or down and call.skill != "pull_up"
        seen.update(c.skill for c in calls)
    assert min(seen["glide_over"], seen["let_down"], seen["pull_up"], seen["suck"]) > 10


def test_its_skills_are_none_of_training():
    named = {name for f in FAMILIES for name in f.names}
    assert not named & set(gantry().by_name)
    assert {"arm_up", "arm_down"} <= gantry().predicates.keys() - SCENE_PREDICATES.keys()
