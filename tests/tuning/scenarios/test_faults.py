# SPDX-License-Identifier: Apache-2.0
"""What can fall shut (what faults do is tested with the symbolic world)."""

from agent_planner.scene import SceneGraph, ScenePlace
from agent_planner.scene.graph import CONTAINER, OPENABLE
from agent_planner.tuning.scenarios.faults import doors_of
from agent_planner.types import Call


def test_doors_are_what_calls_are_about_and_can_be_opened():
    openable = frozenset({CONTAINER, OPENABLE})
    places = [ScenePlace(name=name, affordances=openable) for name in ("drawer", "fridge")]
    scene = SceneGraph(places=(*places, ScenePlace(name="desk")))
    calls = [Call("navigate_to", {"target": "desk"}), Call("open", {"container": "drawer"}), Call("wave")]
    assert doors_of(calls, scene) == ["drawer"]
