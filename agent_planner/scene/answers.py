# SPDX-License-Identifier: Apache-2.0
"""Which of several things a person means who was asked."""

import re
from collections.abc import Sequence

from agent_planner.scene.focus import singulars, told_by
from agent_planner.scene.graph import SceneGraph
from agent_planner.scene.mentions import mentions

# Words of an answer that say nothing more.
_SAID_BESIDE = """
a an the one i i'd mean meant want like would it it's that that's which is please yes okay ok sorry take use thing
on in at inside from of lying standing sitting there
"""
_FILLERS = frozenset(_SAID_BESIDE.split())


def meant(scene: SceneGraph, options: Sequence[str], answer: str) -> str | None:
    """Return the option that the answer tells by words of its name, its colour or its place; None if not just one.

    Nor where the answer says anything else, which must not be lost.
    """
    text = answer.lower()
    words = set(singulars(word for word in re.findall(r"[\w'-]+", text) if word not in _FILLERS)) - _FILLERS
    told = {name: set(singulars(told_by(scene, name))) for name in options}
    places = [m for m in mentions(scene, text) if m.names and not set(options) & set(m.names)]
    words -= {word for place in places for word in singulars(place.phrase.split())}
    if words - set().union(*told.values()):
        return None
    shared = set.intersection(*told.values())
    names = {name: set(singulars(name.split())) for name in options}
    exact = [name for name in options if names[name] == words]
    whole = [name for name in options if names[name] <= words]
    part = [name for name in options if words & (told[name] - shared)]
    at = {name for place in places for name in place.names}
    there = [name for name in options if (location := scene.location(name)) and location.b in at]
    found = exact or whole or part or there
    return found[0] if len(found) == 1 else None
