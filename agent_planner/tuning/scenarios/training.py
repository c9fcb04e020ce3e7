# SPDX-License-Identifier: Apache-2.0
"""What `tune scenarios` draws from: the whole of the training side of the zoo.

The suite `held_in` and the shipped adapter rest on a part of it (`scenario.draw_setting`, which stays as it is).
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from math import exp
from random import Random

from agent_planner.goals import Declined, Goal, plan
from agent_planner.scene import Relation, SceneGraph
from agent_planner.scene.graph import GRASPABLE, OPENABLE, SURFACE
from agent_planner.skills import SkillLibrary
from agent_planner.tuning.scenarios.asides import called_it, corrected, introduced, remarked, with_purpose
from agent_planner.tuning.scenarios.clauses import (
    KINDS,
    Clause,
    Roles,
    ability_clause,
    draw_kind,
    everything,
    make_clause,
)
from agent_planner.tuning.scenarios.own_robot import roles_of, suited
from agent_planner.tuning.scenarios.phrasing import Phrasing, whole_zoo
from agent_planner.tuning.scenarios.reference import phrase
from agent_planner.tuning.scenarios.scenario import (
    DEFAULT_ROLES,
    MOST_CALLS,
    Scenario,
    Setting,
    answered,
    default_library,
    follow_up,
    joined,
    scenarios,
    skeleton_split,
    talk,
    vague_clause,
    worded,
)
from agent_planner.tuning.scenarios.scenes import PLANT, bare_of, observed, random_scene
from agent_planner.tuning.zoo.families import CORE, Family, reordered
from agent_planner.tuning.zoo.kinds import AbilityKind
from agent_planner.tuning.zoo.train_bodies import BODIES, Body, drawn_body
from agent_planner.tuning.zoo.train_deeds import DEED_FAMILIES
from agent_planner.tuning.zoo.train_families import HELPERS, TRAIN_BY_ROLE, TRAIN_FAMILIES, TRAIN_KINDS
from agent_planner.tuning.zoo.train_talk import TRAIN_TALK
from agent_planner.tuning.zoo.train_vocabulary import TRAIN
from agent_planner.tuning.zoo.train_wordings import (
    TRAIN_JOINS_BACKWARDS,
    TRAIN_JOINS_HAVING,
    TRAIN_JOINS_HAVING_LAST,
    having_done,
)
from agent_planner.types import Atom

_OTHERS = [f for f in TRAIN_FAMILIES if f.role not in CORE and f not in DEED_FAMILIES]
_DEEDS = 16
# The shipped library; it and more; families under drawn names; under names that are no words.
_VARIANTS = {"default": 0.15, "more": 0.2, "drawn": 0.35, "invented": 0.3}
MOST_SKILLS = 12
_HELPED = 0.9
_BODY, _DRAWN_BODY, _TWO_WAYS = 0.85, 0.8, 0.5
# How often a clause is about what the first families did not have: at most, and for each that the robot can do.
_NEW_KIND, _ONE_NEW_KIND, _EVERYTHING = 0.45, 0.15, 0.06
# How often a scene has one more thing that is easily taken for another one.
_DISTRACTING = 0.4
# How many of the scenes come from a camera, and how long ago things were seen there (natural logarithm of seconds).
_BY_CAMERA, _LOG_AGES = 0.5, (1.5, 7.0)
# How many clauses an instruction has. Of the long ones two thirds are drawn anew: see `skeleton_split`.
_CLAUSES = {1: 0.52, 2: 0.26, 3: 0.07, 4: 0.09, 5: 0.06}
_LONG = 4
# How often people say more than what is to be done; the rest is said as it is.
_REMARKED, _PURPOSE, _INTRODUCED, _CORRECTED = 0.16, 0.06, 0.08, 0.04
# How often the second of two clauses is said first, and how often the first as what has been done.
_BACKWARDS, _HAVING = 0.12, 0.14
_ONE, _SEVERAL = whole_zoo(several=False), whole_zoo(several=True)
# How often a condition holds from the beginning.
_HOLDS = 0.3
# How often another fact that some skill makes holds from the beginning, and of what.
_FACTS = {
    "locked": (0.4, OPENABLE),
    "covered": (0.4, SURFACE),
    "docked": (0.4, None),
    "braced": (0.4, None),
    "work_light_on": (0.4, None),
    "room_mapped": (0.4, None),
    "watered": (0.2, PLANT),
    "clean": (0.2, SURFACE),
}


def draw_training_setting(rng: Random, own: SkillLibrary | None = None) -> Setting:
    """Draw a library of 4 to 12 skills, of which most tasks need few, and a world.

    Args:
        rng: draws.
        own: the library of somebody's own robot, in place of a drawn one.
    """
    library, roles, bodies = _robot(rng) if own is None else (own, roles_of(own), [])
    world = _with_facts(rng, random_scene(rng, TRAIN, _DISTRACTING), library, bodies)
    if own is not None:
        world = suited(rng, world, own, _FACTS)
    return Setting(library, roles, _by_camera(rng, world) if rng.random() < _BY_CAMERA else world)


def _robot(rng: Random) -> tuple[SkillLibrary, dict[str, str], list[Body]]:
    variant = rng.choices(list(_VARIANTS), weights=list(_VARIANTS.values()))[0]
    if variant in ("default", "more"):
        skills, roles, bodies = list(default_library()), dict(DEFAULT_ROLES), []
        extra = [f for f in _others(rng) if f.role not in roles.values()]
        families = _helped(rng, rng.sample(extra, rng.randint(1, 3)) if variant == "more" else [])
    else:
        skills, roles = [], {}
        bodies = _bodies(rng)
        families = _families(rng, bodies)
    for family in families:
        for body in bodies:
            family = body.changed(family)
        skill = reordered(rng, family.draw(rng, variant == "invented" and rng.random() < 0.7))
        if skill.name not in roles and family.role not in roles.values() and len(skills) < MOST_SKILLS:
            skills.append(skill)
            roles[skill.name] = family.role
    if variant != "default":
        rng.shuffle(skills)
    return SkillLibrary(skills=tuple(skills)), roles, bodies


def training_scenarios(rng: Random, setting: Setting, count: int, name: str) -> Iterator[Scenario]:
    """As `scenario.scenarios`, from the whole zoo."""
    return scenarios(rng, setting, count, name, _drawn)


def _bodies(rng: Random) -> list[Body]:
    """How the robot is unlike others: not at all, in one way, or in two that have nothing to do with one another."""
    if rng.random() >= _BODY:
        return []
    first, second = (drawn_body(rng) if rng.random() < _DRAWN_BODY else rng.choice(BODIES) for _ in range(2))
    alike = first.fact == second.fact or {c.role for c in first.conditions} & {c.role for c in second.conditions}
    return [first, second] if rng.random() < _TWO_WAYS and not alike else [first]


def _families(rng: Random, bodies: Sequence[Body]) -> list[Family]:
    """Core skills first, since a library is cut off at its most; then others with what they need beside them."""
    chosen = [TRAIN_BY_ROLE[r] for r in CORE if r in ("navigate", "pick") or rng.random() < 0.85]
    chosen += [TRAIN_BY_ROLE[role] for body in bodies for role in body.beside]
    chosen += [condition for body in bodies for condition in body.conditions]
    return chosen + _helped(rng, rng.sample(_others(rng), rng.randint(2, 6)))


def _others(rng: Random) -> list[Family]:
    """All but the core; of the many simple deeds only some, so that most of a library is of what takes more thought."""
    return [*_OTHERS, *rng.sample(DEED_FAMILIES, _DEEDS)]


def _helped(rng: Random, families: list[Family]) -> list[Family]:
    """Each with what its needs are made by; now and then without, so that it cannot be done."""
    found: list[Family] = []
    for family in families:
        helpers = HELPERS.get(family.role, ()) if rng.random() < _HELPED else ()
        found += [TRAIN_BY_ROLE[role] for role in helpers] + [family]
    return found


def _with_facts(rng: Random, world: SceneGraph, library: SkillLibrary, bodies: Sequence[Body]) -> SceneGraph:
    """Let some of what the skills can make or undo be so from the beginning."""
    relations = list(world.relations)
    for body in bodies:
        # Of two conditions that end one another, one always holds.
        if len(body.conditions) == 2 or body.conditions and rng.random() < _HOLDS:
            relations.append(Relation(rng.choice(body.conditions).makes[0]))
    for fact, (share, affords) in _FACTS.items():
        if fact not in library.predicates:
            continue
        if affords is None:
            relations += [Relation(fact)] if rng.random() < share else []
            continue
        fitting = [p for p in world.places if affords in p.affordances and not (fact == "locked" and p.is_open)]
        relations += [Relation(fact, p.name) for p in fitting if rng.random() < share]
    return world.replace(relations=tuple(relations))


def _by_camera(rng: Random, world: SceneGraph) -> SceneGraph:
    """The world as it is known from a camera that looks elsewhere at times: some things were seen a while ago."""
    ages = [round(exp(rng.uniform(*_LOG_AGES))) if rng.random() < 0.5 else 0.0 for _ in world.objects]
    aged = (o.model_copy(update={"age_s": float(age)}) for o, age in zip(world.objects, ages, strict=True))
    return world.replace(objects=tuple(aged))


def _drawn(rng: Random, setting: Setting, kind: str, name: str) -> Scenario | None:
    seen = observed(setting.world)
    if kind == "none":
        said, answer = talk(rng, seen, TRAIN_TALK)
        return Scenario(name, setting.library, setting.world, said, Declined("none", answer), kind)
    if kind == "which":
        found = vague_clause(rng, setting, _ONE)
        if found is None:
            return None
        clause, goal = found
        said = _spoken(rng, _beside(rng, worded(rng, [clause], _ONE)))
        meant = replace(answered(rng, seen, clause, goal), clause=clause)
        scenario = Scenario(name, setting.library, setting.world, said, goal, kind, answered=meant)
        can = plan(meant.goal, setting.library, seen) is not None
        return scenario if can and told_apart(scenario) else None
    return _feasible(rng, setting, seen, name)


def told_apart(scenario: Scenario) -> Scenario | None:
    """The twin of what is ambiguous: the same words in a world where the thing that is meant is the only one they fit.

    None of anything else, where one of the others carries something, and where the goal is then out of reach.
    """
    asked, meant = scenario.goal, scenario.answered
    if not isinstance(asked, Declined) or meant is None or meant.clause is None:
        return None
    thing = next(name for name in asked.options if name in meant.clause.cores)
    others = [name for name in asked.options if name != thing]
    world = bare_of(scenario.world, others)
    if world is None:
        return None
    clause = replace(meant.clause, cores={**meant.clause.cores, thing: asked.words})
    twin = replace(scenario, world=world, goal=meant.goal, kind=clause.kind, clauses=(clause,), answered=None)
    return twin if plan(meant.goal, scenario.library, observed(world)) is not None else None


def _feasible(rng: Random, setting: Setting, seen: SceneGraph, name: str) -> Scenario | None:
    wanted = rng.choices(list(_CLAUSES), weights=list(_CLAUSES.values()))[0]
    words = _ONE if wanted == 1 else _SEVERAL
    clauses = _clauses(rng, setting.by_role, seen, words, wanted) if seen.objects else []
    if len(clauses) < wanted or wanted >= _LONG and skeleton_split("+".join(c.kind for c in clauses)) != "train":
        return None
    calls = plan(Goal(tuple(c.atoms for c in clauses)), setting.library, seen)
    if calls is None or len(calls) > MOST_CALLS or (not calls and rng.random() < 0.7):
        return None
    if wanted == 2 and rng.random() < _BACKWARDS and " it" not in clauses[1].text:
        words = replace(words, joins=TRAIN_JOINS_BACKWARDS)
    elif wanted == 2 and rng.random() < _HAVING:
        clauses, words = _having(rng, clauses, seen, words)
    before = ""
    if rng.random() < _INTRODUCED:
        before, clauses[0] = introduced(rng, clauses[0], seen)
    elif rng.random() < _CORRECTED:
        clauses[0] = corrected(rng, clauses[0], seen)
    scenario = joined(rng, setting, name, clauses, words)
    return replace(scenario, instruction=_spoken(rng, _beside(rng, scenario.instruction, before)))


def _having(rng: Random, clauses: list[Clause], seen: SceneGraph, words: Phrasing) -> tuple[list[Clause], Phrasing]:
    """``once you have put the cup away, ...``; as they are, where the first clause cannot be said so."""
    first, second = clauses
    done = having_done(first.text)
    if not done:
        return clauses, words
    first = replace(first, text=done)
    if rng.random() < 0.5 or " it" in second.text:
        return [first, second], replace(words, joins=TRAIN_JOINS_HAVING)
    both = [name for name in first.cores if name in second.cores]
    if both and rng.random() < 0.5:
        first = called_it(first, both[0], seen)
    return [first, second], replace(words, joins=TRAIN_JOINS_HAVING_LAST)


def _beside(rng: Random, text: str, before: str = "") -> str:
    """The instruction and what people say beside it, which asks for nothing."""
    if rng.random() < _PURPOSE:
        text = with_purpose(rng, text)
    return remarked(rng, text, before) if before or rng.random() < _REMARKED else text


def _clauses(rng: Random, roles: Roles, seen: SceneGraph, words: Phrasing, wanted: int) -> list[Clause]:
    clauses: list[Clause] = []
    for _ in range(4 * wanted):
        if len(clauses) == wanted:
            break
        clause = follow_up(rng, clauses[-1], roles, words) if clauses and rng.random() < 0.4 else None
        if clause is None and clauses and rng.random() < 0.4:
            clause = _put_it(rng, clauses[-1], roles, seen, words)
        clause = clause or _clause(rng, roles, seen, words)
        # What earlier clauses move is no longer where the words say.
        if clause is None or clauses and clause.source:
            continue
        if all(clause.atoms != c.atoms for c in clauses):
            clauses.append(clause)
    return clauses


def _put_it(rng: Random, before: Clause, roles: Roles, seen: SceneGraph, words: Phrasing) -> Clause | None:
    """``… then put it on the desk``: about the one thing that something was done with, and that stayed where it was."""
    thing = next(iter(before.cores), "")
    handled = len(before.cores) == len(before.atoms) == 1 and before.kind != "holding"
    options = [kind for kind in ("on", "in", "near") if KINDS[kind][0] in roles]
    if not handled or not options or GRASPABLE not in seen.entities[thing].affordances:
        return None
    kind = rng.choice(options)
    affords = KINDS[kind][2] or GRASPABLE
    targets = [n for n, e in seen.entities.items() if affords in e.affordances and n != thing]
    if not targets:
        return None
    target = rng.choice(targets)
    said, core = phrase(rng, seen, target)
    wording = rng.choice([w for w in words.of[kind] if " it " not in w])
    cores = {thing: before.cores[thing], target: core}
    return Clause(kind, KINDS[kind][0], words.filled(wording, o="it", t=said), (Atom(kind, (thing, target)),), cores)


def _clause(rng: Random, roles: Roles, seen: SceneGraph, words: Phrasing) -> Clause | None:
    if rng.random() < _EVERYTHING:
        kind = rng.choice(("on", "in"))
        if KINDS[kind][0] in roles and (clause := everything(rng, kind, seen, words)) is not None:
            return clause
    new = [kind for kind in TRAIN_KINDS if kind.role in roles]
    if rng.random() < min(_NEW_KIND, _ONE_NEW_KIND * len(new)):
        kind = rng.choices(new, weights=[_weight(kind) for kind in new])[0]
        return ability_clause(rng, kind, rng.choice(words.of[kind.kind]), roles, seen)
    return make_clause(rng, draw_kind(rng, roles, seen), roles, seen, words)


def _weight(kind: AbilityKind) -> float:
    """What is about entities has more to learn, and is not always to be had in a scene."""
    return 2.0 if kind.shape == "two" else 1.8 if kind.affords else 1.2 if kind.shape == "one" else 0.8


def _spoken(rng: Random, text: str) -> str:
    """Often as it would be typed in haste, or written down by a recognizer."""
    if rng.random() < 0.45:
        text = text[0].lower() + text[1:] if not text.startswith("I ") else text
        text = text.removesuffix(".").removesuffix("!")
    return text
