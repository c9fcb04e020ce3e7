# SPDX-License-Identifier: Apache-2.0
"""Scenarios: a world, a library, an instruction and its goal, each from a seed alone and each proved."""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from random import Random

from agent_planner.goals import Declined, Goal, plan
from agent_planner.goals.goal import DID, Stated
from agent_planner.scene import SceneGraph
from agent_planner.scene.focus import matches
from agent_planner.scene.predicates import SCENE_PREDICATES
from agent_planner.skills import Skill, SkillLibrary
from agent_planner.tuning.scenarios.clauses import Clause, Roles, draw_kind, make_clause, on_surface
from agent_planner.tuning.scenarios.phrasing import TRAINING, Phrasing
from agent_planner.tuning.scenarios.scenes import observed, random_scene, without
from agent_planner.tuning.zoo.families import BY_ROLE, CORE, FAMILIES
from agent_planner.tuning.zoo.kinds import capital, stands_alone
from agent_planner.tuning.zoo.vocabulary import SEEN, Vocabulary
from agent_planner.tuning.zoo.wordings import TALK
from agent_planner.types import Atom

DEFAULT_ROLES = {
    "navigate_to": "navigate",
    "pick": "pick",
    "place_on": "place_on",
    "place_in": "place_in",
    "open": "open",
    "close": "close",
    "move_arm": "posture",
    "set_gripper": "gripper",
}


@dataclass(frozen=True)
class Answered:
    """What a person answers who is asked which thing is meant, the goal that there is then, and its clause if known."""

    answer: str
    goal: Goal
    clause: Clause | None = None


@dataclass(frozen=True)
class Scenario:
    """``world`` is the truth, hidden things included; ``goal`` is the scenario's own and scores it.

    ``answered``: where the goal is to ask, what comes of it; None where nobody answers.
    """

    id: str
    library: SkillLibrary
    world: SceneGraph
    instruction: str
    goal: Stated
    kind: str
    clauses: tuple[Clause, ...] = ()
    answered: Answered | None = None


@dataclass(frozen=True)
class Setting:
    """A library and a world, about which several instructions may be given. ``roles`` maps abilities to skills."""

    library: SkillLibrary
    roles: dict[str, str]
    world: SceneGraph

    @property
    def by_role(self) -> dict[str, Skill]:
        """The skill of each ability."""
        return {role: self.library[skill] for skill, role in self.roles.items()}


# A scenario of a kind about a setting, with that id; None where the setting has nothing for it.
Draw = Callable[[Random, Setting, str, str], Scenario | None]


def stable_seed(*parts: object) -> int:
    """A seed from a hash of the parts, the same on every machine and in every process."""
    return int.from_bytes(hashlib.sha256("/".join(map(str, parts)).encode()).digest()[:8], "big")


@cache
def default_library() -> SkillLibrary:
    """The shipped library."""
    return SkillLibrary.load()


def draw_setting(
    rng: Random, variants: tuple[float, float, float, float] = (0.3, 0.22, 0.36, 0.12), nouns: Vocabulary = SEEN
) -> Setting:
    """Draw a library (the shipped one, it and more, drawn names, invented names) and a world."""
    variant = rng.choices(("default", "more", "drawn", "invented"), weights=variants)[0]
    library, roles = _library(rng, variant)
    return Setting(library, roles, random_scene(rng, nouns))


def _library(rng: Random, variant: str) -> tuple[SkillLibrary, dict[str, str]]:
    if variant in ("default", "more"):
        extra = [f for f in FAMILIES if f.role not in DEFAULT_ROLES.values()]
        chosen = rng.sample(extra, rng.randint(1, 3)) if variant == "more" else []
        skills, roles = list(default_library()), dict(DEFAULT_ROLES)
    else:
        others = [f for f in FAMILIES if f.role not in CORE]
        core = [BY_ROLE[r] for r in CORE if r in ("navigate", "pick") or rng.random() < 0.85]
        chosen = core + rng.sample(others, rng.randint(1, 5))
        rng.shuffle(chosen)
        skills, roles = [], {}
    for family in chosen:
        skill = family.draw(rng, invented=variant == "invented" and rng.random() < 0.7)
        if skill.name not in roles:
            skills.append(skill)
            roles[skill.name] = family.role
    return SkillLibrary(skills=tuple(skills)), roles


