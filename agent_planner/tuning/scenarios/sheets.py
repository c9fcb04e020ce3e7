# SPDX-License-Identifier: Apache-2.0
"""What was written by hand for training: each time about a few other things, on another robot."""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache
from itertools import groupby
from random import Random

from agent_planner.goals import Declined, Goal, plan
from agent_planner.goals.goal import DID, Stated
from agent_planner.scene import SceneGraph
from agent_planner.skills import SkillLibrary
from agent_planner.tuning.scenarios.clauses import plural
from agent_planner.tuning.scenarios.scenario import DEFAULT_ROLES, Scenario, default_library
from agent_planner.tuning.scenarios.scenes import observed
from agent_planner.tuning.scenarios.training import MOST_SKILLS
from agent_planner.tuning.zoo.families import CORE, reordered
from agent_planner.tuning.zoo.kinds import capital
from agent_planner.tuning.zoo.train_families import HELPERS, TRAIN_BY_ROLE, TRAIN_FAMILIES
from agent_planner.tuning.zoo.train_talk import READY
from agent_planner.tuning.zoo.written_instructions import Written, read_written, written_library
from agent_planner.types import Atom

_SWAPPED, _SHIPPED, _INVENTED = 0.5, 0.35, 0.25

_Words = Callable[[str], str]


def draw_sheet(rng: Random, name: str) -> list[Scenario]:
    """Draw a scene with all that was written about it and can be done there.

    Words are exchanged as the sheet allows, things stand in another order, and the skills have drawn names.
    """
    sheet = rng.choice(_sheets())
    sheet = tuple(rng.sample(sheet, len(sheet)))
    words = _exchanged(rng, sheet)
    world = _renamed(rng, sheet[0].scene, words)
    scene = observed(world)
    roles = sheet[0].roles
    library, new_names = _library(rng, roles)
    found = []
    for number, one in enumerate(sheet):
        goal = _goal(one.goal, words, new_names)
        if isinstance(goal, Goal) and plan(goal, library, scene) is None:
            continue
        kind = goal.kind if isinstance(goal, Declined) else "written"
        found.append(Scenario(f"{name}/{number}", library, world, words(one.say), goal, kind))
    return found


@cache
def _sheets() -> tuple[tuple[Written, ...], ...]:
    groups = groupby(read_written("train"), key=lambda one: one.id.rpartition("/")[0])
    return tuple(tuple(group) for _, group in groups)


def _exchanged(rng: Random, sheet: tuple[Written, ...]) -> _Words:
    """What puts other words in place of some, the same wherever they stand; no new one is in the sheet already."""
    taken = {w for one in sheet for text in (one.say, *one.scene.entities) for w in re.findall(r"\w+", text.lower())}
    taken |= {plural(word) for word in taken}
    new: dict[str, str] = {}
    for word, options in sheet[0].swap.items():
        free = [option for option in options if not taken & {*option.split(), plural(option)}]
        if free and rng.random() < _SWAPPED:
            new[word] = rng.choice(free)
            taken |= {*new[word].split(), plural(new[word])}
    several = {plural(word): plural(other) for word, other in new.items()}
    every = {**new, **several}
    if not every:
        return str
    pattern = re.compile(rf"\b({'|'.join(map(re.escape, every))})\b", re.IGNORECASE)

    def other(found: re.Match[str]) -> str:
        text = every[found[0].lower()]
        return capital(text) if found[0][0].isupper() else text

    return lambda text: pattern.sub(other, text)


def _renamed(rng: Random, scene: SceneGraph, words: _Words) -> SceneGraph:
    objects = [o.model_copy(update={"name": words(o.name)}) for o in scene.objects]
    places = [p.model_copy(update={"name": words(p.name)}) for p in scene.places]
    rng.shuffle(objects)
    rng.shuffle(places)
    relations = tuple(r._replace(a=words(r.a), b=words(r.b)) for r in scene.relations)
    return scene.replace(objects=tuple(objects), places=tuple(places), relations=relations)


def _library(rng: Random, roles: tuple[str, ...]) -> tuple[SkillLibrary, Mapping[str, str]]:
    """Return a library with a skill of each of these roles, and its names by those that the sheets use."""
    shipped = len(default_library().skills) + len(roles) <= MOST_SKILLS and rng.random() < _SHIPPED
    skills = list(default_library()) if shipped else []
    own = {role: name for name, role in DEFAULT_ROLES.items()} if shipped else {}
    needed = [helper for role in roles for helper in HELPERS.get(role, ())]
    wanted = [*CORE, *roles, *needed, *DEFAULT_ROLES.values()]
    others = rng.sample([f.role for f in TRAIN_FAMILIES], MOST_SKILLS)
    invented = rng.random() < _INVENTED
    for role in dict.fromkeys([*wanted, *others]):
        if role in own or len(skills) >= MOST_SKILLS and role not in roles:
            continue
        skill = reordered(rng, TRAIN_BY_ROLE[role].draw(rng, invented and rng.random() < 0.7))
        if skill.name not in {s.name for s in skills}:
            skills.append(skill)
            own[role] = skill.name
    rng.shuffle(skills)
    sheet_names = {**DEFAULT_ROLES, **dict(zip(_names(roles), roles, strict=True))}
    return SkillLibrary(skills=tuple(skills)), {said: own[role] for said, role in sheet_names.items() if role in own}


def _names(roles: tuple[str, ...]) -> list[str]:
    return [skill.name for skill in written_library(roles)][len(default_library().skills) :]


def _goal(goal: Stated, words: _Words, new_names: Mapping[str, str]) -> Stated:
    def atom(old: Atom) -> Atom:
        args = tuple(map(words, old.args))
        return old._replace(args=(new_names.get(args[0], args[0]), *args[1:]) if old.name == DID else args)

    if goal == Declined("none"):
        return Declined("none", READY)
    if isinstance(goal, Declined):
        return replace(goal, words=words(goal.words), options=tuple(map(words, goal.options)))
    return Goal(tuple(tuple(map(atom, step)) for step in goal.steps))
