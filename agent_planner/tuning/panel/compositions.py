# SPDX-License-Identifier: Apache-2.0
"""Instructions of three to five clauses whose skeleton training never draws.

A skeleton is the sequence of the clauses' kinds, each with ``it`` where a clause takes up by that word what the one
before it was about. Of those of four and five, a third each is training's, dev's and test's (`skeleton_split`). Those
of three have a link of `_LINKS`, which training never draws: there, ``it`` is only ever closed or put somewhere.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from random import Random

from agent_planner.goals import Goal, apply, plan
from agent_planner.goals.goal import DID
from agent_planner.scene import SceneGraph
from agent_planner.scene.graph import GRASPABLE
from agent_planner.skills import Skill
from agent_planner.tuning.panel.case import Case, drawn, seeded
from agent_planner.tuning.scenarios.clauses import Clause, draw_kind, make_clause
from agent_planner.tuning.scenarios.phrasing import TRAINING
from agent_planner.tuning.scenarios.reference import phrase
from agent_planner.tuning.scenarios.scenario import (
    KNOWN,
    MOST_CALLS,
    Scenario,
    Setting,
    draw_setting,
    joined,
    skeleton_split,
)
from agent_planner.tuning.scenarios.scenes import observed
from agent_planner.types import Atom

# What may be done next with what a clause was about: the kind, and the role that makes it.
_LINKS: dict[str, tuple[tuple[str, str], ...]] = {
    "open": (("in", "place_in"), ("inspected", "inspect"), ("photograph", "photograph")),
    "at": (("inspected", "inspect"), ("photograph", "photograph")),
    "closed": (("locked", "lock"), ("photograph", "photograph")),
    "running": (("not running", "switch_off"), ("photograph", "photograph")),
    "not running": (("photograph", "photograph"),),
    "inspected": (("photograph", "photograph"),),
    "clean": (("inspected", "inspect"), ("photograph", "photograph")),
    "watered": (("photograph", "photograph"),),
}
# "first a, then b" bears no third clause.
_WORDS = replace(TRAINING, joins=tuple(j for j in TRAINING.joins if not j.startswith("first")))


@dataclass(frozen=True)
class _Linked:
    clause: Clause
    link: bool


def compositions(split: str, seed: int) -> Case:
    """A long instruction of which every clause asks for at least one call."""
    rng = seeded("compositions", split, seed)
    length = rng.choices((3, 4, 5), weights=(0.3, 0.4, 0.3))[0]
    return Case(drawn(lambda: _draw(rng, split, length, f"{split}/compositions/{seed}")), "compositions")


def _draw(rng: Random, split: str, length: int, name: str) -> Scenario | None:
    setting = draw_setting(rng, KNOWN)
    if not observed(setting.world).objects:
        return None
    found = (_composed(rng, setting, split, length, name) for _ in range(8))
    return next((s for s in found if s is not None), None)


def _composed(rng: Random, setting: Setting, split: str, length: int, name: str) -> Scenario | None:
    scene = observed(setting.world)
    chain: list[_Linked] = []
    for _ in range(length * 3):
        if len(chain) < length:
            chain += _next(rng, setting, scene, chain)
    skeleton = "+".join(f"{c.clause.kind} it" if c.link else c.clause.kind for c in chain)
    if len(chain) < length or length == 3 and not any(c.link for c in chain) or skeleton_split(skeleton) != split:
        return None
    clauses = [c.clause for c in chain]
    return replace(joined(rng, setting, name, clauses, _WORDS), kind=skeleton) if _all_act(clauses, setting) else None


def _next(rng: Random, setting: Setting, scene: SceneGraph, chain: list[_Linked]) -> list[_Linked]:
    """One more clause, if the draw gives one. Only by "it" an object is spoken of again: its place may have changed."""
    roles = setting.by_role
    spoken = {name for c in chain for name in _objects(c.clause, scene)}
    linked = _about_it(rng, chain[-1].clause, roles, scene) if chain and rng.random() < 0.5 else None
    clause = linked or make_clause(rng, draw_kind(rng, roles, scene), roles, scene)
    if clause is None or spoken & (_objects(clause, scene) - {_it(chain[-1].clause) if linked else ""}):
        return []
    if any(clause.atoms == c.clause.atoms or clause.kind == c.clause.kind and not clause.cores for c in chain):
        return []
    return [_Linked(clause, linked is not None)]


def _objects(clause: Clause, scene: SceneGraph) -> set[str]:
    """The movable things that the clause is about."""
    named = {arg for atom in clause.atoms for arg in atom.args if arg in scene.entities}
    return {name for name in named if scene.entities[name].kind == "object"}


def _it(clause: Clause) -> str:
    return clause.atoms[-1].args[0]


def _about_it(rng: Random, before: Clause, roles: Mapping[str, Skill], scene: SceneGraph) -> Clause | None:
    options = [(kind, role) for kind, role in _LINKS.get(before.kind, ()) if role in roles]
    if not options:
        return None
    kind, role = rng.choice(options)
    it = _it(before)
    wording = rng.choice([w for w in TRAINING.of[kind] if " it " not in w])
    if kind != "in":
        atom = Atom(kind.removeprefix("not "), (it,), kind.startswith("not "))
        atom = Atom(DID, (roles[role].name, it)) if kind == "photograph" else atom
        return Clause(kind, role, wording.format(o="it"), (atom,), {it: before.cores[it]})
    things = [o.name for o in scene.objects if GRASPABLE in o.affordances]
    thing = rng.choice(things)
    said, core = phrase(rng, scene, thing)
    cores = {thing: core, it: before.cores[it]}
    return Clause(kind, role, wording.format(o=said, t="it"), (Atom("in", (thing, it)),), cores)


def _all_act(clauses: list[Clause], setting: Setting) -> bool:
    """Whether each clause in turn needs a call, and all together no more than `MOST_CALLS`."""
    scene, count = observed(setting.world), 0
    for clause in clauses:
        calls = plan(Goal((clause.atoms,)), setting.library, scene)
        if not calls:
            return False
        count += len(calls)
        for call in calls:
            scene = apply(call, setting.library, scene)
    return count <= MOST_CALLS