def scenarios(rng: Random, setting: Setting, count: int, name: str, draw: Draw | None = None) -> Iterator[Scenario]:
    """Yield at most so many scenarios about this very setting (what is impossible has a twin setting of its own)."""
    draw = draw or draw_of_kind
    made = 0
    for _ in range(count * 8):
        if made == count:
            return
        kind = rng.choices(("feasible", "which", "none"), weights=(0.82, 0.11, 0.07))[0]
        scenario = draw(rng, setting, kind, f"{name}/{made}")
        if scenario is not None:
            made += 1
            yield scenario


def single(split: str, suite: str, seed: int) -> Scenario:
    """The scenario of that number: the same for ever."""
    rng = Random(stable_seed(split, suite, seed))
    while True:
        setting = draw_setting(rng, KNOWN)
        kind = rng.choices(_KINDS, weights=_WEIGHTS)[0]
        for _ in range(6):
            scenario = draw_of_kind(rng, setting, kind, f"{split}/{suite}/{seed}")
            if scenario is not None:
                return scenario


# Invented names are a suite of their own: they are no vocabulary that could have been seen.
KNOWN = (0.3, 0.25, 0.45, 0.0)
# Without a mistake an instruction takes no more, of the forty turns that an episode has.
MOST_CALLS = 28
_KINDS = ("feasible", "missing", "which", "no_skill", "none")
_WEIGHTS = (0.72, 0.09, 0.06, 0.06, 0.07)


def draw_of_kind(rng: Random, setting: Setting, kind: str, name: str) -> Scenario | None:
    """Draw a scenario of one kind; None where the setting has nothing for it."""
    if kind == "none":
        instruction, answer = talk(rng, observed(setting.world))
        return Scenario(name, setting.library, setting.world, instruction, Declined("none", answer), kind)
    if kind == "which":
        return _ambiguous(rng, setting, name)
    scenario = feasible(rng, setting, name)
    if scenario is None or kind == "feasible":
        return scenario
    return missing_twin(rng, scenario) if kind == "missing" else no_skill_twin(rng, setting, scenario)


def feasible(rng: Random, setting: Setting, name: str, words: Phrasing = TRAINING) -> Scenario | None:
    """Draw something to do that a plan reaches; now and then it is done already."""
    seen = observed(setting.world)
    if not seen.objects:
        return None
    clauses = _clauses(rng, setting, seen, words)
    if not clauses:
        return None
    calls = plan(Goal(tuple(c.atoms for c in clauses)), setting.library, seen)
    if calls is None or (not calls and rng.random() < 0.7):
        return None
    return joined(rng, setting, name, clauses, words)


def skeleton_split(skeleton: str) -> str:
    """Who may draw a long instruction whose clauses are of these kinds, in this order: train, dev or test.

    Args:
        skeleton: the kinds joined by ``+``, each with ``it`` behind it or not where a clause is about the one before.
    """
    return ("train", "dev", "test")[stable_seed("skeleton", skeleton.replace(" it", "")) % 3]


def joined(rng: Random, setting: Setting, name: str, clauses: Sequence[Clause], words: Phrasing = TRAINING) -> Scenario:
    """Put clauses into words, one after the other; nothing is proved here."""
    goal = Goal(tuple(c.atoms for c in clauses))
    kind = "+".join(c.kind for c in clauses)
    instruction = worded(rng, clauses, words)
    return Scenario(name, setting.library, setting.world, instruction, goal, kind, tuple(clauses))


def _clauses(rng: Random, setting: Setting, seen: SceneGraph, words: Phrasing) -> list[Clause]:
    roles = setting.by_role
    clauses: list[Clause] = []
    for _ in range(rng.choices((1, 2, 3), weights=(0.62, 0.32, 0.06))[0]):
        kind = draw_kind(rng, roles, seen)
        clause = follow_up(rng, clauses[-1], roles, words) if clauses and rng.random() < 0.4 else None
        clause = clause or make_clause(rng, kind, roles, seen, words)
        if clause is not None and all(clause.atoms != c.atoms for c in clauses):
            clauses.append(clause)
    return clauses


