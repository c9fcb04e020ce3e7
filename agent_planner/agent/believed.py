# SPDX-License-Identifier: Apache-2.0
"""Facts that no scene source can see: what a skill of the library says it made, or a failure shows not to hold."""

from collections.abc import Iterable

from agent_planner.scene import Relation, SceneGraph
from agent_planner.scene.predicates import SCENE_PREDICATES
from agent_planner.types import Atom


class Believed:
    """Holds the facts that successful calls made, until another call takes them back.

    Predicates of the scene itself (at, on, in, open …) are never believed: the world shows them. But `at` can be
    refuted: then it does not count until it was made anew, or was out of sight.
    """

    def __init__(self) -> None:
        self._facts: dict[Relation, bool] = {}
        self._refuted: set[Relation] = set()

    def note(self, made: Iterable[Atom]) -> None:
        """Take over what a successful call made."""
        for atom in made:
            fact = Relation(atom.name, *atom.args[:2])
            self._refuted.discard(fact)
            if atom.name not in SCENE_PREDICATES:
                self._facts[fact] = not atom.negated

    def refute(self, facts: Iterable[Atom]) -> None:
        """Take over what a failed call has shown not to hold."""
        self._refuted |= {Relation(atom.name, *atom.args[:2]) for atom in facts}

    def added_to(self, scene: SceneGraph) -> SceneGraph:
        """Return the observed scene with these facts."""
        told = dict.fromkeys(scene.relations, True) | self._facts
        self._refuted &= told.keys()
        if not self._facts and not self._refuted:
            return scene
        return scene.replace(relations=tuple(r for r, true in told.items() if true and r not in self._refuted))
