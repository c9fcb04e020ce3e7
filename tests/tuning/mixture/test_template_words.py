# SPDX-License-Identifier: Apache-2.0
"""Words that say what is asked, not about what."""

from dataclasses import astuple

import pytest

from agent_planner.goals import Goal, format_goal
from agent_planner.tuning.mixture.contamination import Label, label_of, matched_shares, tokens_of
from agent_planner.tuning.mixture.template_words import template_words
from agent_planner.tuning.zoo.held_out_wordings import WORDINGS_OF
from agent_planner.tuning.zoo.train_vocabulary import TRAIN
from agent_planner.tuning.zoo.train_wordings import TRAIN_WORDINGS
from agent_planner.tuning.zoo.vocabulary import DEV, SEEN, TEST
from agent_planner.types import Atom

VOCABULARIES = [astuple(vocabulary) for vocabulary in (SEEN, TRAIN, DEV, TEST)]
NAMES = {word for lists in VOCABULARIES for words in lists for text in words for word in text.split()}


def test_template_words_say_what_is_asked_and_not_about_what():
    words = template_words()
    assert {"put", "the", "into", "please", "holding", "pick"} <= words
    assert {"squeaks", "hurry", "grandfather"} <= words, "of training alone"
    assert words.isdisjoint({"cube", "red", "drawer", "shelf", "battery", "key"})
    assert words.isdisjoint({"lunch", "music", "light"}), "of things of training"


@pytest.mark.parametrize(
    ("kind", "things"),
    [
        ("on", ("salt shaker", "window ledge")),
        ("in", ("striped pillow", "barrel")),
        ("open", ("display case",)),
        ("closed", ("freezer",)),
    ],
)
def test_what_training_says_of_a_thing_and_a_goal_that_are_held_out_is_dirty(kind: str, things: tuple[str, ...]):
    """However it is worded; but for the few wordings with a word that other things are named with ("open it wide")."""
    goal = format_goal(Goal(((Atom(kind, things),),)))
    slots = dict(zip("ot", (f"the {thing}" for thing in things), strict=False))

    def tokens(wording: str) -> list[str]:
        return tokens_of(f"{wording.format(**slots)} {goal}", template_words())

    ours = [tokens(wording) for wording in TRAIN_WORDINGS[kind]]
    shares = matched_shares(ours, [tokens(wording) for wording in WORDINGS_OF["dev"][kind]])
    own = {word for thing in things for word in thing.split()}
    said_beside = [set(text) - own for text in ours]
    assert set().union(*said_beside) <= NAMES
    dirty = [label_of(share) is Label.DIRTY for share in shares]
    assert all(is_dirty or beside for is_dirty, beside in zip(dirty, said_beside, strict=True))
    assert sum(dirty) > 0.85 * len(ours)
