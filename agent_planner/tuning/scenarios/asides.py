# SPDX-License-Identifier: Apache-2.0
"""What people say beside what is to be done: remarks, what it is for, slips of the tongue. The goal stays as it is."""

import re
from dataclasses import replace
from random import Random

from agent_planner.goals.goal import DID
from agent_planner.scene import SceneGraph
from agent_planner.tuning.scenarios.clauses import Clause
from agent_planner.tuning.zoo.kinds import capital
from agent_planner.tuning.zoo.train_asides import (
    TRAIN_ABOUT,
    TRAIN_ABOUT_OBJECTS,
    TRAIN_CORRECTIONS,
    TRAIN_PURPOSES,
    TRAIN_REMARKED,
    TRAIN_REMARKED_BARE,
    TRAIN_REMARKS,
    contracted,
)

_CONTRACTED = 0.6


def introduced(rng: Random, clause: Clause, scene: SceneGraph) -> tuple[str, Clause]:
    """Speak of a thing first, so that the clause calls it "it".

    Returns:
        What is said before, and the clause; nothing and the same clause where that does not fit.
    """
    thing = _thing(clause)
    said = _named(clause, thing, scene)
    if not said or re.search(r"\bit\b", clause.text, re.IGNORECASE):
        return "", clause
    about = TRAIN_ABOUT
    if scene.entities[thing].kind == "object":
        about += TRAIN_ABOUT_OBJECTS
    pronoun = "It" if said.start() == 0 else "it"
    return _short(rng, rng.choice(about)).format(o=said[0].lower()), _said_as(clause, said, pronoun)


def corrected(rng: Random, clause: Clause, scene: SceneGraph) -> Clause:
    """Name another thing by mistake first; the same clause where that does not fit."""
    thing = _thing(clause)
    said = _named(clause, thing, scene)
    if not said:
        return clause
    kind = scene.entities[thing].kind
    others = [n for n, e in scene.entities.items() if e.kind == kind and n not in clause.cores]
    if not others:
        return clause
    article = said[0][:3]
    slip = rng.choice(TRAIN_CORRECTIONS).format(z=f"{article} {rng.choice(others)}", o=said[0].lower())
    return _said_as(clause, said, slip)


def called_it(clause: Clause, thing: str, scene: SceneGraph) -> Clause:
    """Call a thing "it" that was named before; the same clause where that does not fit."""
    said = _named(clause, thing, scene)
    return _said_as(clause, said, "it") if said and not re.search(r"\bit\b", clause.text, re.IGNORECASE) else clause


def with_purpose(rng: Random, text: str) -> str:
    """The instruction and what it is for, or until when, or how."""
    return text if text[-1] in ".?!" else f"{text} {_short(rng, rng.choice(TRAIN_PURPOSES))}"


def remarked(rng: Random, text: str, before: str = "") -> str:
    """The instruction beside a remark, or after ``before``."""
    form = "{R}. {I}" if before else rng.choice((*TRAIN_REMARKED, *TRAIN_REMARKED_BARE * text[0].islower()))
    remark = before or _short(rng, rng.choice(TRAIN_REMARKS))
    if form.startswith("{I}"):
        if text[-1] in ".?!":
            form = form.replace("{I}.", "{I}")
        elif rng.random() < 0.2:
            form = form.replace("{I}.", "{I}!")
    if form.startswith("{i}"):
        text = text.rstrip(".?!")
    if remark[-1] in "?!":
        form = form.replace("{R}.", "{R}")
    return form.format(r=remark, R=capital(remark), i=text, I=capital(text))


def _thing(clause: Clause) -> str:
    """The one thing that is handled; nothing of several."""
    if len(clause.atoms) != 1 or clause.source:
        return ""
    atom = clause.atoms[0]
    args = atom.args[1:] if atom.name == DID else atom.args
    return args[0] if args and args[0] in clause.cores else ""


def _named(clause: Clause, thing: str, scene: SceneGraph) -> re.Match[str] | None:
    """Where its name stands, with its article; nowhere if the words tell it by its place, or name it twice."""
    if not thing:
        return None
    core = re.escape(clause.cores[thing])
    found = list(re.finditer(rf"\b[Tt]he {core}\b", clause.text))
    place = scene.location(thing)
    if len(found) != 1 or place and f"{found[0][0]} {place.name} the {place.b}" in clause.text:
        return None
    return found[0]


def _said_as(clause: Clause, said: re.Match[str], words: str) -> Clause:
    return replace(clause, text=clause.text[: said.start()] + words + clause.text[said.end() :])


def _short(rng: Random, text: str) -> str:
    return contracted(text) if rng.random() < _CONTRACTED else text
