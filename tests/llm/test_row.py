# SPDX-License-Identifier: Apache-2.0
"""What is drawn in place of the likeliest token."""

from collections import Counter
from types import SimpleNamespace

import torch

from agent_planner.llm.row import Row

SCORES = torch.tensor([[2.0, 1.0, 0.0, 5.0]])
FORBIDDEN = 3


class Grammar:
    """Admits all tokens but one, and forces none."""

    def allowed(self):
        return torch.arange(4) != FORBIDDEN

    def forced(self):
        return []

    def take(self, token):
        assert token != FORBIDDEN


def said(temperature, seed=0, matcher=None):
    row = Row([7], SimpleNamespace(tokens=[]), matcher, 1, frozenset(), temperature, seed)
    row.read(1, SCORES.argmax(dim=-1).tolist(), SCORES)
    assert row.raw_invalid is (None if matcher is None else True)
    (token,) = row.said
    return token


def test_without_a_temperature_the_likeliest_is_taken():
    assert {said(0.0, seed) for seed in range(20)} == {FORBIDDEN}
    assert {said(0.0, seed, Grammar()) for seed in range(20)} == {0}


def test_the_same_seed_draws_the_same():
    assert [said(5.0, seed) for seed in range(40)] == [said(5.0, seed) for seed in range(40)]
    assert {said(5.0, seed) for seed in range(40)} == {0, 1, 2, 3}


def test_what_is_drawn_follows_the_scores_within_the_grammar():
    drawn = Counter(said(0.7, seed, Grammar()) for seed in range(1000))
    wanted = (SCORES[0, :3] / 0.7).softmax(dim=-1)
    for token, share in enumerate(wanted.tolist()):
        assert abs(drawn[token] / 1000 - share) < 0.05
