# SPDX-License-Identifier: Apache-2.0
"""What all general conversations have in common: their records, and what makes a text unfit to learn from."""

import re
from collections import Counter
from collections.abc import Sequence
from typing import Any

from agent_planner.tuning.data.records import Record, human, record, said
from agent_planner.tuning.mixture.names import Split
from agent_planner.tuning.scenarios.scenario import stable_seed

_SPLITS = {0: Split.DEV, 1: Split.TEST}
_LATIN = 0.9
_GRAM = 4
_REPEATED = 0.3
_NOT_LETTERS = re.compile(r"[\W\d_]+")
# Everything up to Latin Extended-B, and Latin Extended Additional (Unicode, chapter 7).
_NOT_LATIN = re.compile(r"[^\u0000-\u024f\u1e00-\u1eff]")


def general_record(
    name: str,
    turns: Sequence[str],
    source: str,
    family: str,
    split: Split,
    more: dict[str, Any] | None = None,
    system: str = "",
) -> Record:
    """A conversation that a person begins and in which the model's turns are all learned.

    Args:
        name: its id.
        turns: person and model by turns.
        source: the general source that it comes from.
        family: what kind of conversation it is.
        split: that it belongs to.
        more: further keys.
        system: the system turn before them; empty for none.
    """
    spoken = [human(system)] if system else []
    spoken += [said(text) if number % 2 else human(text) for number, text in enumerate(turns)]
    keys = {"source": source, "family": family, "group": name, "split": split.value, **(more or {})}
    return record(name, {"id": name, "conversations": [turn.model_dump(by_alias=True) for turn in spoken], **keys})


def split_of(source: str, key: str) -> Split:
    """The split of a conversation, by a hash of what tells it from others: one in ten each is for dev and for test."""
    return _SPLITS.get(stable_seed(source, key) % 10, Split.TRAIN)


def opening_key(text: str) -> str:
    """What two first turns have in common that count as the same: their words, whatever their case and spacing."""
    return " ".join(text.casefold().split())


def is_latin(text: str) -> bool:
    """Whether there are letters, and at least nine in ten of them are Latin."""
    letters = _NOT_LETTERS.sub("", text)
    return bool(letters) and len(_NOT_LATIN.sub("", letters)) >= _LATIN * len(letters)


def repeats(text: str) -> bool:
    """Whether more than three in ten of its 4-grams of words stand there already."""
    words = text.casefold().split()
    grams = Counter(zip(*(words[start:] for start in range(_GRAM)), strict=False))
    total = grams.total()
    return total > 0 and (total - len(grams)) / total > _REPEATED
