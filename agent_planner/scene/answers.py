# SPDX-License-Identifier: Apache-2.0
"""Which of several things a person means who was asked."""

import re
from collections.abc import Iterable, Sequence

from agent_planner.scene.focus import singular, told_by
from agent_planner.scene.graph import SceneGraph
from agent_planner.scene.mentions import mentions

# The words then tell which is not meant, or how one is to another.
_ELSE = re.compile(r"\b(?:not|no|but|except|without|other|another|next|near|any|all|both|either|every|each)\b|n't\b|\d")


def meant(scene: SceneGraph, options: Sequence[str], answer: str) -> str | None:
    """Return the option that the answer tells by words of its name, its colour or its place; None if not just one."""
    text = answer.lower()
    if _ELSE.search(text):
        return None
    words = {singular(word) for word in re.findall(r"[\w'-]+", text)}
    told = {name: {singular(word) for word in told_by(scene, name)} for name in options}
    shared = set.intersection(*told.values())
    by_name = [name for name in options if words & (told[name] - shared)]
    places = {name for mention in mentions(scene, text) for name in mention.names}
    by_place = [name for name in options if (location := scene.location(name)) and location.b in places]
    return _only(by_name) or (_only(by_place) if not by_name else None)


def _only(names: Iterable[str]) -> str | None:
    found = list(names)
    return found[0] if len(found) == 1 else None
