# SPDX-License-Identifier: Apache-2.0
"""What in the instruction's own words speaks against a stated goal: a reason to look again, never proof.

A goal that is stated again after a doubt is accepted, since people use words that no scene has.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from agent_planner.errors import CallRefused
from agent_planner.goals import Declined, Goal
from agent_planner.goals.goal import DID, SCENE_PREDICATES, Stated
from agent_planner.scene import SceneGraph
from agent_planner.scene.focus import matches, singular
from agent_planner.scene.mentions import Mention, mentions
from agent_planner.skills import SkillLibrary
from agent_planner.types import Atom


@dataclass(frozen=True)
class Doubt:
    """Why a goal is doubted, and what another one should look like.

    Attributes:
        reason: for the model and for a person.
        wrong: entities that should not be in it.
        lacking: entities of which at least one should be in it.
        skills: skills that it should not name.
    """

    reason: str
    wrong: tuple[str, ...] = ()
    lacking: tuple[str, ...] = ()
    skills: tuple[str, ...] = ()


class Doubted(CallRefused):
    """A goal is not the likely one.

    Attributes:
        doubt: why.
    """

    def __init__(self, doubt: Doubt):
        super().__init__("DOUBTED", f"{doubt.reason}; state the same goal again if it is meant")
        self.doubt = doubt


def doubt(stated: Stated, library: SkillLibrary, scene: SceneGraph, instruction: str) -> Doubt | None:
    """Return why to doubt that this is the instruction's goal; None where nothing speaks against it."""
    said = mentions(scene, instruction)
    if isinstance(stated, Goal):
        return next(_reasons(stated, library, scene, instruction.lower(), said), None)
    return _no_thing(stated, said)


def _no_thing(stated: Declined, said: Iterable[Mention]) -> Doubt | None:
    """Missing are things; ``home`` in "bring the arm home" is none."""
    unknown = [m.phrase for m in said if not m.names]
    if stated.kind != "missing" or not unknown or any(stated.words.lower() in phrase for phrase in unknown):
        return None
    return Doubt(f"rather {_listed(unknown)} is not in the scene")


def _reasons(goal: Goal, library: SkillLibrary, scene: SceneGraph, text: str, said: list[Mention]) -> Iterator[Doubt]:
    atoms = [atom for step in goal.steps for atom in step]
    wanted = dict.fromkeys(a for atom in atoms for a in atom.args if a in scene.entities)
    named = {name for m in said for name in m.names}
    if unnamed := [name for name in wanted if name not in named]:
        others = tuple(name for name in scene.entities if name not in named)
        yield Doubt(f"the instruction does not name {_listed(unnamed)}", wrong=others)
    if unknown := [m.phrase for m in said if not m.names and _is_thing(m.phrase, scene, goal)]:
        yield Doubt(f"{_listed(unknown)} is not in the scene")
    for words, place, meant in _located(scene, text):
        others = tuple(name for name in matches(scene, words) if name in wanted)
        if meant not in wanted and others:
            yield Doubt(f"the {words} at '{place}' is '{meant}'", wrong=others, lacking=(meant,))
    for m in said:
        left_out = tuple(name for name in m.names if name not in wanted)
        if singular(m.phrase) != m.phrase and left_out and len(left_out) < len(m.names):
            yield Doubt(f"'{m.phrase}' are {_listed(m.names)}", lacking=left_out)
    # "the cup on the desk": what a thing is on or in tells which is meant.
    told = {*wanted, *(location.b for name in wanted if (location := scene.location(name)))}
    if forgotten := [m for m in said if m.names and told.isdisjoint(m.names)]:
        yield Doubt(f"the instruction names {_listed(m.phrase for m in forgotten)}, too", lacking=forgotten[0].names)
    for atom in atoms:
        if unsaid := [value for value in _values(atom, library) if not _says(text, value)]:
            yield Doubt(f"the instruction does not say {_listed(unsaid)}", skills=atom.args[:1])


def _values(atom: Atom, library: SkillLibrary) -> list[str]:
    """What ``did(skill, …)`` gives for parameters that are no entities."""
    if atom.name != DID:
        return []
    parameters = library[atom.args[0]].parameters.values()
    return [value for p, value in zip(parameters, atom.args[1:], strict=True) if p.type != "entity"]


def _says(text: str, value: str) -> bool:
    try:
        return float(value) in [float(number) for number in re.findall(r"\d+(?:\.\d+)?|\.\d+", text)]
    except ValueError:
        return value.lower() in text


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
