# SPDX-License-Identifier: Apache-2.0
"""What a scene refuses that contradicts itself."""

import pytest

from agent_planner.scene import Relation, SceneGraph, SceneObject, ScenePlace

OBJECTS, PLACES = (SceneObject(name="cup"),), (ScenePlace(name="table"),)


@pytest.mark.parametrize(
    ("relation", "says"),
    [
        (Relation("on", "cup", "tabel"), r"relation on\(cup, tabel\): 'tabel' is not in the scene; did you mean"),
        (Relation("holding", "cap"), "'cap' is not in the scene; did you mean 'cup'"),
        (Relation("at", "table", "cup"), r"relation at\(table, cup\): it is about 1 of the entities, not 2"),
        (Relation("near", "cup"), "it is about 2 of the entities, not 1"),
        (Relation("holding"), "it is about 1 of the entities, not 0"),
    ],
)
def test_a_relation_is_between_entities_of_the_scene(relation: Relation, says: str):
    with pytest.raises(ValueError, match=says):
        SceneGraph(objects=OBJECTS, places=PLACES, relations=(relation,))


def test_facts_that_only_skills_know_are_about_anything():
    facts = (Relation("on", "cup", "table"), Relation("arm_at", "stow"), Relation("docked"))
    assert SceneGraph(objects=OBJECTS, places=PLACES, relations=facts).relations == facts
