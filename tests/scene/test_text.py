# SPDX-License-Identifier: Apache-2.0
"""The scene as the model reads it, what changed, and what is left out of a large one."""

from agent_planner.scene import Relation, SceneGraph, SceneObject, ScenePlace, changes, entity_line, focus, scene_text

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


def test_what_was_not_seen_for_a_while_says_so_unless_the_robot_is_there():
    def told(name, age, at="desk"):
        things = tuple(o.model_copy(update={"age_s": age}) for o in (*SCENE.objects, SceneObject(name="ball")))
        relations = (Relation("on", "ball", "desk"), Relation("holding", "cup"), Relation("at", at))
        return entity_line(SCENE.replace(objects=things, relations=relations), name)

    assert told("ball", 4.0) == "ball: on desk, away"
    assert told("ball", 41.3) == "ball: on desk, away, seen 41 s ago"
    assert told("ball", 610.0) == "ball: on desk, away, seen 10 min ago"
    assert told("ball", 610.0, at="ball") == "ball: on desk, here"
    assert told("cup", 610.0) == "cup: blue, in hand"


def test_time_that_passes_is_no_change():
    older = tuple(o.model_copy(update={"age_s": 60.0}) for o in SCENE.objects)
    assert changes(SCENE, SCENE.replace(objects=older)) == ()


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