def follow_up(rng: Random, first: Clause, roles: Roles, words: Phrasing) -> Clause | None:
    """``… and close it``: a second clause about what the first one named."""
    last = first.atoms[-1]
    if not last.args or last.name == "did":
        return None
    target = last.args[-1]
    options = {"in": ("closed", "close"), "explored": ("closed", "close"), "open": ("closed", "close")}
    kind, role = options.get(last.name, ("", ""))
    admitted = role in roles and roles[role].parameters
    if (
        not admitted
        or not first.cores.get(target)
        or "drawer" not in target
        and last.name == "in"
        and rng.random() < 0.2
    ):
        return None
    said = "it" if rng.random() < 0.6 else f"the {first.cores[target]}"
    text = rng.choice(words.shut_again).format(o=said)
    return Clause(kind, role, text, (Atom(kind, (target,)),), {target: first.cores[target]})


# What a join may begin with; no frame fits around either.
_OPENINGS = ("first", "to begin with")
_SUBORDINATE = ("before ", "once ", "when ", "after ", "as soon as ", "having ", "only when ")


def worded(rng: Random, clauses: Sequence[Clause], words: Phrasing = TRAINING) -> str:
    """The instruction that the clauses make."""
    text = clauses[0].text
    for clause in clauses[1:]:
        join = rng.choice(words.joins)
        if words.sentences and text.startswith(_OPENINGS) and join.startswith(_OPENINGS):
            join = "{a}, then {b}"
        text = join.format(a=text, b=clause.text)
    plain = _is_sentence(text) if words.sentences else _is_statement(text)
    text = text if plain or ". " in text else rng.choice(words.frames).format(i=text)
    return capital(text) if rng.random() < 0.4 else text


def _is_sentence(text: str) -> bool:
    return stands_alone(text) or text.startswith((*_OPENINGS, *_SUBORDINATE, "please"))


def _is_statement(text: str) -> bool:
    return text.startswith(("I ", "the ", "all ", "first ", "please ")) or " goes in" in text or " belongs" in text


def missing_twin(rng: Random, scenario: Scenario) -> Scenario | None:
    """The twin of a feasible scenario in which one of the things it names is not there."""
    bare = [n for c in scenario.clauses for n in c.cores if not any(r.b == n for r in scenario.world.relations)]
    return rebased(scenario, scenario.library, without(scenario.world, rng.choice(bare))) if bare else None


def no_skill_twin(rng: Random, setting: Setting, scenario: Scenario) -> Scenario | None:
    """The twin whose library lacks the ability that one clause asks for."""
    role = rng.choice(scenario.clauses).role
    left = tuple(s for s in setting.library if setting.roles[s.name] != role)
    twin = rebased(scenario, SkillLibrary(skills=left), scenario.world) if left else None
    return twin if twin is not None and twin.kind == "no_skill" else None


def rebased(scenario: Scenario, library: SkillLibrary, world: SceneGraph) -> Scenario | None:
    """Return the twin: the same words about a world with fewer things, or with a library of fewer skills.

    Its goal is then the same, or ``missing``, or ``no_skill``; None where that cannot be told for certain.
    """
    scene = observed(world)
    twin = replace(scenario, library=library, world=world)
    if not scene.objects:
        return None
    for clause in scenario.clauses:
        for name, core in clause.cores.items():
            if name not in scene.entities:
                sure = not matches(scene, core) and f" {core.lower()}" in f" {scenario.instruction.lower()}"
                return replace(twin, goal=Declined("missing", core), kind="missing") if sure else None
    if not all(_as_told(clause, scene) for clause in scenario.clauses):
        return None
    if any(
        a not in scene.entities for c in scenario.clauses for atom in c.atoms if atom.name != "did" for a in atom.args
    ):
        return None
    known = {DID, *SCENE_PREDICATES, *library.predicates}
    for clause in scenario.clauses:
        # What no skill of the library knows of cannot even be stated, though it may hold.
        if not {atom.name for atom in clause.atoms} <= known or plan(Goal((clause.atoms,)), library, scene) is None:
            at = scenario.instruction.lower().find(clause.text.lower())
            said = scenario.instruction[at : at + len(clause.text)]  # its first letter may be a capital there
            return replace(twin, goal=Declined("no_skill", said), kind="no_skill") if at >= 0 else None
    return twin if plan(Goal(tuple(c.atoms for c in scenario.clauses)), library, scene) is not None else None


