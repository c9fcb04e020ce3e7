# SPDX-License-Identifier: Apache-2.0
"""Three vocabularies that share no word that tells a thing from another."""

from collections.abc import Iterator
from itertools import combinations
from random import Random

import pytest
from pydantic import TypeAdapter

from agent_planner.scene.graph import Name
from agent_planner.tuning.scenarios.scenes import random_scene
from agent_planner.tuning.zoo.vocabulary import DEV, SEEN, TEST, Vocabulary

_LEAST = {
    "colors": 6,
    "objects": 45,
    "surfaces": 12,
    "containers": 9,
    "openables": 9,
    "devices": 8,
    "plants": 5,
    "areas": 9,
    "qualifiers": 7,
}
_ADJECTIVES = ("colors", "qualifiers")


def _nouns(words: Vocabulary) -> list[str]:
    return [noun for field, nouns in vars(words).items() if field not in _ADJECTIVES for noun in nouns]


def _words(words: Vocabulary) -> set[str]:
    return {word for phrases in vars(words).values() for phrase in phrases for word in phrase.split()}


def _telling(words: Vocabulary) -> set[str]:
    """Heads of nouns, colours and qualifiers."""
    return {noun.split()[-1] for noun in _nouns(words)} | {*words.colors, *words.qualifiers}


@pytest.mark.parametrize("words", [DEV, TEST])
def test_a_held_out_vocabulary_is_large_enough_and_names_entities(words: Vocabulary):
    for field, least in _LEAST.items():
        phrases = getattr(words, field)
        assert len(phrases) == len(set(phrases)) >= least, field
        for phrase in phrases:
            assert len(phrase.split()) <= 2
            TypeAdapter(Name).validate_python(phrase)
    assert sum(" " in noun for noun in _nouns(words)) >= 0.25 * len(_nouns(words))


@pytest.mark.parametrize(("held_out", "other"), [(DEV, SEEN), (TEST, SEEN), (DEV, TEST), (TEST, DEV)])
def test_no_telling_word_is_known_elsewhere(held_out: Vocabulary, other: Vocabulary):
    assert not _telling(held_out) & _words(other)


@pytest.mark.parametrize("words", [DEV, TEST])
def test_a_noun_is_clear_within_its_vocabulary(words: Vocabulary):
    nouns = _nouns(words)
    assert len(nouns) == len(set(nouns)), "a place and an object of one name cannot be in one scene"
    for a, b in _ordered_pairs(nouns):
        assert not f" {a} ".endswith(f" {b} ") and not f" {a} ".startswith(f" {b} "), (a, b)
    assert not {word for noun in nouns for word in noun.split()} & {*words.colors, *words.qualifiers}


def _ordered_pairs(nouns: list[str]) -> Iterator[tuple[str, str]]:
    for a, b in combinations(nouns, 2):
        yield a, b
        yield b, a


@pytest.mark.parametrize("words", [DEV, TEST])
def test_scenes_are_made_of_it(words: Vocabulary):
    rng = Random(3)
    drawn = {e.category for _ in range(200) for e in random_scene(rng, words).entities.values()}
    assert drawn <= set(_nouns(words))
    assert len(drawn) > 0.9 * len(_nouns(words))
