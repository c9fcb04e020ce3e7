# SPDX-License-Identifier: Apache-2.0
"""Which entities words may mean; leave out what an instruction is not about, when the scene is large."""

import re
from collections.abc import Iterable

from agent_planner.scene.graph import SceneGraph

LIMIT = 25


def matches(scene: SceneGraph, words: str) -> list[str]:
    """Entities that a phrase may mean, in the scene's order: the exact name, else all whose name has its words.

    Where there are no words it means nothing.
    """
    if words in scene.entities:
        return [words]
    wanted = set(words.split())
    return [name for name in scene.entities if wanted <= set(name.split())] if wanted else []


def focus(scene: SceneGraph, instruction: str, keep: Iterable[str] = (), limit: int = LIMIT) -> SceneGraph:
    """Return the scene with at most ``limit`` entities (more only if the instruction's words name more).

    Kept first: every entity that shares a word with the instruction, what is in the hand, ``keep``, and
    whatever these are on or in; then the rest in the scene's own order, places before objects. The choice
    depends on scene and instruction alone, so that training and run time see the same.
    """
    if len(scene.entities) <= limit:
        return scene
    kept = {name for name in scene.entities if _shares_word(name, instruction)}
    kept |= {name for name in (*keep, scene.holding) if name in scene.entities}
    for name in list(kept):
        while (location := scene.location(name)) and location.b not in kept:
            name = location.b
            kept.add(name)
    for name in scene.entities:
        if len(kept) >= limit:
            break
        kept.add(name)
    return scene.replace(
        objects=tuple(o for o in scene.objects if o.name in kept),
        places=tuple(p for p in scene.places if p.name in kept),
        relations=tuple(r for r in scene.relations if {r.a, r.b} - {""} <= kept),
    )


def _stems(text: str) -> set[str]:
    return {singular(word) for word in re.findall(r"[a-z0-9]+", text.lower())}


def singular(word: str) -> str:
    """The singular of an English noun, by its ending."""
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("xes", "sses", "ches", "shes")):
        return word[:-2]
    return word if word.endswith("ss") else word.removesuffix("s")


def _shares_word(name: str, text: str) -> bool:
    """Whether a word of the name stands in the text, in the singular or the plural."""
    return bool(_stems(name) & _stems(text))
