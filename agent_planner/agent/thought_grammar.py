# SPDX-License-Identifier: Apache-2.0
"""The grammar of thoughts that check needs: by which skill an atom is made, whether each need of that holds, the call.

What the library says of a skill need not be remembered by the model: which needs there are, and the arguments of the
call, follow from what was said before. Which skill, and whether a need holds, is the model's to say.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence

from agent_planner.goals.holds import cover_of, holds
from agent_planner.goals.plan import makers
from agent_planner.goals.world import met_needs
from agent_planner.scene import SceneGraph
from agent_planner.scene.graph import CONTAINER
from agent_planner.scene.predicates import ACCESSIBLE
from agent_planner.skills import SkillLibrary
from agent_planner.types import Atom, Call

# More would take too long to compile.
MAX_CALLS = 600
MAX_RULES = 1500


class ThoughtGrammar:
    """Rules for what follows an atom that does not hold: `` by SKILL: NEED yes, NEED no by SKILL``, and so on.

    Args:
        library: of the robot.
        scene: as it is observed.
        truthful: whether of a need only what the scene shows may be said.
        admits: whether a thought may end in that call.
        written: the rule of a call.

    Attributes:
        rules: those that `ways` needs.
    """

    def __init__(
        self,
        library: SkillLibrary,
        scene: SceneGraph,
        truthful: bool,
        admits: Callable[[Call], bool],
        written: Callable[[Call], str],
    ):
        self._library, self._scene, self._truthful = library, scene, truthful
        self._admits, self._written = admits, written
        self._makers: dict[Atom, list[Call]] = {}
        self._openings: dict[Atom, list[Atom]] = {}
        self._below: dict[Atom, frozenset[Atom]] = {}
        self._ways: dict[tuple[Atom, frozenset[Atom]], str] = {}
        self.rules: list[str] = []

    def ways(self, atoms: Iterable[Atom]) -> dict[Atom, str]:
        """The rule for what follows each of these atoms that leads to a call; none where there would be too many."""
        wanted = [*atoms]
        if self._explore(wanted):
            found = {atom: way for atom in wanted if (way := self._way(atom, frozenset()))}
            if len(self.rules) <= MAX_RULES:
                return found
        self.rules = []
        return {}

    def _explore(self, atoms: Sequence[Atom]) -> bool:
        """Find all that makes these atoms, and what that needs; whether it is not too much."""
        to_do, after = [*atoms], dict[Atom, list[Atom]]()
        while to_do:
            atom = to_do.pop()
            if atom in after:
                continue
            self._makers[atom], self._openings[atom] = self._made_by(atom), self._to_open(atom)
            if sum(map(len, self._makers.values())) > MAX_CALLS:
                return False
            after[atom] = [*self._openings[atom], *(n for call in self._makers[atom] for n in self._told(call))]
            to_do += after[atom]
        for atom in after:
            below, to_do = set[Atom](), [*after[atom]]
            while to_do:
                if (found := to_do.pop()) not in below:
                    below.add(found)
                    to_do += after[found]
            self._below[atom] = frozenset(below)
        return True

    def _made_by(self, atom: Atom) -> list[Call]:
        calls = makers(atom, self._library, self._scene)
        return list({(c.skill, *self._library[c.skill].entities(c).values()): c for c in calls}.values())

    def _to_open(self, atom: Atom) -> list[Atom]:
        """What has to be open for a thing to be accessible; anything that is a container where that is to be told."""
        if atom.name != ACCESSIBLE or atom.negated:
            return []
        cover = cover_of(atom.args[0], self._scene)
        told = [cover] if cover else []
        containers = [name for name, entity in self._scene.entities.items() if CONTAINER in entity.affordances]
        return [Atom("open", (name,)) for name in (told if self._truthful else containers)]

    def _told(self, call: Call) -> tuple[Atom, ...]:
        """The needs of a call that a thought may tell of."""
        needs = self._library[call.skill].needed(call)
        return needs[: len(met_needs(call, self._library, self._scene)) + 1] if self._truthful else needs

    def _way(self, atom: Atom, above: frozenset[Atom]) -> str:
        """The rule of what follows an atom below these, none of which comes again; empty where nothing can."""
        key = atom, above & self._below[atom]
        if key not in self._ways and len(self.rules) <= MAX_RULES:
            text = " | ".join(self._after(*key))
            self._ways[key] = f"way{len(self.rules)}" if text else ""
            self.rules += [f"{self._ways[key]}: {text}"] if text else []
        return self._ways.get(key, "")

    def _after(self, atom: Atom, above: frozenset[Atom]) -> Iterator[str]:
        above |= {atom}
        for opening in self._openings[atom]:
            if opening not in above and (way := self._way(opening, above)):
                yield f"{quoted(f', {opening} no')} {way}"
        for call in self._makers[atom]:
            if rule := self._begun(call, above):
                yield f"{quoted(f' by {call.skill}')} {rule}"

    def _begun(self, call: Call, above: frozenset[Atom]) -> str:
        """The rule of what follows the name of a call's skill; empty where nothing can."""
        needs = self._told(call)
        rule = f'"\\n" {self._written(call)}' if self._admits(call) else ""
        for place in reversed(range(len(needs))):
            need, seen = needs[place], holds(needs[place], self._scene)
            before = ", " if place else ": "
            told = []
            if rule and (seen or not self._truthful):
                told.append(f"{quoted(f'{before}{need} yes')} {rule}")
            if need not in above and not (seen and self._truthful) and (way := self._way(need, above)):
                told.append(f"{quoted(f'{before}{need} no')} {way}")
            rule = f"({' | '.join(told)})" if told else ""
        return rule


def quoted(text: str) -> str:
    """A literal of the grammar."""
    return json.dumps(text, ensure_ascii=False)
