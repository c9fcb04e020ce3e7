# SPDX-License-Identifier: Apache-2.0
"""The words of training: many, well-formed, and none that tells things apart in a held-out vocabulary."""

from collections.abc import Iterator
from random import Random

import pytest
from pydantic import TypeAdapter

from agent_planner.scene.graph import Name
from agent_planner.tuning.scenarios.clauses import plural
from agent_planner.tuning.scenarios.scenes import random_scene
from agent_planner.tuning.zoo.train_vocabulary import TRAIN
from agent_planner.tuning.zoo.vocabulary import DEV, SEEN, TEST, Vocabulary

_LEAST = {
    "colors": 16,
    "objects": 180,
    "surfaces": 60,
    "containers": 40,
    "openables": 40,
    "devices": 35,
    "plants": 15,
    "areas": 35,
    "qualifiers": 30,
}
_ADJECTIVES = ("colors", "qualifiers")


def _nouns(words: Vocabulary) -> list[str]:
    return [noun for field, nouns in vars(words).items() if field not in _ADJECTIVES for noun in nouns]


def _telling(words: Vocabulary) -> set[str]:
    """Heads of nouns, colours and qualifiers."""
    return {noun.split()[-1] for noun in _nouns(words)} | {*words.colors, *words.qualifiers}


def _new() -> Iterator[str]:
    known = {phrase for phrases in vars(SEEN).values() for phrase in phrases}
    yield from (phrase for phrases in vars(TRAIN).values() for phrase in phrases if phrase not in known)


@pytest.mark.parametrize("field", _LEAST)
def test_there_are_enough(field: str):
    phrases = getattr(TRAIN, field)
    assert len(phrases) == len(set(phrases)) >= _LEAST[field]
    assert phrases[: len(getattr(SEEN, field))] == getattr(SEEN, field)


def test_every_noun_names_an_entity_with_any_adjective():
    longest = max((*TRAIN.colors, *TRAIN.qualifiers), key=len)
    for noun in _nouns(TRAIN):
        TypeAdapter(Name).validate_python(noun)
        TypeAdapter(Name).validate_python(f"{longest} {noun}")


@pytest.mark.parametrize("held_out", [DEV, TEST])
def test_no_telling_word_of_a_held_out_vocabulary_is_in_it(held_out: Vocabulary):
    words = {word for phrases in vars(TRAIN).values() for phrase in phrases for word in phrase.split()}
    assert words & _telling(held_out) == set()
    assert _telling(TRAIN) & _telling(held_out) == set()


def test_a_noun_is_of_one_sort_and_holds_no_adjective():
    nouns = _nouns(TRAIN)
    assert len(nouns) == len(set(nouns)), "a place and an object of one name cannot be in one scene"
    adjectives = {*TRAIN.colors, *TRAIN.qualifiers}
    assert [noun for noun in _new() if noun not in adjectives and set(noun.split()) & adjectives] == []


def test_the_plural_of_an_object_is_right():
    """`plural` knows no irregular nouns, nor those that are plural already."""
    for noun in TRAIN.objects:
        assert not noun.endswith(("fe", "lf", "o", "us")) and plural(noun) != noun
        assert not noun.endswith("s") or noun.endswith(("ss", "us")), noun


def test_scenes_are_made_of_it():
    rng = Random(3)
    drawn = {e.category for _ in range(1500) for e in random_scene(rng, TRAIN).entities.values()}
    assert drawn <= set(_nouns(TRAIN))
    assert len(drawn) > 0.9 * len(_nouns(TRAIN))
