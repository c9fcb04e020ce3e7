# SPDX-License-Identifier: Apache-2.0
"""Planning in the symbolic world by means-ends analysis.

For an atom that does not hold, take the skill that makes it; if one of that skill's needs does not hold, do the
same for the first such need. The chain of checks from the goal down to the call is what the expert's thought says.
It is the classic means-ends analysis of Newell and Simon's General Problem Solver (1959), with the needs of a
skill taken in the library's order; `plan` rolls it out and so proves that it leads to the goal.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, product

from agent_planner.goals.goal import DID, Goal
from agent_planner.goals.holds import cover_of, unmet
from agent_planner.goals.world import apply, met_needs, unmet_needs
from agent_planner.scene import SceneGraph, ScenePlace
from agent_planner.scene.predicates import ACCESSIBLE
from agent_planner.skills import Parameter, Skill, SkillLibrary
from agent_planner.types import Atom, Call, Value

MAX_STEPS = 40
_MAX_CANDIDATES = 60


@dataclass(frozen=True)
class Check:
    """An atom that does not hold, the skill that makes it (none for one that follows from the next), and its needs.

    Attributes:
        met: the needs that hold, up to the first that does not; that one is the atom of the next check.
    """

    atom: Atom
    skill: str = ""
    met: tuple[Atom, ...] = ()


@dataclass(frozen=True)
class Step:
    """The next call, and the checks from an unmet atom of the goal down to what the call makes."""

    call: Call
    chain: tuple[Check, ...]

    @property
    def atoms(self) -> tuple[Atom, ...]:
        """What the chain goes down by."""
        return tuple(check.atom for check in self.chain)


def next_step(step: Iterable[Atom], library: SkillLibrary, scene: SceneGraph, done: Iterable[Call] = ()) -> Step | None:
    """Return the first call towards the first unmet atom that can be reached, or None."""
    for atom in unmet(step, scene, done):
        found = _achieve(atom, library, scene, ())
        if found:
            return found
    return None


def plan(
    goal: Goal, library: SkillLibrary, scene: SceneGraph, at_step: int = 0, done: Sequence[Call] = ()
) -> tuple[Call, ...] | None:
    """Return calls that reach every step of the goal in order from ``at_step`` on, or None if none are found."""
    calls: list[Call] = []
    done = list(done)
    seen = set()
    for step in goal.steps[at_step:]:
        while unmet(step, scene, done):
            found = next_step(step, library, scene, done)
            state = (scene.facts, len(done), step)
            if found is None or state in seen or len(calls) >= MAX_STEPS:
                return None
            seen.add(state)
            calls.append(found.call)
            scene = apply(found.call, library, scene)
            if not library[found.call.skill].makes:
                done.append(found.call)
        done = []
    return tuple(calls)


def _achieve(atom: Atom, library: SkillLibrary, scene: SceneGraph, above: tuple[Check, ...]) -> Step | None:
    if any(check.atom == atom for check in above) or len(above) > 8:
        return None
    if atom.name == ACCESSIBLE and not atom.negated:
        cover = cover_of(atom.args[0], scene)
        return _achieve(Atom("open", (cover,)), library, scene, (*above, Check(atom))) if cover else None
    for call in makers(atom, library, scene):
        met = met_needs(call, library, scene)
        chain = (*above, Check(atom, call.skill, met))
        needed = library[call.skill].needed(call)
        if len(met) == len(needed):
            return Step(call, chain)
        found = _achieve(needed[len(met)], library, scene, chain)
        if found:
            return found
    return None


def makers(atom: Atom, library: SkillLibrary, scene: SceneGraph) -> list[Call]:
    """Calls that make the atom, those with the fewest unmet needs first; ties in the library's and scene's order.

    An argument that neither the atom nor the scene gives is the least number or an empty text.
    """
    found = []
    for skill in library:
        for fixed in _bindings(atom, skill, scene):
            found += list(islice(_completed(skill, fixed, scene), _MAX_CANDIDATES))

    # `at` is the cheapest need to meet, so it counts least.
    def cost(call: Call) -> int:
        return sum(1 if need.name == "at" else 10 for need in unmet_needs(call, library, scene))

    return sorted(found, key=cost)


def _bindings(atom: Atom, skill: Skill, scene: SceneGraph) -> Iterator[dict[str, str]]:
    if atom.name == DID:
        if atom.args[0] == skill.name and len(atom.args) == len(skill.parameters) + 1:
            yield dict(zip(skill.parameters, atom.args[1:], strict=True))
        return
    atom = _as_made(atom, scene)
    for made in skill.makes:
        if made.name == atom.name and made.negated == atom.negated and len(made.args) == len(atom.args):
            yield dict(zip(made.args, atom.args, strict=True))
        elif _frees_the_hand(atom) and made.name in ("on", "in") and not made.negated and scene.holding:
            yield {made.args[0]: scene.holding}


def _as_made(atom: Atom, scene: SceneGraph) -> Atom:
    """A place that is not open is closed, and the other way round: so skills say what they make of it."""
    opposite = {"open": "closed", "closed": "open"}.get(atom.name)
    if opposite is None or not atom.negated or not isinstance(scene.entities.get(atom.args[0]), ScenePlace):
        return atom
    return Atom(opposite, atom.args)


def _frees_the_hand(atom: Atom) -> bool:
    return atom == Atom("hand_free") or (atom.name == "holding" and atom.negated)


def _completed(skill: Skill, fixed: dict[str, str], scene: SceneGraph) -> Iterator[Call]:
    """Every call of the skill with these arguments given."""
    choices: list[tuple[Value, ...]] = []
    for name, parameter in skill.parameters.items():
        admitted = _admitted(parameter, scene)
        if name in fixed:
            value = float(fixed[name]) if parameter.type == "number" else fixed[name]
            if parameter.type == "entity" and value not in admitted:
                return
            choices.append((value,))
        else:
            choices.append(admitted)
    for values in product(*choices):
        entities = [v for v, p in zip(values, skill.parameters.values(), strict=True) if p.type == "entity"]
        if len(set(entities)) == len(entities):
            yield Call(skill.name, dict(zip(skill.parameters, values, strict=True)))


def _admitted(parameter: Parameter, scene: SceneGraph) -> tuple[Value, ...]:
    if parameter.type == "entity":
        return parameter.candidates(scene)
    if parameter.type == "enum":
        return parameter.values
    if parameter.type == "number" and parameter.minimum is not None:
        return (parameter.minimum,)
    return ("",)
