# SPDX-License-Identifier: Apache-2.0
"""How training words instructions: in many forms, and in none that is kept for dev or test."""

import re
import string
from collections.abc import Iterable
from itertools import chain

import pytest

from agent_planner.scene import SceneGraph, ScenePlace
from agent_planner.scene.mentions import mentions
from agent_planner.tuning.zoo.held_out_wordings import (
    FRAMES_OF,
    JOINS_OF,
    PLACE_ALL_OF,
    TALK_OF,
    WORDINGS_OF,
)
from agent_planner.tuning.zoo.kinds import stands_alone
from agent_planner.tuning.zoo.train_asides import (
    TRAIN_ABOUT,
    TRAIN_ABOUT_OBJECTS,
    TRAIN_CORRECTIONS,
    TRAIN_PURPOSES,
    TRAIN_REMARKS,
    contracted,
)
from agent_planner.tuning.zoo.train_families import TRAIN_FAMILIES, TRAIN_KINDS
from agent_planner.tuning.zoo.train_talk import TRAIN_TALK
from agent_planner.tuning.zoo.train_vocabulary import TRAIN
from agent_planner.tuning.zoo.train_wordings import (
    TRAIN_EVERYTHING,
    TRAIN_EXCEPT,
    TRAIN_FRAMES,
    TRAIN_FROM,
    TRAIN_JOINS,
    TRAIN_JOINS_BACKWARDS,
    TRAIN_JOINS_HAVING,
    TRAIN_JOINS_HAVING_LAST,
    TRAIN_PLACE_ALL,
    TRAIN_PLACE_BOTH,
    TRAIN_RING,
    TRAIN_SEVERAL,
    TRAIN_SHUT_AGAIN,
    TRAIN_WORDINGS,
    having_done,
)
from agent_planner.tuning.zoo.wordings import FRAMES, JOINS, PLACE_ALL, TALK, WORDINGS, seen
from agent_planner.tuning.zoo.written_instructions import read_written

_MANIPULATION = ("on", "in", "at", "holding", "near", "open", "closed", "explored")
_SHAPES = {"one": ["o"], "two": ["o", "t"], "value": ["x"], "none": []}
_NEW = {kind: texts[len(seen(kind)) if kind in WORDINGS else 0 :] for kind, texts in TRAIN_WORDINGS.items()}
# Words that change nothing of what is asked.
_FILLERS = {
    "please", "just", "now", "the", "a", "an", "to", "you", "your", "can", "could", "would", "should", "must", "has",
    "have", "had", "be", "is", "are",
}  # fmt: skip


def _fields(text: str) -> list[str]:
    return sorted(name for _, name, _, _ in string.Formatter().parse(text) if name)


def _words(text: str) -> list[str]:
    return re.findall(r"\{[a-z]\}|[a-z0-9']+", text.lower())


def _gist(text: str) -> tuple[str, ...]:
    return tuple(word for word in _words(text) if word not in _FILLERS)


def _padded(text: str) -> str:
    return f" {' '.join(_words(text))} "


def test_there_are_enough():
    for kind, texts in TRAIN_WORDINGS.items():
        assert len(texts) == len(set(texts)) >= (12 if kind in _MANIPULATION else 8), kind
    around = (TRAIN_FRAMES, TRAIN_JOINS, TRAIN_JOINS_BACKWARDS, TRAIN_PLACE_ALL)
    assert sum(map(len, (*TRAIN_WORDINGS.values(), *around))) >= 330
    assert len(TRAIN_FRAMES) >= 45 and len(TRAIN_JOINS) >= 20
    assert len(TRAIN_PLACE_ALL) >= 10 and len(TRAIN_TALK) >= 70


def test_every_kind_is_worded_and_keeps_what_it_had():
    assert set(TRAIN_WORDINGS) == set(WORDINGS) | {kind.kind for kind in TRAIN_KINDS}
    for kind in WORDINGS:
        assert TRAIN_WORDINGS[kind][: len(seen(kind))] == seen(kind)
    for new, old in ((TRAIN_FRAMES, FRAMES), (TRAIN_JOINS, JOINS), (TRAIN_PLACE_ALL, PLACE_ALL), (TRAIN_TALK, TALK)):
        assert set(old) <= set(new)


