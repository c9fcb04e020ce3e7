# SPDX-License-Identifier: Apache-2.0
"""Held-out wordings: enough of them, well-formed, and none that training or the other split knows."""

import re
import string
from collections.abc import Iterable

import pytest

from agent_planner.tuning.zoo.held_out_families import DEV_KINDS, TEST_KINDS
from agent_planner.tuning.zoo.held_out_wordings import (
    FRAMES_OF,
    JOINS_OF,
    PLACE_ALL_OF,
    TALK_OF,
    WORDINGS_OF,
)
from agent_planner.tuning.zoo.kinds import AbilityKind, stands_alone
from agent_planner.tuning.zoo.wordings import FRAMES, JOINS, PLACE_ALL, TALK, WORDINGS

SPLITS = {"dev": DEV_KINDS, "test": TEST_KINDS}
_SHAPES = {"one": ["o"], "two": ["o", "t"], "value": ["x"], "none": []}


def _bare(text: str) -> str:
    """Lower case, without placeholders and punctuation."""
    words = re.sub(r"\{.\}", " ", text).lower().translate(str.maketrans("", "", string.punctuation))
    return " ".join(words.split())


def _fields(text: str) -> list[str]:
    return sorted(name for _, name, _, _ in string.Formatter().parse(text) if name)


def _padded(text: str) -> str:
    """As words between spaces, placeholders kept, so that one may be looked for in another."""
    return f" {' '.join(re.findall(r'[{}a-z]+', text.lower()))} "


def test_there_are_enough():
    held_out = sum(len(texts) for kinds in WORDINGS_OF.values() for texts in kinds.values())
    assert held_out + sum(map(len, WORDINGS.values())) >= 300


@pytest.mark.parametrize("split", SPLITS)
def test_every_kind_is_worded_by_its_split_alone(split: str):
    own = {kind.kind: kind for kind in SPLITS[split]}
    assert set(WORDINGS_OF[split]) == set(WORDINGS) | set(own)
    for kind, texts in WORDINGS_OF[split].items():
        fields = _fields_of(kind, own)
        assert len(texts) >= (5 if kind in own else 4), kind
        assert all(_fields(text) == fields for text in texts), kind
        assert sum(not stands_alone(text) for text in texts) >= 2, f"{kind}: too few to be joined"


def test_a_list_of_things_can_be_joined_and_framed():
    for kinds in WORDINGS_OF.values():
        assert not any(stands_alone(text) for kind in ("on", "in") for text in kinds[kind][:5])


def _fields_of(kind: str, own: dict[str, AbilityKind]) -> list[str]:
    return _SHAPES[own[kind].shape] if kind in own else _fields(WORDINGS[kind][0])


def _clashes(some: Iterable[str], others: Iterable[str]) -> list[tuple[str, str]]:
    """Pairs of which one is the other, or contains it whole."""
    others = list(others)
    return [(a, b) for a in some for b in others if _bare(a) == _bare(b) or _padded(b) in _padded(a)]


@pytest.mark.parametrize("kind", WORDINGS)
def test_no_wording_holds_one_of_training_or_the_other_split(kind: str):
    dev, test = WORDINGS_OF["dev"][kind], WORDINGS_OF["test"][kind]
    assert not _clashes((*dev, *test), WORDINGS[kind])
    assert not _clashes(dev, test) and not _clashes(test, dev)


def test_no_wording_stands_twice_nor_is_a_training_wording_in_its_frame():
    held_out = [_bare(text) for kinds in WORDINGS_OF.values() for texts in kinds.values() for text in texts]
    assert [text for text in held_out if held_out.count(text) > 1] == []
    framed = {_bare(frame.format(i=text)) for texts in WORDINGS.values() for text in texts for frame in FRAMES}
    assert framed & set(held_out) == set()


@pytest.mark.parametrize(
    ("of", "training", "least", "fields"),
    [
        (FRAMES_OF, FRAMES, 8, ["i"]),
        (JOINS_OF, JOINS, 5, ["a", "b"]),
        (PLACE_ALL_OF, PLACE_ALL, 4, ["o", "p", "t"]),
    ],
)
def test_what_goes_around_a_wording_is_new_as_well(
    of: dict[str, tuple[str, ...]], training: tuple[str, ...], least: int, fields: list[str]
):
    known = {_bare(text) for text in training}
    for texts in of.values():
        bare = {_bare(text) for text in texts}
        assert len(texts) == len(bare) >= least
        assert not bare & known
        assert all(_fields(text) == fields for text in texts)
    assert not {_bare(t) for t in of["dev"]} & {_bare(t) for t in of["test"]}


def test_talk_is_new_and_its_answers_are_short():
    said = [_bare(text) for pairs in (TALK, *TALK_OF.values()) for text, _ in pairs]
    assert len(said) == len(set(said))
    for pairs in TALK_OF.values():
        assert len(pairs) >= 20
        assert all(0 < len(answer) <= 60 for _, answer in pairs)
