# SPDX-License-Identifier: Apache-2.0
"""What in the instruction's own words speaks against a stated goal: a reason to look again, never proof.

A goal that is stated again after a doubt is accepted, since people use words that no scene has.
"""

import re
from collections.abc import Iterable, Iterator

from agent_planner.goals import Goal
from agent_planner.goals.goal import Stated
from agent_planner.scene import SceneGraph
from agent_planner.scene.focus import matches, shares_word, singular

_ARTICLES = {"the", "a", "an", "my", "this", "that"}


def doubt(stated: Stated, scene: SceneGraph, instruction: str) -> str:
    """Return why to doubt that this is the instruction's goal; empty where nothing speaks against it."""
    if not isinstance(stated, Goal):
        return ""
    text = instruction.lower()
    wanted = dict.fromkeys(a for step in stated.steps for atom in step for a in atom.args if a in scene.entities)
    return next(_reasons(wanted, scene, text), "")


def _reasons(wanted: Iterable[str], scene: SceneGraph, text: str) -> Iterator[str]:
    if unnamed := [name for name in wanted if not shares_word(name, text)]:
        yield f"the instruction does not name {_listed(unnamed)}"
    for name in wanted:
        if other := _called_otherwise(name, text):
            yield f"the instruction says '{other}', and '{name}' is another"
    for words, place, meant in _located(scene, text):
        if meant not in wanted and any(name in wanted for name in matches(scene, words)):
            yield f"the {words} at '{place}' is '{meant}'"
    for noun, fitting in _plurals(scene, text):
        if any(name in wanted for name in fitting) and not set(fitting) <= set(wanted):
            yield f"'{noun}' are {_listed(fitting)}"
    # "the cup on the desk": what a thing is on or in tells which is meant.
    locations = {location.b for name in wanted if (location := scene.location(name))}
    rest = text
    for name in wanted:
        rest = _without_short_forms(rest, name.lower())
    if left_out := [name for name in _mentioned(scene, rest) if name not in wanted and name not in locations]:
        yield f"the instruction names {_listed(left_out)}, too"


def _called_otherwise(name: str, text: str) -> str:
    """``yellow plate`` for the black plate, where the text speaks of the yellow plate and of no other."""
    *_, noun = own = name.lower().split()
    words = re.findall(r"[\w-]+", text)
    others = []
    for i, word in enumerate(words):
        if singular(word) != singular(noun):
            continue
        if word != noun or i < 2 or words[i - 2] not in _ARTICLES or words[i - 1] in own:
            return ""
        others.append(f"{words[i - 1]} {noun}")
    return others[0] if others else ""


def _located(scene: SceneGraph, text: str) -> Iterator[tuple[str, str, str]]:
    """Phrases such as ``the cup on the desk`` where several cups are in the scene and one is on the desk.

    Yields the noun phrase, the place and the thing that both together mean.
    """
    for place in dict.fromkeys(r.b for r in scene.relations if r.name in ("on", "in")):
        pattern = rf"((?:[\w-]+ ){{1,3}})(?:on|in|inside|from) (?:the )?{re.escape(place.lower())}\b"
        for found in re.finditer(pattern, text):
            words = found[1].split()
            phrase = next((p for n in range(len(words)) if matches(scene, p := " ".join(words[n:]))), "")
            fitting = matches(scene, phrase)
            there = [name for name in fitting if (location := scene.location(name)) and location.b == place]
            if len(fitting) > 1 and len(there) == 1:
                yield phrase, place, there[0]


def _plurals(scene: SceneGraph, text: str) -> Iterator[tuple[str, list[str]]]:
    """Plural nouns, each with all the things that it means, where these are several."""
    words = re.findall(r"[\w-]+", text)
    for end, word in enumerate(words, start=1):
        if singular(word) == word:
            continue
        for first in (end - 3, end - 2, end - 1):
            phrase = " ".join([*words[max(0, first) : end - 1], singular(word)])
            fitting = matches(scene, phrase) if first >= 0 else []
            if len(fitting) > 1:
                yield " ".join(words[first:end]), fitting
                break


def _mentioned(scene: SceneGraph, text: str) -> list[str]:
    """Entities whose whole name stands in the text, longer names first; a name within a longer one does not count."""
    found = []
    for name in sorted(scene.entities, key=len, reverse=True):
        pattern = rf"\b{re.escape(name.lower())}\b"
        if re.search(pattern, text):
            found.append(name)
            text = re.sub(pattern, "|", text)
    return found


def _without_short_forms(text: str, name: str) -> str:
    """``kitchen cabinet`` for the white kitchen cabinet is no mention of the kitchen."""
    words = name.split()
    for first in range(len(words) - 1):
        text = re.sub(rf"\b{re.escape(' '.join(words[first:]))}\b", "|", text)
    return text


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f"'{name}'" for name in names)
