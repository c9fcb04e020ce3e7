# SPDX-License-Identifier: Apache-2.0
"""What in the instruction's own words speaks against a stated goal: a reason to look again, never proof.

A goal that is stated again after a doubt is accepted, since people use words that no scene has.
"""

import re
from collections.abc import Iterable, Iterator

from agent_planner.goals import Goal
from agent_planner.goals.goal import Stated
from agent_planner.scene import SceneGraph
from agent_planner.scene.focus import matches, shares_word


def doubt(stated: Stated, scene: SceneGraph, instruction: str) -> str:
    """Return why to doubt that this is the instruction's goal; empty where nothing speaks against it."""
    if not isinstance(stated, Goal):
        return ""
    wanted = dict.fromkeys(a for step in stated.steps for atom in step for a in atom.args if a in scene.entities)
    unnamed = [name for name in wanted if not shares_word(name, instruction)]
    if unnamed:
        return f"the instruction does not name {_listed(unnamed)}"
    for words, place, meant in described(scene, instruction):
        if meant not in wanted and any(name in wanted for name in matches(scene, words)):
            return f"the {words} at '{place}' is '{meant}'"
    # "the cup on the desk": what a thing is on or in tells which is meant.
    locations = {location.b for name in wanted if (location := scene.location(name))}
    rest = instruction.lower()
    for name in wanted:
        rest = _without_short_forms(rest, name.lower())
    left_out = [name for name in mentioned(scene, rest) if name not in wanted and name not in locations]
    return f"the instruction names {_listed(left_out)}, too" if left_out else ""


def described(scene: SceneGraph, text: str) -> Iterator[tuple[str, str, str]]:
    """Phrases such as ``the cup on the desk`` where several cups are in the scene and one is on the desk.

    Yields the noun phrase, the place and the thing that both together mean.
    """
    for place in dict.fromkeys(r.b for r in scene.relations if r.name in ("on", "in")):
        pattern = rf"((?:[\w-]+ ){{1,3}})(?:on|in|inside|from) (?:the )?{re.escape(place)}\b"
        for found in re.finditer(pattern, text, re.IGNORECASE):
            words = found[1].lower().split()
            phrase = next((p for n in range(len(words)) if matches(scene, p := " ".join(words[n:]))), "")
            fitting = matches(scene, phrase) if phrase else []
            there = [name for name in fitting if (location := scene.location(name)) and location.b == place]
            if len(fitting) > 1 and len(there) == 1:
                yield phrase, place, there[0]


def mentioned(scene: SceneGraph, text: str) -> list[str]:
    """Entities whose whole name stands in the text, longer names first; a name within a longer one does not count."""
    rest, found = text.lower(), []
    for name in sorted(scene.entities, key=len, reverse=True):
        pattern = rf"\b{re.escape(name.lower())}\b"
        if re.search(pattern, rest):
            found.append(name)
            rest = re.sub(pattern, "|", rest)
    return found


def _without_short_forms(text: str, name: str) -> str:
    """``kitchen cabinet`` for the white kitchen cabinet is no mention of the kitchen."""
    words = name.split()
    for first in range(len(words) - 1):
        text = re.sub(rf"\b{re.escape(' '.join(words[first:]))}\b", "|", text)
    return text


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f"'{name}'" for name in names)