def test_every_wording_has_its_placeholders():
    shapes = {kind.kind: _SHAPES[kind.shape] for kind in TRAIN_KINDS}
    for kind, texts in TRAIN_WORDINGS.items():
        fields = shapes[kind] if kind in shapes else _fields(WORDINGS[kind][0])
        assert all(_fields(text) == fields for text in texts), kind
    for texts, fields in (
        (TRAIN_FRAMES, ["i"]),
        ((*TRAIN_JOINS, *TRAIN_JOINS_BACKWARDS, *TRAIN_JOINS_HAVING, *TRAIN_JOINS_HAVING_LAST), ["a", "b"]),
        ((*TRAIN_PLACE_ALL, *TRAIN_PLACE_BOTH), ["o", "p", "t"]),
        (TRAIN_EVERYTHING, ["p", "s", "t"]),
        (TRAIN_EXCEPT, ["x"]),
        ((*TRAIN_ABOUT, *TRAIN_ABOUT_OBJECTS), ["o"]),
        (TRAIN_CORRECTIONS, ["o", "z"]),
        ((*TRAIN_REMARKS, *TRAIN_PURPOSES), []),
        (TRAIN_SHUT_AGAIN, ["o"]),
        (tuple(chain(*TRAIN_RING.values())), []),
    ):
        assert len(set(texts)) == len(texts)
        assert all(_fields(text) == fields for text in texts)
    assert all(set(_fields(text)) - {"q"} == {"o", "s", "t"} for text in chain(*TRAIN_FROM.values()))


@pytest.mark.parametrize("kind", TRAIN_WORDINGS)
def test_forms_vary(kind: str):
    texts = TRAIN_WORDINGS[kind]
    assert sum(not stands_alone(text) for text in texts) >= 4, "too few to be joined"
    assert sum(stands_alone(text) for text in texts) >= 2


def test_the_manipulation_kinds_have_every_form():
    for kind in _MANIPULATION:
        texts = TRAIN_WORDINGS[kind]
        assert any(text.endswith("?") for text in texts), f"{kind}: no question"
        assert any(text.startswith("I ") for text in texts), f"{kind}: no wish"
        assert any(text.startswith("{o}") for text in texts) or kind == "explored", f"{kind}: no statement"


def test_lists_of_things_fit():
    for kind, texts in TRAIN_SEVERAL.items():
        assert len(texts) >= 20
        assert not [text for text in texts if stands_alone(text) or " it " in text], kind


def test_every_deed_of_the_family_of_many_deeds_is_worded():
    (ring,) = (f for f in TRAIN_FAMILIES if f.role == "ring")
    assert set(TRAIN_RING) == set(ring.descriptions)
    assert min(map(len, TRAIN_RING.values())) >= 5
    said = list(chain(*TRAIN_RING.values()))
    assert len(said) == len(set(said))


def _clashes(new: Iterable[str], held_out: Iterable[str]) -> list[tuple[str, str]]:
    """Pairs that ask the same in the same words, or of which one holds the other."""
    held_out = list(held_out)
    return [
        (a, b)
        for a in new
        for b in held_out
        if _gist(a) == _gist(b) or _padded(a) in _padded(b) or _padded(b) in _padded(a)
    ]


@pytest.mark.parametrize("kind", WORDINGS)
def test_no_wording_is_one_of_dev_or_test(kind: str):
    last = WORDINGS[kind][-1:] if len(WORDINGS[kind]) >= 5 else ()
    assert _clashes(_NEW[kind], (*WORDINGS_OF["dev"][kind], *WORDINGS_OF["test"][kind], *last)) == []


def test_no_wording_of_a_new_kind_is_one_of_dev_or_test():
    held_out = {_gist(text) for kinds in WORDINGS_OF.values() for texts in kinds.values() for text in texts}
    new = [text for texts in (*_NEW.values(), *TRAIN_RING.values()) for text in texts]
    assert [text for text in new if _gist(text) in held_out] == []


@pytest.mark.parametrize(
    ("new", "held_out"),
    [
        (TRAIN_FRAMES, FRAMES_OF),
        ((*TRAIN_JOINS, *TRAIN_JOINS_BACKWARDS, *TRAIN_JOINS_HAVING, *TRAIN_JOINS_HAVING_LAST), JOINS_OF),
        ((*TRAIN_PLACE_ALL, *TRAIN_PLACE_BOTH, *TRAIN_EVERYTHING), PLACE_ALL_OF),
    ],
)
def test_nothing_around_a_wording_is_of_dev_or_test(new: tuple[str, ...], held_out: dict[str, tuple[str, ...]]):
    kept = {" ".join(_words(text)) for texts in held_out.values() for text in texts}
    assert not {" ".join(_words(text)) for text in new} & kept


def test_talk_is_not_that_of_dev_or_test_and_its_answers_are_short():
    said = [" ".join(_words(text)) for text, _ in TRAIN_TALK]
    assert len(said) == len(set(said))
    assert not set(said) & {" ".join(_words(text)) for pairs in TALK_OF.values() for text, _ in pairs}
    assert not {_gist(text) for text in said} & {_gist(text) for pairs in TALK_OF.values() for text, _ in pairs}
    assert all(0 < len(answer) <= 60 for _, answer in TRAIN_TALK)


