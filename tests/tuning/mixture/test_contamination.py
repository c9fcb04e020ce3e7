# SPDX-License-Identifier: Apache-2.0
"""The index finds what comparing every gram with every other finds."""

from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from agent_planner.tuning.mixture import contamination
from agent_planner.tuning.mixture.contamination import Label, label_of, matched_shares, tokens_of

TEXTS = st.lists(st.lists(st.sampled_from("abcde"), max_size=16), max_size=5)


def by_force(training, evaluation, mismatches=4):
    return [share(text, evaluation, mismatches) for text in training]


def share(text, evaluation, mismatches):
    matched = [False] * len(text)
    for other in evaluation:
        length = min(10, len(text), len(other))
        for start in range(len(text) - length + 1 if length else 0):
            gram = text[start : start + length]
            others = (other[place : place + length] for place in range(len(other) - length + 1))
            if any(sum(a != b for a, b in zip(gram, o, strict=True)) <= mismatches * length // 10 for o in others):
                matched[start : start + length] = [True] * length
    return sum(matched) / len(text) if text else 0.0


@settings(max_examples=200, deadline=None)
@given(TEXTS, TEXTS, st.sampled_from([0, 2, 4, 9]))
def test_the_index_misses_nothing_and_adds_nothing(training, evaluation, mismatches):
    assert matched_shares(training, evaluation, mismatches) == by_force(training, evaluation, mismatches)


def test_pairs_in_several_parts_are_all_compared(monkeypatch):
    monkeypatch.setattr(contamination, "_AT_ONCE", 3)
    rng = Random(0)
    training, evaluation = ([rng.choices("abcdef", k=rng.randint(0, 14)) for _ in range(25)] for _ in range(2))
    assert matched_shares(training, evaluation) == by_force(training, evaluation)


def test_labels_are_those_of_the_paper():
    assert [label_of(s) for s in (0.0, 0.19, 0.2, 0.8, 0.81)] == [
        Label.CLEAN,
        Label.CLEAN,
        Label.GREY,
        Label.GREY,
        Label.DIRTY,
    ]


def test_four_of_ten_tokens_may_differ_and_five_may_not():
    text = list("abcdefghij")
    assert matched_shares([text], [[*"abcdef", *"wxyz"]]) == [1.0]
    assert matched_shares([text], [[*"abcde", *"vwxyz"]]) == [0.0]
    # Shorter texts are one gram, of which as large a part may differ.
    assert matched_shares([list("abc")], [list("abx")]) == [1.0]
    assert matched_shares([list("ab")], [list("ax")]) == [0.0]
    assert matched_shares([[]], [list("ax")]) == [0.0]


def test_tokens_are_words_and_numbers_without_template_words():
    assert tokens_of("Put the Red_cube in box 2!", {"put", "the", "in"}) == ["red", "cube", "box", "2"]
