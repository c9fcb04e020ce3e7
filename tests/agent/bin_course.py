# SPDX-License-Identifier: Apache-2.0
"""A red cube that is to come into the bin, and what a model says on the way."""

from agent_planner.scene import Relation, SceneGraph, SceneObject, ScenePlace

WORLD = SceneGraph(
    objects=(SceneObject(name="red cube"), SceneObject(name="cup")),
    places=(ScenePlace(name="desk"), ScenePlace(name="bin", affordances=frozenset({"container"}))),
    relations=(Relation("on", "red cube", "desk"), Relation("in", "cup", "bin"), Relation("at", "bin")),
)
GOAL = "goal: in(red cube, bin)"
WAY = [
    GOAL,
    'in(red cube, bin) needs holding(red cube) needs at(red cube)\nnavigate_to(target="red cube")',
    'in(red cube, bin) needs holding(red cube)\npick(object="red cube")',
    'in(red cube, bin) needs at(bin)\nnavigate_to(target="bin")',
    'in(red cube, bin)\nplace_in(object="red cube", container="bin")',
]
