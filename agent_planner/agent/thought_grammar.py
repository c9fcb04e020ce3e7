# SPDX-License-Identifier: Apache-2.0
"""The grammar of thoughts that check needs: by which skill an atom is made, whether each need of that holds, the call.

What the library says of a skill need not be remembered by the model: which needs there are, and the arguments of the
call, follow from what was said before. Which skill, and whether a need holds, is the model's to say.
"""

import json
from collections.abc import Callable, Iterable

from agent_planner.goals.holds import ACCESSIBLE, cover_of, holds
from agent_planner.goals.plan import makers
from agent_planner.scene import SceneGraph
from agent_planner.scene.graph import CONTAINER
from agent_planner.skills import SkillLibrary
from agent_planner.types import Atom, Call

# More would take too long to compile.
MAX_CALLS = 600


class ThoughtGrammar:
    """Rules for what follows an atom that does not hold: `` by SKILL: NEED yes, NEED no by SKILL``, and so on.

    Args:
        library: of the robot.
        scene: as it is observed.
        truthful: whether of a need only what the scene shows may be said.
        admits: whether a thought may end in that call.
        written: the rule of a call.
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
        self._opening: dict[Atom, list[Atom]] = {}
        self._ways: dict[Atom, str] = {}

    def ways(self, atoms: Iterable[Atom]) -> dict[Atom, str]:
        """The rule for what follows each of these atoms that leads to a call; none where there are too many calls."""
        to_do = wanted = [*atoms]
        while to_do:
            atom, *to_do = to_do
            if atom in self._makers:
                continue
            self._makers[atom] = self._made_by(atom)
            if sum(map(len, self._makers.values())) > MAX_CALLS:
                return {}
            self._opening[atom] = self._openings(atom)
            to_do += self._opening[atom]
            to_do += [need for call in self._makers[atom] for need in self._wanting(call)]
        while found := [a for a in self._makers if a not in self._ways and self._leads(a)]:
            self._ways |= {atom: f"way{len(self._ways) + i}" for i, atom in enumerate(found)}
        return {atom: self._ways[atom] for atom in wanted if atom in self._ways}

    def rules(self) -> list[str]:
        """Every rule that those need."""
        return [f"{way}: {' | '.join(self._after(atom))}" for atom, way in self._ways.items()]

    def _made_by(self, atom: Atom) -> list[Call]:
        calls = makers(atom, self._library, self._scene)
        return list({json.dumps([c.skill, self._entities(c)]): c for c in calls}.values())

    def _entities(self, call: Call) -> list[object]:
        parameters = self._library[call.skill].parameters
        return [value for name, value in call.args.items() if parameters[name].type == "entity"]

    def _openings(self, atom: Atom) -> list[Atom]:
        """What has to be open for a thing to be accessible; anything that is a container where that is to be told."""
        if atom.name != ACCESSIBLE or atom.negated:
            return []
        cover = cover_of(atom.args[0], self._scene)
        told = [cover] if cover else []
        containers = [name for name, entity in self._scene.entities.items() if CONTAINER in entity.affordances]
        return [Atom("open", (name,)) for name in (told if self._truthful else containers)]

    def _wanting(self, call: Call) -> list[Atom]:
        """The needs that may be said not to hold."""
        needs = self._library[call.skill].needed(call)
        if not self._truthful:
            return [*needs]
        return [need for need in needs if not holds(need, self._scene)][:1]

    def _leads(self, atom: Atom) -> bool:
        if any(opening in self._ways for opening in self._opening[atom]):
            return True
        return any(self._begun(call) for call in self._makers[atom])

    def _begun(self, call: Call) -> str:
        """The rule of what follows the name of a call's skill; empty where nothing can."""
        needs = self._library[call.skill].needed(call)
        rule = f'"\\n" {self._written(call)}' if self._admits(call) else ""
        for place in reversed(range(len(needs))):
            need, seen = needs[place], holds(needs[place], self._scene)
            before = ", " if place else ": "
            ways = []
            if rule and (seen or not self._truthful):
                ways.append(f"{_quoted(f'{before}{need} yes')} {rule}")
            if need in self._ways and not (seen and self._truthful):
                ways.append(f"{_quoted(f'{before}{need} no')} {self._ways[need]}")
            rule = f"({' | '.join(ways)})" if ways else ""
        return rule

    def _after(self, atom: Atom) -> Iterable[str]:
        for opening in self._opening[atom]:
            if opening in self._ways:
                yield f"{_quoted(f', {opening} no')} {self._ways[opening]}"
        for call in self._makers[atom]:
            if rule := self._begun(call):
                yield f"{_quoted(f' by {call.skill}')} {rule}"


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