def test_no_written_instruction_can_be_made_of_what_is_new():
    """With any frame of training around any wording, one of them new."""
    bare = [" ".join(_words(one.say)) for split in ("dev", "test") for one in read_written(split)]
    assert not set(bare) & {" ".join(_words(text)) for text, _ in TRAIN_TALK}
    frames = [(_pattern(frame), frame in FRAMES) for frame in TRAIN_FRAMES]
    wordings = [(_pattern(text), text not in _NEW[kind]) for kind, texts in TRAIN_WORDINGS.items() for text in texts]
    wordings += [(_pattern(text), text in PLACE_ALL) for text in TRAIN_PLACE_ALL]
    made = []
    for text in bare:
        inner = [(found["i"], known) for frame, known in frames if (found := frame.fullmatch(text))]
        made += [text for said, a in inner if any(w.fullmatch(said) and not (a and b) for w, b in wordings)]
    assert sorted(set(made)) == []


def _pattern(text: str) -> re.Pattern[str]:
    """What a template makes, as `_words` shows it; a thing is at most four words."""
    found = " ".join(_words(text))
    any_of = {"i": r"(?P<i>.+)", "p": "(?:on|in)"}
    return re.compile(re.sub(r"\{(.)\}", lambda m: any_of.get(m[1], r"\S+(?: \S+){0,3}"), found))


NOUNS = sorted({n for f, nouns in vars(TRAIN).items() if f not in ("colors", "qualifiers") for n in nouns})
_WORLD = SceneGraph(places=tuple(ScenePlace(name=noun) for noun in NOUNS))


@pytest.mark.parametrize("kind", TRAIN_WORDINGS)
def test_no_wording_names_a_thing_of_its_own(kind: str):
    """What the prompt's list of named things would else show."""
    values = {k.kind: k.values for k in TRAIN_KINDS}
    for text in _NEW[kind]:
        said = [text.format(o="zomo", t="trunnel", x=x) for x in values.get(kind, ()) or ("7",)]
        assert [m for one in said for m in mentions(_WORLD, one) if m.names] == [], text


def test_nothing_around_a_wording_names_a_thing():
    new = {*TRAIN_FRAMES, *TRAIN_JOINS, *TRAIN_JOINS_BACKWARDS, *TRAIN_PLACE_ALL} - {*FRAMES, *JOINS, *PLACE_ALL}
    new |= {*TRAIN_PLACE_BOTH, *TRAIN_EVERYTHING, *TRAIN_EXCEPT, *chain(*TRAIN_FROM.values())}
    new |= {*TRAIN_ABOUT, *TRAIN_ABOUT_OBJECTS, *TRAIN_CORRECTIONS}
    slots = dict.fromkeys("iabtsxz", "zomo") | {"o": "zomos", "p": "on", "q": "on"}
    for text in (*new, *TRAIN_SHUT_AGAIN):
        assert [m for m in mentions(_WORLD, text.format(**slots)) if m.names] == [], text


def test_what_is_said_beside_an_instruction_is_not_of_dev_or_test():
    said = {" ".join(_words(one.say)) for split in ("dev", "test") for one in read_written(split)}
    said |= {" ".join(_words(text)) for pairs in TALK_OF.values() for text, _ in pairs}
    said |= {" ".join(_words(text)) for texts in FRAMES_OF.values() for text in texts}
    beside = [" ".join(_words(text)) for text in (*TRAIN_REMARKS, *map(contracted, TRAIN_REMARKS))]
    assert len(TRAIN_REMARKS) >= 100
    assert [text for text in beside if any(f" {text} " in f" {one} " for one in said)] == []


@pytest.mark.parametrize(
    ("full", "short"),
    [
        ("Do not leave {o} there, it is in the way", "Don't leave {o} there, it's in the way"),
        ("stay where you are for {x} seconds", "stay where you are for {x} seconds"),
        ("I would like {o} where it is", "I'd like {o} where it is"),
        ("put it back", "put it back"),
    ],
)
def test_what_is_said_in_a_hurry(full: str, short: str):
    assert contracted(full) == short


@pytest.mark.parametrize(
    ("imperative", "done"),
    [
        ("take the cup", "taken the cup"),
        ("put the cup on the desk", "put the cup on the desk"),
        ("dock", ""),
        ("take the cup and put it on the desk", ""),
        ("close the door, then lock it", ""),
        ("The cup goes on the desk", ""),
    ],
)
def test_what_is_to_be_done_first_is_said_as_done(imperative: str, done: str):
    assert having_done(imperative) == done
