# SPDX-License-Identifier: Apache-2.0
"""What an instruction's words may mean in a scene."""

import pytest

from agent_planner.scene import Relation, SceneGraph, SceneObject, ScenePlace
from agent_planner.scene.focus import matches
from agent_planner.scene.mentions import mentions, mentions_text

SCENE = SceneGraph(
    objects=tuple(
        SceneObject(name=n) for n in ("red cup", "blue cup", "big toy car", "glass", "black plate", "soda can")
    ),
    places=tuple(ScenePlace(name=n) for n in ("desk", "kitchen", "kitchen table", "top drawer")),
    relations=(
        Relation("on", "red cup", "desk"),
        Relation("in", "blue cup", "top drawer"),
        Relation("holding", "glass"),
        Relation("on", "black plate", "desk"),
    ),
)


@pytest.mark.parametrize(
    ("said", "named"),
    [
        ("put the red cup on the desk", "red cup; desk"),
        ("Put the CUP on the table.", "cup = red cup (on desk), blue cup (in top drawer); table = kitchen table"),
        (
            "the two cups and the two elephants",
            "cups = red cup (on desk), blue cup (in top drawer); two elephants = nothing",
        ),
        ("both cups", "cups = red cup (on desk), blue cup (in top drawer)"),
        ("go to the kitchen", "kitchen"),
        ("go to the kitchen table, then to kitchen", "kitchen table; kitchen"),
        ("open the drawer and close the drawer", "drawer = top drawer"),
        ("bring the black plate", "black plate"),
        ("bring the yellow plate", "yellow plate = nothing"),
        ("bring yellow plate", "yellow plate = nothing"),
        ("bring the dirty plate", "dirty = nothing; plate = black plate"),
        ("take the elephant to the desk", "elephant = nothing; desk"),
        ("put the green tea pot on it", "green tea pot = nothing"),
        ("set the light to red", "light = nothing"),
        ("drink from a glass", "glass"),
        ("Can you take the can?", "can = soda can"),
        ("hello", "nothing"),
        ("", "nothing"),
    ],
)
def test_what_words_may_mean(said: str, named: str):
    assert mentions_text(SCENE, said) == named


def test_what_is_held_says_so():
    scene = SCENE.replace(objects=(*SCENE.objects, SceneObject(name="wine glass")))
    assert mentions_text(scene, "the glasses") == "glasses = glass"
    assert mentions_text(scene, "the wine") == "wine = wine glass"


def test_a_colour_tells_of_what_is_not_called_by_it():
    fruit = (SceneObject(name="banana", color="yellow"), SceneObject(name="apple", color="red"))
    scene = SCENE.replace(objects=(*SCENE.objects, *fruit))
    assert mentions_text(scene, "take the yellow banana") == "yellow banana = banana"
    assert mentions_text(scene, "take the green banana") == "green banana = nothing"
    assert matches(scene, "yellow banana") == ["banana"]
    assert matches(scene, "red") == ["red cup", "apple"]


def test_a_long_text_has_few_mentions():
    assert len(mentions(SCENE, " and ".join(f"the thing{i}" for i in range(1000)))) == 24
