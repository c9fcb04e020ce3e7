# SPDX-License-Identifier: Apache-2.0
"""Worlds in which one has to look first."""

from random import Random

import pytest

from agent_planner.goals import Declined, Goal, plan
from agent_planner.tuning.scenarios.hidden import LOOK, hide, look_tasks, looked_into, missing_at_first
from agent_planner.tuning.scenarios.scenario import Scenario, draw_setting, feasible
from agent_planner.tuning.scenarios.scenes import observed
from agent_planner.tuning.scenarios.situations import draw_situations


@pytest.fixture(scope="module")
def drawn() -> list[Scenario]:
    rng = Random(7)
    found = (feasible(rng, draw_setting(rng), f"s/{n}") for n in range(150))
    return [scenario for scenario in found if scenario is not None]


def pairs(drawn):
    for scenario in drawn:
        named = [name for clause in scenario.clauses for name in clause.cores]
        hidden = hide(Random(1), scenario.world, scenario.library, named, 1.0)
        if hidden is not None:
            yield from ((scenario, hidden, *pair) for pair in missing_at_first([scenario], hidden))


def test_what_is_named_is_missing_first_and_there_after_a_look(drawn):
    found = list(pairs(drawn))
    assert len(found) > 20
    for scenario, hidden, before, after in found:
        assert (before.instruction, before.library) == (scenario.instruction, scenario.library)
        assert isinstance(before.goal, Declined) and before.goal.kind == "missing"
        assert before.goal.words in before.instruction
        assert any(not place.explored for place in hidden.places)
        assert after.goal == scenario.goal and plan(after.goal, after.library, observed(after.world))
        assert set(observed(hidden).entities) < set(observed(after.world).entities)


def test_nothing_else_is_changed(drawn):
    for scenario, hidden, _, after in pairs(drawn):
        for world in (hidden, after.world):
            assert {o.name for o in world.objects} == {o.name for o in scenario.world.objects}
        moved = {r.a for r in set(hidden.relations) - set(scenario.world.relations)}
        assert moved <= {name for clause in scenario.clauses for name in clause.cores}


def test_the_places_are_looked_into_in_the_loops_words(drawn):
    scenario, hidden, *_ = next(pairs(drawn))
    tasks = look_tasks(scenario, hidden)
    assert {task.kind for task in tasks} == {LOOK}
    for task in tasks:
        assert isinstance(task.goal, Goal)
        ((atom,),) = task.goal.steps
        assert (task.instruction, atom.name) == (f"look into the {atom.args[0]}", "explored")


def test_looking_leaves_nothing_that_the_robot_could_look_into(drawn):
    for scenario, hidden, *_ in pairs(drawn):
        world = looked_into(hidden, scenario.library)
        assert not look_tasks(scenario, world)


def test_of_the_tasks_that_can_be_done_at_least_three_in_ten_need_a_look():
    situations = [s for index in range(60) for s in draw_situations("train", 3, index, 12)]
    plain = sum(len(s.tasks) for s in situations if s.id.count("/") == 2)
    hidden = sum(task.kind == "missing" for s in situations if "/hidden" in s.id for task in s.tasks)
    assert hidden / (hidden + plain) >= 0.3
    assert hidden == sum(len(s.tasks) for s in situations if "/found" in s.id)
