# SPDX-License-Identifier: Apache-2.0
"""What in the instruction's own words speaks against a stated goal: a reason to look again, never proof.

A goal that is stated again after a doubt is accepted, since people use words that no scene has.
"""

import re
from collections.abc import Iterable, Iterator

from agent_planner.goals import Declined, Goal
from agent_planner.goals.goal import SCENE_PREDICATES, Stated
from agent_planner.scene import SceneGraph
from agent_planner.scene.focus import matches, singular
from agent_planner.scene.mentions import Mention, mentions


def doubt(stated: Stated, scene: SceneGraph, instruction: str) -> str:
    """Return why to doubt that this is the instruction's goal; empty where nothing speaks against it."""
    said = mentions(scene, instruction)
    if isinstance(stated, Goal):
        return next(_reasons(stated, scene, instruction.lower(), said), "")
    return _no_thing(stated, said)


def _no_thing(stated: Declined, said: Iterable[Mention]) -> str:
    """Missing are things; ``home`` in "bring the arm home" is none."""
    unknown = [m.phrase for m in said if not m.names]
    if stated.kind != "missing" or not unknown or any(stated.words.lower() in phrase for phrase in unknown):
        return ""
    return f"rather {_listed(unknown)} is not in the scene"


def _reasons(goal: Goal, scene: SceneGraph, text: str, said: list[Mention]) -> Iterator[str]:
    atoms = [atom for step in goal.steps for atom in step]
    wanted = dict.fromkeys(a for atom in atoms for a in atom.args if a in scene.entities)
    if unnamed := [name for name in wanted if not any(name in m.names for m in said)]:
        yield f"the instruction does not name {_listed(unnamed)}"
    if unknown := [m.phrase for m in said if not m.names and _is_thing(m.phrase, scene, goal)]:
        yield f"{_listed(unknown)} is not in the scene"
    for words, place, meant in _located(scene, text):
        if meant not in wanted and any(name in wanted for name in matches(scene, words)):
            yield f"the {words} at '{place}' is '{meant}'"
    for m in said:
        plural = singular(m.phrase) != m.phrase
        if plural and not set(m.names) <= set(wanted) and any(name in wanted for name in m.names):
            yield f"'{m.phrase}' are {_listed(m.names)}"
    # "the cup on the desk": what a thing is on or in tells which is meant.
    told = {*wanted, *(location.b for name in wanted if (location := scene.location(name)))}
    if left_out := [m.phrase for m in said if m.names and told.isdisjoint(m.names)]:
        yield f"the instruction names {_listed(left_out)}, too"


def _is_thing(phrase: str, scene: SceneGraph, goal: Goal) -> bool:
    """Whether words that fit no entity mean one, and no part of the robot ("the arm") or deed ("a photo")."""
    if matches(scene, singular(phrase.split()[-1])):
        return True
    return all(atom.args and atom.name in SCENE_PREDICATES for step in goal.steps for atom in step)


def _located(scene: SceneGraph, text: str) -> Iterator[tuple[str, str, str]]:
    """Phrases such as ``the cup on the desk`` where several cups are in the scene and one is on the desk.

    Yields the noun phrase, the place and the thing that both together mean.
    """
    for place in dict.fromkeys(r.b for r in scene.relations if r.name in ("on", "in")):
        pattern = rf"((?:[\w-]+ ){{1,3}})(?:on|in|inside|from) (?:the )?{re.escape(place)}\b"
        for found in re.finditer(pattern, text):
            words = found[1].split()
            phrase = next((p for n in range(len(words)) if matches(scene, p := " ".join(words[n:]))), "")
            fitting = matches(scene, phrase)
            there = [name for name in fitting if (location := scene.location(name)) and location.b == place]
            if len(fitting) > 1 and len(there) == 1:
                yield phrase, place, there[0]


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f"'{name}'" for name in names)
