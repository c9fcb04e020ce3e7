# SPDX-License-Identifier: Apache-2.0
import pytest

from agent_planner.scene import Relation, SceneGraph, SceneObject, ScenePlace
from agent_planner.scene.answers import meant

SCENE = SceneGraph(
    objects=(
        SceneObject(name="red cup", color="red"),
        SceneObject(name="big cup", color="blue"),
        SceneObject(name="old cup"),
        SceneObject(name="dark red cup"),
    ),
    places=tuple(ScenePlace(name=name) for name in ("coffee table", "red shelf", "kitchen table", "sink")),
    relations=(
        Relation("on", "red cup", "coffee table"),
        Relation("on", "big cup", "kitchen table"),
        Relation("in", "old cup", "sink"),
        Relation("on", "dark red cup", "red shelf"),
    ),
)
CUPS = ("red cup", "big cup", "old cup", "dark red cup")


@pytest.mark.parametrize(
    ("answer", "name"),
    [
        ("red cup", "red cup"),
        ("The big one!", "big cup"),
        ("blue", "big cup"),
        ("the dark one", "dark red cup"),
        ("the dark red cup", "dark red cup"),
        ("the one on the red shelf", "dark red cup"),
        ("the one on the coffee table", "red cup"),
        ("the one on the table", None),
        ("I mean the cup in the sink", "old cup"),
        ("the old cup on the kitchen table", "old cup"),
        ("the red or the big one", None),
        ("not the red one", None),
        ("the other one", None),
        ("the second", None),
        ("red cup, but be careful", None),
        ("the red one. Then go home", None),
        ("the cup", None),
        ("", None),
    ],
)
def test_which_is_meant(answer: str, name: str | None):
    assert meant(SCENE, CUPS, answer) == name
