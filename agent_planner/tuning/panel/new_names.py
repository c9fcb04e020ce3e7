# SPDX-License-Identifier: Apache-2.0
"""The episodes of ``held_in``, and the same with other names: of things (``new_objects``) or skills (``renamed``).

To find every name in an instruction again, the episode is drawn from nouns that all carry a mark. It is the same
episode: the draw uses the nouns' number, order and endings, and a mark in front changes none of these.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import fields, replace
from random import Random
from string import ascii_lowercase

from agent_planner.goals import Goal
from agent_planner.goals.goal import DID
from agent_planner.scene import SceneGraph
from agent_planner.scene.focus import matches
from agent_planner.skills import Parameter, Skill, SkillLibrary
from agent_planner.skills.pattern import Pattern
from agent_planner.tuning.panel.case import Case, drawn, seeded
from agent_planner.tuning.panel.skill_names import ARGUMENTS, RENAMINGS
from agent_planner.tuning.scenarios.clauses import Clause, plural
from agent_planner.tuning.scenarios.scenario import KNOWN, Scenario, Setting, draw_setting, feasible
from agent_planner.tuning.scenarios.scenes import observed
from agent_planner.tuning.zoo.families import BY_ROLE
from agent_planner.tuning.zoo.kinds import capital
from agent_planner.tuning.zoo.vocabulary import DEV, SEEN, TEST, Vocabulary
from agent_planner.types import Atom

NEW_WORDS = {"dev": DEV, "test": TEST}
_MARK = "q9"
_RUN = re.compile(rf"{_MARK}\w+(?: {_MARK}\w+)*", re.IGNORECASE)


def held_in(split: str, seed: int) -> Case:
    """What training draws, in another scene."""
    _, scenario = episode(split, seed, SEEN, "held_in")
    return Case(scenario, "held_in", _pair(split, seed))


def new_objects(split: str, seed: int) -> Case:
    """The episode of ``held_in`` about things of other names, each of the same sort as before."""
    _, scenario = episode(split, seed, MARKED, "new_objects")
    names = _NewNames(seeded("new_objects", split, seed), scenario.world, NEW_WORDS[split])
    return Case(names.scenario(scenario), "new_objects", _pair(split, seed))


def renamed(split: str, seed: int) -> Case:
    """The episode of ``held_in`` with skills and arguments of other names and descriptions; 30 % random letters."""
    setting, scenario = episode(split, seed, SEEN, "renamed")
    rng = seeded("renamed", split, seed)
    letters = rng.random() < 0.3
    new = {s.name: _renamed(rng, s, setting.roles[s.name], split, letters) for s in setting.library}
    library = SkillLibrary(skills=tuple(new.values()))

    def atom(old: Atom) -> Atom:
        return old._replace(args=(new[old.args[0]].name, *old.args[1:])) if old.name == DID else old

    changed = _with_atoms(scenario, atom)
    return Case(replace(changed, library=library), "renamed", _pair(split, seed))


def _pair(split: str, seed: int) -> str:
    return f"held_in/{split}/{seed}"


def episode(split: str, seed: int, nouns: Vocabulary, cell: str) -> tuple[Setting, Scenario]:
    """The episode of that seed about things of these nouns, which are as many as those of training."""
    rng = seeded("held_in", split, seed)
    name = f"{split}/{cell}/{seed}"

    def draw() -> tuple[Setting, Scenario] | None:
        setting = draw_setting(rng, KNOWN, nouns)
        found = (feasible(rng, setting, name) for _ in range(6))
        scenario = next((s for s in found if s is not None), None)
        return (setting, scenario) if scenario else None

    return drawn(draw)


def _with_atoms(scenario: Scenario, change: Callable[[Atom], Atom]) -> Scenario:
    clauses = tuple(replace(c, atoms=tuple(map(change, c.atoms))) for c in scenario.clauses)
    return replace(scenario, goal=Goal(tuple(c.atoms for c in clauses)), clauses=clauses)


def _marked(words: Vocabulary) -> Vocabulary:
    return Vocabulary(
        **{
            field.name: tuple(" ".join(_MARK + w for w in noun.split()) for noun in getattr(words, field.name))
            for field in fields(words)
        }
    )


MARKED = _marked(SEEN)


class _NewNames:
    """A new name for everything in a marked world. Names share a word afterwards only where they share their noun."""

    def __init__(self, rng: Random, world: SceneGraph, words: Vocabulary):
        self._rng = rng
        self._words = words
        self._used: set[str] = set()
        self.nouns: dict[str, str] = {}
        self.names: dict[str, str] = {}
        qualifiers: dict[str, str] = {}
        for entity in world.entities.values():
            if entity.category not in self.nouns:
                self.nouns[entity.category] = self._unused(getattr(words, _sort_of(entity.category)))
        for name, entity in world.entities.items():
            before = name.removesuffix(entity.category).strip()
            if before and before not in qualifiers:
                color = before in MARKED.colors
                pools = (words.colors, words.qualifiers) if color else (words.qualifiers, words.colors)
                qualifiers[before] = self._unused(*pools)
            self.names[name] = " ".join(filter(None, (qualifiers.get(before, ""), self.nouns[entity.category])))
        self.old_scene = observed(world)
        self.world = self._renamed(world)

    def scenario(self, old: Scenario) -> Scenario:
        """The scenario about the things of the new names."""
        clauses = tuple(self._clause(c) for c in old.clauses)
        goal = Goal(tuple(c.atoms for c in clauses))
        return replace(old, world=self.world, instruction=self.text(old.instruction), goal=goal, clauses=clauses)

    def text(self, old: str) -> str:
        """Words with every name, noun and plural of the old world replaced."""
        return _RUN.sub(self._words_for, old)

    def _unused(self, *pools: tuple[str, ...]) -> str:
        for pool in pools:
            free = [w for w in pool if self._used.isdisjoint(w.split())]
            if free:
                word = self._rng.choice(free)
                self._used.update(word.split())
                return word
        raise AssertionError(f"no unused word is left of {pools}")

    def _renamed(self, world: SceneGraph) -> SceneGraph:
        def color(name: str) -> str:
            return next((c for c in self._words.colors if c in self.names[name].split()), "")

        names, nouns = self.names, self.nouns
        return world.replace(
            objects=tuple(
                o.model_copy(update={"name": names[o.name], "category": nouns[o.category], "color": color(o.name)})
                for o in world.objects
            ),
            places=tuple(
                p.model_copy(update={"name": names[p.name], "category": nouns[p.category]}) for p in world.places
            ),
            relations=tuple(r._replace(a=names.get(r.a, r.a), b=names.get(r.b, r.b)) for r in world.relations),
        )

    def _clause(self, old: Clause) -> Clause:
        atoms = tuple(a._replace(args=tuple(self.names.get(arg, arg) for arg in a.args)) for a in old.atoms)
        cores = {self.names[name]: self.text(core) for name, core in old.cores.items()}
        return replace(old, text=self.text(old.text), atoms=atoms, cores=cores)

    def _words_for(self, found: re.Match[str]) -> str:
        """What stands for a run of marked words: a name, a noun (or its plural), or the last words of a name."""
        old = found[0].lower()
        new = self.names.get(old) or self.nouns.get(old)
        if new is None:
            new = next((plural(noun) for was, noun in self.nouns.items() if plural(was) == old), None)
        if new is None:
            (name,) = matches(self.old_scene, old)
            noun = self.nouns[self.old_scene.entities[name].category]
            new = noun if matches(observed(self.world), noun) == [self.names[name]] else self.names[name]
        return capital(new) if found[0][0].isupper() else new


def _sort_of(noun: str) -> str:
    return next(field.name for field in fields(MARKED) if noun in getattr(MARKED, field.name))


def _renamed(rng: Random, skill: Skill, role: str, split: str, letters: bool) -> Skill:
    """The skill under another name; without its binding, which only a real robot needs."""
    words = RENAMINGS[split][role]
    arguments: dict[str, str] = {}
    for name, parameter in skill.parameters.items():
        free = [w for w in ARGUMENTS[split][_sort(parameter)] if w not in arguments.values()]
        arguments[name] = _letters(rng) if letters else rng.choice(free)
    description = rng.choice(words.descriptions)
    if role == "ring":
        # Five different deeds share this family: the description has to stay with its own.
        description = words.descriptions[BY_ROLE["ring"].descriptions.index(skill.description)]
    return Skill(
        name=_letters(rng) if letters else rng.choice(words.names),
        description=description,
        parameters={arguments[name]: p for name, p in skill.parameters.items()},
        needs=_with_arguments(skill.needs, arguments),
        makes=_with_arguments(skill.makes, arguments),
        retries=skill.retries,
    )


def _with_arguments(patterns: tuple[Pattern, ...], arguments: Mapping[str, str]) -> tuple[Pattern, ...]:
    return tuple(p._replace(args=tuple(arguments[a] for a in p.args)) for p in patterns)


def _sort(parameter: Parameter) -> str:
    if parameter.type != "entity":
        return "value"
    if parameter.kinds == ("object",):
        return "object"
    return "able" if parameter.affordances else "thing"


def _letters(rng: Random) -> str:
    return "".join(rng.choice(ascii_lowercase) for _ in range(6))
