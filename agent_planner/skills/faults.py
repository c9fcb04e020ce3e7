# SPDX-License-Identifier: Apache-2.0
"""What a library says that can be read, but would mean something else to the robot than to who wrote it."""

import re
from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from typing import Any

from agent_planner.scene.predicates import NEEDED_PREDICATES, SCENE_PREDICATES
from agent_planner.skills.pattern import Pattern
from agent_planner.skills.skill import PLACEHOLDER, Skill

Fault = tuple[tuple[int | str, ...], str]

_SHOWN = SCENE_PREDICATES | NEEDED_PREDICATES
# Of what a scene's relations can hold.
_MOST_ARGUMENTS = 2
# So alike that a word is a slip of the pen: `hand fre`, `holdin`.
_SLIP = 0.88
_CALL = "call"
# What stands in braces, and may have been meant for a placeholder: `{Target}`, `{ target }`.
_BRACED = re.compile(r"\{\s*([A-Za-z]\w*)[\w.-]*\s*\}")


def faults(skills: Sequence[Skill]) -> Iterator[Fault]:
    """Every fault of predicates and placeholders: where it stands in the file, and what would be right."""
    facts = _Facts(skills)
    for index, skill in enumerate(skills):
        at = ("skills", index)
        for field, patterns in (("needs", skill.needs), ("makes", skill.makes)):
            for place, pattern in enumerate(patterns):
                if text := _pattern_fault(pattern, skill, field, facts):
                    yield (*at, field, place), f"'{pattern}': {text}"
        if skill.action:
            yield from _placeholder_faults(skill.action.goal, skill, (*at, "action", "goal"))
        if skill.service:
            yield from _placeholder_faults(skill.service.request, skill, (*at, "service", "request"))


class _Facts:
    """The facts of a library's own: with how many arguments each stands first, and which are both made and needed."""

    def __init__(self, skills: Sequence[Skill]):
        made = [p for s in skills for p in s.makes if p.name not in _SHOWN]
        needed = [p for s in skills for p in s.needs if p.name not in _SHOWN]
        self.counts = {p.name: len(p.args) for p in (*needed[::-1], *made[::-1])}
        self.names = {p.name for p in made} | _SHOWN.keys()
        self.used = {p.name for p in made} & {p.name for p in needed}


def _pattern_fault(pattern: Pattern, skill: Skill, field: str, facts: _Facts) -> str:
    """What is wrong with a predicate; empty if nothing is."""
    name, given = pattern.name, len(pattern.args)
    if name == "did":
        return "that is said in goals, of skills that make nothing"
    if name in _SHOWN:
        return _shown_fault(pattern, skill, field)
    if not given and (text := _joined_fault(name, skill, facts)):
        return text
    if name not in facts.used and (near := get_close_matches(name, _SHOWN, n=1, cutoff=_SLIP)):
        return f"no scene shows whether it holds; did you mean '{near[0].replace('_', ' ')}'?"
    if given > _MOST_ARGUMENTS:
        return f"a fact is about {_MOST_ARGUMENTS} things at most, not {given}"
    if (first := facts.counts[name]) != given:
        return f"'{name}' is about {given} things here and about {first} elsewhere, which are never the same fact"
    return ""


def _shown_fault(pattern: Pattern, skill: Skill, field: str) -> str:
    name, wanted = pattern.name, _SHOWN[pattern.name]
    if len(pattern.args) != wanted:
        return f"'{name}' is about {wanted} thing{'' if wanted == 1 else 's'}, not {len(pattern.args)}"
    for arg in pattern.args:
        if (kind := skill.parameters[arg].type) != "entity":
            return f"'{name}' is about things of the scene, and '{arg}' is of type {kind}"
    if field == "makes" and name in NEEDED_PREDICATES:
        return "the scene tells it, no skill makes it"
    if field == "makes" and pattern.negated and name in ("open", "closed"):
        return f"write {'closed' if name == 'open' else 'open'}({pattern.args[0]})"
    return ""


def _joined_fault(name: str, skill: Skill, facts: _Facts) -> str:
    """Of several words that were taken for one name, as `at target` and `hand free and arm down` are."""
    parts = re.split("_(?:and|or)_", name)
    if len(parts) > 1 and facts.names & {part.removeprefix("not_") for part in parts}:
        return "it is read as one name; a list has one predicate an entry, all of which must hold"
    if name.startswith("not_") and name[4:] in facts.names:
        return f"it is read as one name; write not {name[4:].replace('_', ' ')}"
    for known in facts.names:
        if (rest := name.removeprefix(f"{known}_")) != name and rest in skill.parameters:
            return f"it is read as one name; write {known}({rest})"
    return ""


def _placeholder_faults(data: Any, skill: Skill, at: tuple[int | str, ...]) -> Iterator[Fault]:
    if isinstance(data, dict):
        for key, value in data.items():
            yield from _placeholder_faults(value, skill, (*at, key))
    elif isinstance(data, list):
        for index, value in enumerate(data):
            yield from _placeholder_faults(value, skill, (*at, index))
    elif isinstance(data, str):
        for found in _BRACED.finditer(data):
            if text := _braced_fault(found, skill):
                yield at, text


def _braced_fault(found: re.Match[str], skill: Skill) -> str:
    """What was meant for a placeholder and is none; other text in braces is the server's, as in a behaviour tree."""
    name = found[1].lower()
    if PLACEHOLDER.fullmatch(found[0]) or name not in {*skill.parameters, _CALL}:
        return ""
    return f"'{found[0]}' would be sent as it is; a placeholder is {{{name}}} or {{{name}.field}}"
