# SPDX-License-Identifier: Apache-2.0
"""Samples packed for forward passes: what they share is computed once, and nothing is padded.

The samples of a pass are a tree of segments: each holds the tokens that the samples below it share, and attends to the
segments above it. That equals training on each sample alone; where a shared token is learned, the weights add up.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import torch

from agent_planner.tuning.training.encode import Sample
from agent_planner.tuning.training.tree_attention import Segment

# A segment of its own costs a call of the attention in each layer; fewer shared tokens are computed as fast twice.
WORTH_SHARING = 16


@dataclass(frozen=True)
class Pass:
    """What one forward pass computes.

    Attributes:
        inputs: the model's arguments by name; tensors of shape (rows, columns) and, for trees, ``segments``.
        predictors: (m,), int64: the places (row · columns + column) after which a token is learned.
        targets: (m,), int64: these tokens.
        weights: (m,), float32: how much each counts.
    """

    inputs: dict[str, Any]
    predictors: torch.Tensor
    targets: torch.Tensor
    weights: torch.Tensor


def tree_passes(samples: Sequence[Sample], limit: int, worth: int = WORTH_SHARING) -> list[Pass]:
    """Pack samples as trees.

    Args:
        samples: in any order.
        limit: tokens in a pass; a longer sample has one of its own.
        worth: how many tokens must be shared for a segment of their own.
    """
    # Beside one another stand those that share most.
    ordered = sorted(samples, key=lambda s: s.tokens.astype(">u4").tobytes())
    shared = [shared_tokens(a, b) for a, b in pairwise(ordered)]
    passes, first, size = [], 0, 0
    for place, sample in enumerate(ordered):
        common = shared[place - 1] if place > first and shared[place - 1] >= worth else 0
        if place > first and size + len(sample) - common > limit:
            passes.append(_Trees(ordered[first:place], shared[first : place - 1], worth).packed())
            first, size, common = place, 0, 0
        size += len(sample) - common
    if ordered:
        passes.append(_Trees(ordered[first:], shared[first:], worth).packed())
    return passes


def shared_tokens(a: Sample, b: Sample) -> int:
    """How many tokens both begin with; less one where that is all of one, so that each has some of its own."""
    n = min(len(a), len(b)) - 1
    differ = np.flatnonzero(a.tokens[:n] != b.tokens[:n])
    return int(differ[0]) if len(differ) else n


class _Trees:
    """Builds one pass from ordered samples and from how many tokens neighbours share."""

    def __init__(self, samples: Sequence[Sample], shared: Sequence[int], worth: int):
        self._samples, self._shared, self._worth = samples, shared, worth
        self._segments: list[Segment] = []
        self._tokens: list[np.ndarray] = []
        self._positions: list[np.ndarray] = []
        self._predictors: list[np.ndarray] = []
        self._weights: list[np.ndarray] = []

    def packed(self) -> Pass:
        self._split(0, len(self._samples), 0, -1)
        tokens, weights = np.concatenate(self._tokens), np.concatenate(self._weights)
        learned = weights > 0
        inputs = {
            "input_ids": torch.from_numpy(tokens.astype(np.int64))[None],
            "position_ids": torch.from_numpy(np.concatenate(self._positions))[None],
            "segments": tuple(self._segments),
        }
        predictors = np.concatenate(self._predictors)[learned]
        return Pass(inputs, *map(torch.from_numpy, (predictors, tokens[learned].astype(np.int64), weights[learned])))

    def _split(self, low: int, high: int, depth: int, parent: int) -> None:
        """Lay out samples low to high - 1, of which all share ``depth`` tokens, behind the segment ``parent``."""
        if high - low == 1:
            self._add(low, high, depth, len(self._samples[low]), parent)
            return
        common = min(self._shared[low : high - 1])
        if common - depth >= self._worth:
            depth, parent = common, self._add(low, high, depth, common, parent)
        ends = [place + 1 for place in range(low, high - 1) if self._shared[place] == common]
        for begin, end in pairwise((low, *ends, high)):
            self._split(begin, end, depth, parent)

    def _add(self, low: int, high: int, depth: int, end: int, parent: int) -> int:
        begin = self._segments[-1].end if self._segments else 0
        places = np.arange(begin, begin + end - depth, dtype=np.int64)
        self._segments.append(Segment(begin, begin + end - depth, parent))
        self._tokens.append(self._samples[low].tokens[depth:end])
        self._positions.append(places - begin + depth)
        self._weights.append(np.stack([s.weights[depth:end] for s in self._samples[low:high]]).sum(axis=0))
        before = self._segments[parent].end - 1 if parent >= 0 else 0
        self._predictors.append(np.concatenate([[before], places[:-1]]))
        return len(self._segments) - 1


def padded_passes(samples: Sequence[Sample], limit: int) -> list[Pass]:
    """Pack samples of like length as rows, filled up at their ends.

    Args:
        samples: in any order.
        limit: places in a pass; a longer sample has one of its own.
    """
    ordered = sorted(samples, key=len)
    return [rows_pass(rows) for rows in _buckets(ordered, limit)]


def _buckets(ordered: Sequence[Sample], limit: int) -> Iterator[Sequence[Sample]]:
    first = 0
    for place, sample in enumerate(ordered):
        if place > first and (place - first + 1) * len(sample) > limit:
            yield ordered[first:place]
            first = place
    if ordered:
        yield ordered[first:]


def rows_pass(samples: Sequence[Sample]) -> Pass:
    """One pass with a row for each sample."""
    columns = max(map(len, samples))
    tokens = np.zeros((len(samples), columns), dtype=np.int64)
    weights = np.zeros((len(samples), columns), dtype=np.float32)
    mask = np.zeros((len(samples), columns), dtype=np.int64)
    for row, sample in enumerate(samples):
        tokens[row, : len(sample)] = sample.tokens
        weights[row, : len(sample)] = sample.weights
        mask[row, : len(sample)] = 1
    learned = np.flatnonzero(weights > 0)
    inputs = {"input_ids": torch.from_numpy(tokens), "attention_mask": torch.from_numpy(mask)}
    found = learned - 1, tokens.flatten()[learned], weights.flatten()[learned]
    return Pass(inputs, *map(torch.from_numpy, found))