def _as_told(clause: Clause, scene: SceneGraph) -> bool:
    """Whether things are where the words say that they are, and no others where these speak of all."""
    if not clause.source:
        return True
    told = {atom.args[0] for atom in clause.atoms}
    if clause.kind.endswith("_all"):
        return told == set(on_surface(scene, clause.source)) - {clause.stays}
    return all((there := scene.location(name)) is not None and there.b == clause.source for name in told)


def twins(rng: Random, setting: Setting, drawn: Sequence[Scenario]) -> list[Scenario]:
    """Return the same instructions about the setting without one of the things they name, or of the abilities, or both.

    Only library and world then tell what can be done from what cannot; what cannot be told for certain is left out.
    """
    clauses = [c for s in drawn for c in s.clauses]
    if not clauses:
        return []
    world, library = setting.world, setting.library
    supports = {r.b for r in world.relations if r.b}
    names = [n for c in clauses for n in c.cores if n not in supports]
    draw = rng.random()
    if names and draw < 0.6:
        world = without(world, rng.choice(names))
    if draw > 0.5 or not names:
        role = rng.choice(clauses).role
        left = tuple(s for s in library if setting.roles[s.name] != role)
        library = SkillLibrary(skills=left) if left else library
    return [s for d in drawn if d.clauses and (s := rebased(d, library, world)) is not None]


def _ambiguous(rng: Random, setting: Setting, name: str) -> Scenario | None:
    found = vague_clause(rng, setting)
    if found is None:
        return None
    clause, goal = found
    return Scenario(name, setting.library, setting.world, worded(rng, [clause]), goal, "which")


def vague_clause(rng: Random, setting: Setting, words: Phrasing = TRAINING) -> tuple[Clause, Declined] | None:
    """A clause whose noun fits several things; nothing else in it tells them apart. Its atoms are about one of them."""
    seen = observed(setting.world)
    nouns = sorted({o.category for o in seen.objects if o.category and len(matches(seen, o.category)) > 1})
    if not nouns:
        return None
    noun = rng.choice(nouns)
    options = matches(seen, noun)
    roles = setting.by_role
    for _ in range(12):
        clause = make_clause(rng, draw_kind(rng, roles, seen), roles, seen, words)
        chosen = [n for n in options if clause is not None and n in clause.cores]
        if clause is None or len(chosen) != 1 or len(clause.atoms) > 1 or clause.source:
            continue
        core = clause.cores[chosen[0]]
        phrases = (f"the {core}", f"The {core}", core)  # a sentence's first word has a capital
        phrase = next((p for p in phrases if p in clause.text), "")
        place = seen.location(chosen[0])
        if not phrase or (place and f"{phrase} {place.name} the {place.b}" in clause.text):
            continue
        article = "The" if phrase.startswith("The ") else "the"
        vague = replace(clause, text=clause.text.replace(phrase, f"{article} {noun}", 1))
        return vague, Declined("which", noun, tuple(options))
    return None


def answered(rng: Random, scene: SceneGraph, clause: Clause, asked: Declined) -> Answered:
    """What a person answers who means what the vague clause's atoms are about: its name, or what tells it apart."""
    meant = next(name for name in asked.options if name in clause.cores)
    own = [w for w in meant.split() if all(w not in other.split() for other in asked.options if other != meant)]
    words = [meant, f"the {meant}"] + [f"the {w} one" for w in own] + own
    place = scene.location(meant)
    if place and all(not (there := scene.location(n)) or there.b != place.b for n in asked.options if n != meant):
        words.append(f"the one {place.name} the {place.b}")
    return Answered(rng.choice(words), Goal((clause.atoms,)))


def talk(rng: Random, scene: SceneGraph, sayings: Sequence[tuple[str, str]] = TALK) -> tuple[str, str]:
    """A greeting or a question, and its answer."""
    if not scene.objects or rng.random() < 0.6:
        return rng.choice(sayings)
    name = rng.choice(scene.objects).name
    location = scene.location(name)
    held = scene.holding
    options = [
        ("what are you holding?", f"The {held}." if held else "Nothing."),
        ("is your hand free?", f"No, I hold the {held}." if held else "Yes."),
    ]
    if location:
        where = f"The {name} is {location.name} the {location.b}."
        options += [(f"where is the {name}?", where), (f"tell me where the {name} is", where)]
    return rng.choice(options)
