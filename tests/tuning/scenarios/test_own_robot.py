# SPDX-License-Identifier: Apache-2.0
"""A robot that somebody has, in training's scenes."""

from random import Random

import pytest

from agent_planner.goals import Goal, plan
from agent_planner.skills import SkillLibrary
from agent_planner.skills.library import library_file, shipped_libraries
from agent_planner.tuning.panel.libraries import gantry
from agent_planner.tuning.scenarios.own_robot import roles_of
from agent_planner.tuning.scenarios.scenario import DEFAULT_ROLES
from agent_planner.tuning.scenarios.scenes import observed
from agent_planner.tuning.scenarios.situations import draw_situations
from agent_planner.tuning.scenarios.training import draw_training_setting

LIBRARIES = {"gantry": gantry()} | {name: SkillLibrary.load(library_file(name)) for name in shipped_libraries()}


@pytest.fixture(scope="module", params=LIBRARIES)
def robot(request):
    library = LIBRARIES[request.param]
    return library, [s for index in range(6) for s in draw_situations("train", 0, index, 8, library)]


def test_what_skills_make_tells_what_they_are_for():
    made = {name for name, skill in SkillLibrary.load().by_name.items() if skill.makes}
    expected = {name: role if name in made else "" for name, role in DEFAULT_ROLES.items()}
    assert roles_of(SkillLibrary.load()) == expected and len(made) == 6
    gantrys = roles_of(gantry())
    assert (gantrys["suck"], gantrys["release_into"], gantrys["pull_up"]) == ("pick", "place_in", "")


def test_its_situations_are_about_it_and_proved(robot):
    library, situations = robot
    scenarios = [s for situation in situations for s in situation.scenarios()]
    feasible = [s for s in scenarios if isinstance(s.goal, Goal)]
    assert len(feasible) > 30 and {"missing", "which", "none", "no_skill"} <= {s.kind for s in scenarios}
    assert all(plan(s.goal, s.library, observed(s.world)) is not None for s in feasible)
    assert all(s.library == library for s in situations if "/twin" not in s.id)
    assert all(skill == library[skill.name] for s in situations for skill in s.library)
    asked = {clause.role for s in feasible for clause in s.clauses}
    # Plants are rare.
    assert {*roles_of(library).values()} - {"", "water"} <= asked <= {*roles_of(library).values()} - {""}


def test_a_robot_is_where_it_can_be_and_in_a_condition_that_it_can_be_in():
    def worlds(name: str):
        return [draw_training_setting(Random(seed), LIBRARIES[name]).world for seed in range(60)]

    for world in worlds("fixed_arm"):
        within = {n for n, e in world.entities.items() if e.affordances and n != world.holding}
        assert {*world.at} == within
    driving = worlds("turtlebot4")
    assert not any(world.holding for world in driving) and any(not world.at for world in driving)
    docked = ["docked" in {r.name for r in world.relations} for world in driving]
    assert any(docked) and not all(docked)
    arms = [{r.name for r in world.relations} & {"arm_up", "arm_down"} for world in worlds("gantry")]
    assert {len(arm) for arm in arms} == {1} and {"arm_up", "arm_down"} == set().union(*arms)


def test_nothing_is_drawn_where_the_scene_has_nothing_for_it():
    """Of a robot that opens doors alone many scenes have nothing to ask."""
    doors = SkillLibrary(skills=(gantry()["swing_door"],))
    found = [s for index in range(12) for s in draw_situations("train", 0, index, 4, doors)]
    assert found and {c.role for s in found for one in s.scenarios() for c in one.clauses} == {"open"}
