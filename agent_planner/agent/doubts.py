# SPDX-License-Identifier: Apache-2.0
"""What in the instruction's own words speaks against a stated goal: a reason to look again, never proof.

A goal that is stated again after a doubt is accepted, since people use words that no scene has.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from math import isclose

from agent_planner.errors import CallRefused
from agent_planner.goals import Declined, Goal
from agent_planner.goals.goal import DID, Stated
from agent_planner.scene import SceneGraph
from agent_planner.scene.focus import matches, singular, singulars, told_by
from agent_planner.scene.mentions import ADJECTIVES, Mention, mentions
from agent_planner.scene.predicates import SCENE_PREDICATES
from agent_planner.skills import SkillLibrary
from agent_planner.types import Atom

# Nouns of turns of speech ("have a look", "make your way"), and, after "your", the robot's own parts.
_IDIOMS = (
    "look glance peek way thing things being moment minute second while time bit hurry rush favour favor place others "
    "rest lot"
)
_PARTS = "arm arms hand hands finger fingers gripper grippers claw grip grasp"
_IS_IDIOM = frozenset(_IDIOMS.split())
_IS_PART = frozenset(_PARTS.split())
# What may stand behind such a noun without belonging to it.
_BEHIND = frozenset({"around", "round", "come", "came", "arrive"})
# Words that stand for things without naming them: for all of a place; for the place of a thing, or the thing of a
# place; for what is in the hand; and for another of the same kind.
_ALL = re.compile(r"\b(?:everything|anything|whatever|all of (?:it|them)|it all|all that|all the things)\b")
_WHERE = re.compile(r"\b(?:where (?!it is|they are)|swap\b)")
_THAT = re.compile(r"\b(?:that|this|it|holding|carrying)\b")
_ONE = re.compile(r"([\w-]+) ones?\b")
# What is named in such a sentence may be what the goal is not about.
_EXCEPT = re.compile(
    r"\b(?:except|apart from|other than|don't|do not|not the|not that|stays?|no wait|no,|sorry|i mean|instead of|"
    r"rather)(?!\w)"
)
# Before a thing of which any will do, or each.
_ANY = r"\b(?:an?|any|some|each|every|both|all|either|another)\s+"
_DIGITS = r"\d+(?:\.\d+)?|\.\d+"
_COUNTED = "zero one two three four five six seven eight nine ten eleven twelve"
_NUMBERS = {word: float(number) for number, word in enumerate(_COUNTED.split())} | {
    "a": 1.0, "an": 1.0, "half": 0.5, "fifteen": 15.0, "twenty": 20.0, "thirty": 30.0, "forty": 40.0, "fifty": 50.0,
    "sixty": 60.0, "ninety": 90.0,
}  # fmt: skip
# To metres, seconds and shares.
_UNITS = {"cm": 0.01, "centimet": 0.01, "mm": 0.001, "millimet": 0.001, "min": 60.0, "hour": 3600.0, "percent": 0.01}
_QUANTITY = re.compile(rf"({_DIGITS}|\b(?:{'|'.join(_NUMBERS)})\b)\s*(?:an? )?({'|'.join(_UNITS)})?")


@dataclass(frozen=True)
class Doubt:
    """Why a goal is doubted, and what another one should look like.

    Attributes:
        reason: for the model and for a person.
        wrong: entities that should not be in it.
        lacking: entities of which at least one should be in it.
        skills: skills that it should not name.
        question: what should be asked instead.
    """

    reason: str
    wrong: tuple[str, ...] = ()
    lacking: tuple[str, ...] = ()
    skills: tuple[str, ...] = ()
    question: Declined | None = None


class Doubted(CallRefused):
    """A goal is not the likely one.

    Attributes:
        doubt: why.
    """

    def __init__(self, doubt: Doubt):
        super().__init__("DOUBTED", f"{doubt.reason}; state the same goal again if it is meant")
        self.doubt = doubt


def doubt(stated: Stated, library: SkillLibrary, scene: SceneGraph, instruction: str) -> Doubt | None:
    """Return why to doubt that this is the instruction's goal; None where nothing speaks against it.

    What a person has answered since stands below the instruction, each answer on a line of its own.
    """
    text = instruction.lower()
    if isinstance(stated, Goal):
        return next(_reasons(stated, library, scene, text, mentions(scene, _asked(text, stated, library))), None)
    said = mentions(scene, text)
    return _no_thing(stated, said) if stated.kind == "missing" else _no_question(stated, said)


def _asked(text: str, goal: Goal, library: SkillLibrary) -> str:
    """The text without what the robot is to say: the things in that are not asked for."""
    for step in goal.steps:
        for atom in step:
            for value in _values(atom, library, "text"):
                text = text.replace(value.lower(), "")
    return text


def _no_thing(stated: Declined, said: Iterable[Mention]) -> Doubt | None:
    """Missing are things; ``home`` in "bring the arm home" is none."""
    unknown = [m.phrase for m in said if not m.names and _noun(m.phrase) not in _IS_IDIOM]
    words = stated.words.lower()
    if not unknown or any(words in phrase or phrase in words for phrase in unknown):
        return None
    return Doubt(f"rather {_listed(unknown)} is not in the scene")


def _no_question(stated: Declined, said: Iterable[Mention]) -> Doubt | None:
    """Which is meant need not be asked where the instruction tells it by its place."""
    meant = [m.names for m in said if m.phrase == stated.words.lower()]
    if stated.kind != "which" or not meant or any(len(names) != 1 for names in meant):
        return None
    return Doubt(f"the {stated.words} there is {_listed(meant[0])}", lacking=meant[0])


def _reasons(goal: Goal, library: SkillLibrary, scene: SceneGraph, text: str, said: list[Mention]) -> Iterator[Doubt]:
    atoms = [atom for step in goal.steps for atom in step]
    wanted = dict.fromkeys(a for atom in atoms for a in atom.args if a in scene.entities)
    named = {name for m in said for name in m.names}
    named |= _told_otherwise(scene, text, named)
    if unnamed := [name for name in wanted if name not in named]:
        others = tuple(name for name in scene.entities if name not in named)
        yield Doubt(f"the instruction does not name {_listed(unnamed)}", wrong=others)
    if unknown := [m.phrase for m in said if not m.names and _is_thing(m.phrase, scene, goal, text)]:
        yield Doubt(f"{_listed(unknown)} is not in the scene")
    spared = bool(_EXCEPT.search(text))  # one thing, then
    if not spared:
        yield from _left_out(scene, text, said, set(wanted))
    forgotten = _forgotten(scene, text, said, set(wanted))
    if len(forgotten) > spared:
        yield Doubt(f"the instruction names {_listed(m.phrase for m in forgotten)}, too", lacking=forgotten[0].names)
    answered = "\n" in text
    if not (spared or answered) and (question := _question(scene, text, said, set(wanted))):
        yield Doubt(f"'{question.words}' may be {_listed(question.options)}", question=question)
    for atom in atoms:
        if unsaid := [value for value in _values(atom, library) if not _says(text, value)]:
            yield Doubt(f"the instruction does not say {_listed(unsaid)}", skills=atom.args[:1])


def _question(scene: SceneGraph, text: str, said: list[Mention], wanted: set[str]) -> Declined | None:
    """What to ask where the goal has one of several things that the words fit, and nothing else tells them apart."""
    for m in said:
        one = singular(m.phrase) == m.phrase and not re.search(rf"{_ANY}{re.escape(m.phrase)}\b", text)
        picked = not wanted.isdisjoint(m.names) and not wanted.issuperset(m.names)
        if one and picked and set(m.names) == set(matches(scene, m.phrase)) and not _is_told(scene, m, said):
            return Declined("which", m.phrase, m.names)
    return None


def _is_told(scene: SceneGraph, mention: Mention, said: list[Mention]) -> bool:
    """Whether other words may tell which is meant: a place, or the thing's whole name; or one is in the hand."""
    named = {name for m in said for name in m.names}
    narrower = any(set(m.names) < set(mention.names) for m in said)
    return narrower or scene.holding in mention.names or not named.isdisjoint(_places_of(scene, mention.names))


