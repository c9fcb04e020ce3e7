# SPDX-License-Identifier: Apache-2.0
"""Another way, where a call fails for good."""

from agent_planner.agent.way_round import way_round
from agent_planner.goals import parse_goal
from agent_planner.scene import Relation, SceneGraph, SceneObject, ScenePlace
from agent_planner.skills import SkillLibrary
from agent_planner.types import Call

LIBRARY = SkillLibrary.load()
SCENE = SceneGraph(
    objects=(SceneObject(name="cube"),),
    places=(ScenePlace(name="desk"), ScenePlace(name="shelf")),
    relations=(Relation("on", "cube", "desk"), Relation("at", "shelf")),
)
TO_CUBE, TO_DESK = (Call("navigate_to", {"target": target}) for target in ("cube", "desk"))
PICK = Call("pick", {"object": "cube"})


def test_the_place_of_a_thing_is_another_way_to_it():
    goal = parse_goal("goal: holding(cube)")
    assert way_round(goal, LIBRARY, SCENE, {TO_CUBE.key()}) == TO_DESK


def test_there_need_be_none():
    goal = parse_goal("goal: holding(cube)")
    assert way_round(goal, LIBRARY, SCENE, {PICK.key()}) is None
    assert way_round(goal, LIBRARY, SCENE, {TO_CUBE.key(), TO_DESK.key()}) is None
