# SPDX-License-Identifier: Apache-2.0
"""Facts that no scene source can see: what a skill of the library says it made."""

from collections.abc import Iterable

from agent_planner.scene import Relation, SceneGraph
from agent_planner.scene.predicates import SCENE_PREDICATES
from agent_planner.types import Atom


class Believed:
    """Holds the facts that successful calls made, until another call takes them back.

    Predicates of the scene itself (at, on, in, open …) are never believed: the world shows them.
    """

    def __init__(self) -> None:
        self._facts: dict[Relation, bool] = {}

    def note(self, made: Iterable[Atom]) -> None:
        """Take over what a successful call made."""
        for atom in made:
            if atom.name not in SCENE_PREDICATES:
                self._facts[Relation(atom.name, *atom.args[:2])] = not atom.negated

    def added_to(self, scene: SceneGraph) -> SceneGraph:
        """Return the observed scene with these facts."""
        if not self._facts:
            return scene
        kept = [r for r in scene.relations if self._facts.get(r, True)]
        new = [r for r, true in self._facts.items() if true and r not in kept]
        return scene.replace(relations=(*kept, *new))
