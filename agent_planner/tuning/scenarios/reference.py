# SPDX-License-Identifier: Apache-2.0
"""Phrases that refer to an entity of a scene, as a person would say them."""

from random import Random

from agent_planner.scene import SceneGraph
from agent_planner.scene.focus import matches


def core_phrase(rng: Random, scene: SceneGraph, name: str) -> str:
    """The name, or its last words where these are enough."""
    words = name.split()
    for n in range(1, len(words)):
        short = " ".join(words[-n:])
        if matches(scene, short) == [name] and rng.random() < 0.45:
            return short
    return name


def phrase(rng: Random, scene: SceneGraph, name: str) -> tuple[str, str]:
    """Return what is said (with an article, perhaps a location) and its core without these."""
    core = core_phrase(rng, scene, name)
    located = _with_location(rng, scene, name)
    if located:
        return located
    article = "the " if rng.random() < 0.92 else ""
    return article + core, core


def _with_location(rng: Random, scene: SceneGraph, name: str) -> tuple[str, str] | None:
    """``the cube on the desk``: where the noun alone would be ambiguous, and now and then anyway."""
    location = scene.location(name)
    if location is None or scene.entities[name].kind == "place":
        return None
    noun = scene.entities[name].category or name
    same = [n for n in matches(scene, noun) if n != name]
    if noun in scene.entities or not set(noun.split()) <= set(name.split()):
        return None
    if any((there := scene.location(n)) and there.b == location.b for n in same):
        return None
    if rng.random() > (0.3 if same else 0.06):
        return None
    return f"the {noun} {location.name} the {location.b}", noun
