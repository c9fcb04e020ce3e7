# SPDX-License-Identifier: Apache-2.0
"""Things that are told by where they are, and where the same words tell where to put them."""

import pytest

from agent_planner.scene import Relation, SceneGraph, SceneObject, ScenePlace
from agent_planner.scene.mentions import mentions

SURFACE, CONTAINER = frozenset({"surface"}), frozenset({"container"})
SCENE = SceneGraph(
    objects=tuple(SceneObject(name=n) for n in ("red cup", "blue cup", "green cup", "left pen", "right pen")),
    places=(
        ScenePlace(name="desk", affordances=SURFACE),
        ScenePlace(name="white shelf", affordances=SURFACE),
        ScenePlace(name="black shelf", affordances=SURFACE),
        ScenePlace(name="sink", affordances=CONTAINER),
        ScenePlace(name="kitchen", affordances=frozenset()),
    ),
    relations=(
        Relation("on", "red cup", "desk"),
        Relation("on", "blue cup", "white shelf"),
        Relation("in", "left pen", "sink"),
        Relation("on", "right pen", "desk"),
    ),
)
RED, ALL = ("red cup",), ("red cup", "blue cup", "green cup")


@pytest.mark.parametrize(
    ("instruction", "meant"),
    [
        ("put the cup on the desk in the sink", RED),
        ("the cup on the desk goes in the sink", RED),
        ("bring the cup on my desk over to the shelf", RED),
        ("put the cup that is on the desk next to the pen", RED),
        ("place the cup from the desk", RED),
        ("grab the cup on the desk", RED),
        ("pick up the cup on the desk", RED),
        ("go to the cup on the desk", RED),
        ("get the cup on the desk and put it in the sink", RED),
        ("open the sink and put the cup on the desk inside it", RED),
        ("set the cup on the desk on top of the shelf", RED),
        ("put the cup on the desk and the pen in the sink on the shelf", RED),
        ("grab the cups on the desk", RED),
        ("put the cup on the desk", ALL),
        ("leave the cup on the desk and the pen in the sink", ALL),
        ("put the cup on the desk in the kitchen", ALL),
        ("put the cup on the desk, then go to the sink", ALL),
        ("put the cup on the desk and stop", ALL),
        ("I want the cup on the desk by noon", ALL),
        ("grab the cup in the sink", ALL),
        ("go to the cup", ALL),
    ],
)
def test_a_place_tells_which_is_meant_where_it_is_not_the_one_to_go_to(instruction: str, meant: tuple[str, ...]):
    assert next(m.names for m in mentions(SCENE, instruction) if m.phrase in ("cup", "cups")) == meant


def test_what_is_there_tells_which_place_is_meant():
    found = mentions(SCENE, "grab the cup on the shelf")
    assert [mention.names for mention in found] == [("blue cup",), ("white shelf",)]


def test_two_things_by_the_same_name_are_two():
    found = mentions(SCENE, "put the cup on the desk and the cup on the shelf in the sink")
    assert [mention.names for mention in found] == [RED, ("desk",), ("blue cup",), ("white shelf",), ("sink",)]
