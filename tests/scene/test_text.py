# SPDX-License-Identifier: Apache-2.0
"""The scene as the model reads it, what changed, and what is left out of a large one."""

from agent_planner.scene import Relation, SceneGraph, SceneObject, ScenePlace, changes, focus, scene_text

DRAWER = ScenePlace(name="drawer", affordances=frozenset({"container", "openable"}), is_open=False, explored=False)
SCENE = SceneGraph(
    objects=(SceneObject(name="red cube", color="red"), SceneObject(name="cup", color="blue")),
    places=(ScenePlace(name="desk"), DRAWER, ScenePlace(name="washer", affordances=frozenset())),
    relations=(
        Relation("on", "red cube", "desk"),
        Relation("holding", "cup"),
        Relation("at", "desk"),
        Relation("at", "red cube"),
        Relation("running", "washer"),
    ),
)


def test_every_entity_has_one_line():
    assert scene_text(SCENE).split("\n") == [
        "robot: at desk, holding cup",
        "desk: surface, here",
        "drawer: container, closed, not looked into, away",
        "washer: running, away",
        "red cube: on desk, here",
        "cup: blue, in hand",
    ]


def test_changes_name_what_came_went_and_moved_but_not_the_robot():
    moved = SCENE.replace(
        objects=(*SCENE.objects[:1], SceneObject(name="ball")),
        relations=(
            Relation("in", "red cube", "drawer"),
            Relation("at", "drawer"),
            Relation("running", "washer"),
        ),
    )
    assert changes(SCENE, moved) == ("red cube: in drawer, away", "new: ball: away", "gone: cup")
    assert changes(SCENE, SCENE.replace(relations=(*SCENE.relations[:2], *SCENE.relations[4:]))) == ()


def test_a_replaced_scene_forgets_what_was_cached():
    assert SCENE.holding == "cup"
    assert SCENE.replace(relations=()).holding is None


def test_focus_keeps_every_candidate_of_the_instruction():
    many = SCENE.replace(
        objects=tuple(SceneObject(name=f"{c} cube") for c in ("red", "blue", "green"))
        + tuple(SceneObject(name=f"thing {i}") for i in range(40)),
        relations=(Relation("in", "green cube", "drawer"),),
    )
    kept = focus(many, "put the cubes on the shelf", limit=8)
    assert {"red cube", "blue cube", "green cube", "drawer"} <= set(kept.entities)
    assert len(kept.entities) == 8
    assert all(r.a in kept.entities for r in kept.relations)
    assert focus(many, "put thing 33 away", limit=8).entities.keys() >= {"thing 33"}
    assert focus(SCENE, "anything") is SCENE