def _left_out(scene: SceneGraph, text: str, said: list[Mention], wanted: set[str]) -> Iterator[Doubt]:
    """Of several things that the text speaks of together, some are in the goal and some are not."""
    groups = [(f"'{m.phrase}'", m.names, m.phrase) for m in said if singular(m.phrase) != m.phrase]
    if _ALL.search(text):
        places = dict.fromkeys(name for m in said for name in m.names)
        groups += [(f"all things at '{place}'", _things_at(scene, place), "") for place in places]
    for words, names, plural in groups:
        left_out = tuple(name for name in names if name not in wanted and (not plural or _is_one_of(name, plural)))
        if left_out and not wanted.isdisjoint(names):
            yield Doubt(f"{words} are {_listed(names)}", lacking=left_out)


def _forgotten(scene: SceneGraph, text: str, said: list[Mention], wanted: set[str]) -> list[Mention]:
    """What the text speaks of and the goal has nothing to do with."""
    # "the cup on the desk": what a thing is on or in tells which is meant.
    told = wanted | _places_of(scene, wanted)
    if _WHERE.search(text):
        # "where the plate is": what is on a place tells which place.
        told |= {name for place in told for name in _things_at(scene, place)}
    return [m for m in said if m.names and told.isdisjoint(m.names) and not _is_verb(m.phrase, text)]


