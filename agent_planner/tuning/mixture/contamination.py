# SPDX-License-Identifier: Apache-2.0
"""Which training samples say nearly the same as something that a model is evaluated on.

AgentTuning (Zeng et al. 2023) takes over the check of Llama 2 (Touvron et al. 2023, arXiv 2307.09288, A.6): 10-grams
match with up to 4 mismatches; a sample with over 80 % of its tokens matched is dirty, with under 20 % clean. Here it is
the training samples that are labelled, since it is they that are left out.

Where the papers are silent, this is what is done:

- A text is a sample's instruction and stated goal one behind the other; where it has no instruction, the turn that
  the model answers first. Tokens are its words and numbers in lower case, without template words: those that only say
  what is asked, not about what.
- Two texts are compared in grams of ``g = min(10, length of the one, length of the other)`` tokens, so that a text
  of less than ten is one gram as a whole. Up to ``floor(4 g / 10)`` positions may differ. For short texts this is
  lenient: of "red cube shelf", one word may be another.
- A training token is matched if it lies in any gram that matches any gram of any evaluation text.
- A text without a token left is clean.
"""

import re
from collections.abc import Collection, Sequence
from enum import StrEnum
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

GRAM = 10
MISMATCHES = 4
DIRTY, CLEAN = 0.8, 0.2
_WORD = re.compile(r"[^\W_]+")
# Pairs that are compared at once; bounds the memory (10 tokens of 4 bytes, twice).
_AT_ONCE = 1 << 20

Tokens = NDArray[np.int32]


class Label(StrEnum):
    """What a training sample is, by the share of its tokens that are matched."""

    CLEAN = "clean"
    GREY = "grey"
    DIRTY = "dirty"


def tokens_of(text: str, template: Collection[str] = frozenset()) -> list[str]:
    """The words and numbers of a text in lower case, without template words."""
    return [word for word in _WORD.findall(text.lower()) if word not in template]


def label_of(share: float) -> Label:
    """The label for a share of matched tokens."""
    return Label.DIRTY if share > DIRTY else Label.CLEAN if share < CLEAN else Label.GREY


def matched_shares(
    training: Sequence[Sequence[str]], evaluation: Sequence[Sequence[str]], mismatches: int = MISMATCHES
) -> list[float]:
    """The share of matched tokens of each training text.

    Two grams that differ in at most m positions are equal in one of any m + 1 pieces (pigeonhole), so only pairs that
    share a piece are compared.

    Args:
        training: the tokens of each training text.
        evaluation: the tokens of each evaluation text.
        mismatches: positions of ten that may differ, from 0 to 9.
    """
    ids: dict[str, int] = {}
    theirs, ours = _numbered(evaluation, ids), _numbered(training, ids)
    matched = [np.zeros(len(text), bool) for text in ours]
    for length in range(1, GRAM + 1):
        whole_ours = [i for i, text in enumerate(ours) if len(text) == length]
        longer_ours = [i for i, text in enumerate(ours) if len(text) > length]
        at_least = [text for text in theirs if len(text) >= length]
        allowed = mismatches * length // GRAM
        _mark(matched, ours, whole_ours, at_least, length, allowed)
        others = at_least if length == GRAM else [text for text in at_least if len(text) == length]
        _mark(matched, ours, longer_ours, others, length, allowed)
    return [float(flags.mean()) if len(flags) else 0.0 for flags in matched]


def _numbered(texts: Sequence[Sequence[str]], ids: dict[str, int]) -> list[Tokens]:
    return [np.array([ids.setdefault(word, len(ids)) for word in text], np.int32) for text in texts]


def _mark(
    matched: list[NDArray[np.bool_]],
    ours: list[Tokens],
    chosen: list[int],
    theirs: list[Tokens],
    length: int,
    mismatches: int,
) -> None:
    """Mark the tokens of the chosen texts of ours that lie in a gram which theirs have as well."""
    if not chosen or not theirs:
        return
    grams, which = np.unique(_windows([ours[i] for i in chosen], length), axis=0, return_inverse=True)
    hit = _hits(grams, np.unique(_windows(theirs, length), axis=0), mismatches)
    found = hit[which.reshape(-1)]
    end = 0
    for i in chosen:
        begin, end = end, end + len(ours[i]) - length + 1
        for start in np.flatnonzero(found[begin:end]):
            matched[i][start : start + length] = True


def _windows(texts: list[Tokens], length: int) -> Tokens:
    """All grams of the texts, one behind the other; shape (n, length)."""
    return np.concatenate([np.lib.stride_tricks.sliding_window_view(text, length) for text in texts])


def _hits(ours: Tokens, theirs: Tokens, mismatches: int) -> NDArray[np.bool_]:
    """Which of our grams differ from one of theirs in at most so many positions; both of shape (n, length)."""
    length = ours.shape[1]
    hit = np.zeros(len(ours), bool)
    bounds = [round(piece * length / (mismatches + 1)) for piece in range(mismatches + 2)]
    for begin, end in pairwise(bounds):
        left = np.flatnonzero(~hit)
        keys = np.unique(np.concatenate([ours[left, begin:end], theirs[:, begin:end]]), axis=0, return_inverse=True)[1]
        keys = keys.reshape(-1)
        order = np.argsort(keys[len(left) :], kind="stable")
        sorted_keys = keys[len(left) :][order]
        first = np.searchsorted(sorted_keys, keys[: len(left)], "left")
        count = np.searchsorted(sorted_keys, keys[: len(left)], "right") - first
        for part in _parts(count):
            mine = np.repeat(left[part], count[part])
            offset = np.arange(len(mine)) - np.repeat(np.cumsum(count[part]) - count[part], count[part])
            other = order[np.repeat(first[part], count[part]) + offset]
            near = (ours[mine] != theirs[other]).sum(axis=1) <= mismatches
            hit[mine[near]] = True
    return hit


def _parts(count: NDArray[np.int64]) -> list[slice]:
    """Cut the grams into parts with about as many pairs as are compared at once."""
    filled = np.cumsum(count) // _AT_ONCE
    cuts = np.flatnonzero(np.diff(filled)) + 1
    return [slice(begin, end) for begin, end in pairwise([0, *cuts.tolist(), len(count)])]
