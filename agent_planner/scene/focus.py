# SPDX-License-Identifier: Apache-2.0
"""Which entities words may mean; leave out what an instruction is not about, when the scene is large."""

import re
from collections.abc import Iterable

from agent_planner.scene.graph import SceneGraph

LIMIT = 25


def matches(scene: SceneGraph, words: str) -> list[str]:
    """Entities that a phrase may mean, in the scene's order: the exact name, else all that its words tell of.

    Where there are no words it means nothing.
    """
    if words in scene.entities:
        return [words]
    wanted = set(words.split())
    return [name for name in scene.entities if wanted <= set(told_by(scene, name))] if wanted else []


def told_by(scene: SceneGraph, name: str) -> list[str]:
    """The words that tell of an entity: those of its name, and its colour's."""
    return [*name.split(), *scene.entities[name].color.lower().split()]


def focus(scene: SceneGraph, instruction: str, keep: Iterable[str] = (), limit: int = LIMIT) -> SceneGraph:
    """Return the scene with at most ``limit`` entities (more only if the instruction's words name more).

    Kept first: every entity that shares a word with the instruction, what is in the hand, ``keep``, and
    whatever these are on or in; then the rest in the scene's own order, places before objects. The choice
    depends on scene and instruction alone, so that training and run time see the same.
    """
    if len(scene.entities) <= limit:
        return scene
    said = _stems(instruction)
    kept = {name for name in scene.entities if _stems(" ".join(told_by(scene, name))) & said}
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
    return set(singulars(re.findall(r"[a-z0-9]+", text.lower())))


def singulars(words: Iterable[str]) -> list[str]:
    """Each word's `singular`, in their order."""
    return [singular(word) for word in words]


def singular(word: str) -> str:
    """The singular of an English noun, by its ending."""
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("xes", "sses", "ches", "shes")):
        return word[:-2]
    return word if word.endswith("ss") else word.removesuffix("s")