def _told_otherwise(scene: SceneGraph, text: str, named: set[str]) -> set[str]:
    """Entities that the text may mean by other words than those of their names."""
    # "the red cup and the blue one"
    kinds, ones = {name.split()[-1] for name in named}, _ONE.findall(text)
    found = {name for name in scene.entities if name.split()[-1] in kinds and set(ones) & set(told_by(scene, name))}
    if _ALL.search(text):
        found |= {name for place in named for name in _things_at(scene, place)}
    if _WHERE.search(text):
        found |= _places_of(scene, named | found)
    if scene.holding and _THAT.search(text) and not any(scene.entities[name].kind == "object" for name in named):
        found.add(scene.holding)
    return found


def _places_of(scene: SceneGraph, names: Iterable[str]) -> set[str]:
    """What these things are on or in."""
    return {location.b for name in names if (location := scene.location(name))}


def _things_at(scene: SceneGraph, place: str) -> tuple[str, ...]:
    """What is on or in it."""
    return tuple(o.name for o in scene.objects if place in _places_of(scene, [o.name]))


def _is_one_of(name: str, plural: str) -> bool:
    """Whether a name is of those in the plural, told apart by adjectives: a cereal box need not be one of the boxes."""
    said = singulars(plural.split())
    return all(word in ADJECTIVES or singular(word) in said for word in name.split())


def _is_verb(word: str, text: str) -> bool:
    """Whether a word begins something to do: ``stand`` in "go and stand at the bin"."""
    begins = rf"(?:^|[.,;:!?] ?|\b(?:and|then|please) ){re.escape(word)} (?:at|by|near|next|over|up|back|here|there)\b"
    return re.search(begins, text) is not None


def _values(atom: Atom, library: SkillLibrary, kind: str = "") -> list[str]:
    """What ``did(skill, …)`` gives for parameters of a kind; if none is given, for all that are no entities."""
    if atom.name != DID:
        return []
    parameters = library[atom.args[0]].parameters.values()
    given = zip(parameters, atom.args[1:], strict=True)
    return [value for p, value in given if (p.type == kind if kind else p.type != "entity")]


def _says(text: str, value: str) -> bool:
    try:
        wanted = float(value)
    except ValueError:
        return value.lower() in text
    return any(isclose(wanted, number) for number in _numbers(text))


def _numbers(text: str) -> Iterator[float]:
    """The numbers in a text, each as it stands and in metres, seconds or as a share where its unit is another."""
    for said, unit in _QUANTITY.findall(text):
        number = _NUMBERS[said] if said in _NUMBERS else float(said)
        if unit or said not in ("a", "an"):
            yield from (number, number * _UNITS.get(unit, 1.0))


def _is_thing(phrase: str, scene: SceneGraph, goal: Goal, text: str) -> bool:
    """Whether words that fit no entity mean one, and no idiom, no part of the robot, no deed ("a photo")."""
    words = phrase.split()
    if words[-1] in _ONE.findall(text):
        return False
    if matches(scene, singular(words[-1])):
        return True
    noun = _noun(phrase)
    if noun in _IS_IDIOM or noun in _IS_PART and f"the {phrase}" not in text:
        return False
    return all(atom.args and atom.name in SCENE_PREDICATES for step in goal.steps for atom in step)


def _noun(phrase: str) -> str:
    words = phrase.split()
    return next((word for word in reversed(words) if word not in _BEHIND), words[-1])


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f"'{name}'" for name in names)
