# SPDX-License-Identifier: Apache-2.0
"""Phrasings: those of training, and those that were kept from it."""

import pytest

from agent_planner.tuning.scenarios.clauses import KINDS
from agent_planner.tuning.scenarios.phrasing import TRAINING, held_out
from agent_planner.tuning.zoo.kinds import stands_alone


def test_every_kind_of_clause_has_wordings():
    kinds = {kind for kind in KINDS if not kind.endswith("_many")} - {"ring"}
    assert kinds <= TRAINING.of.keys()
    for split in ("dev", "test"):
        for several in (False, True):
            phrasing = held_out(split, several)
            assert all(phrasing.of[kind] for kind in kinds) and all(phrasing.several.values()) and phrasing.place_all


@pytest.mark.parametrize("split", ["dev", "test"])
def test_only_bare_imperatives_are_joined(split: str):
    words = held_out(split, several=True)
    assert not any(stands_alone(w) for wordings in words.of.values() for w in wordings)
    assert words.shut_again == words.of["closed"]


@pytest.mark.parametrize("split", ["dev", "test"])
def test_a_frame_goes_round_imperatives_only(split: str):
    words = held_out(split, several=False)
    assert words.frames == ("{i}",)
    bare = held_out(split, several=True).of["open"]
    framed = [w for w in words.of["open"] if any(b in w and b != w for b in bare)]
    assert len(framed) > 20 and "{i}" not in "".join(framed)
    assert any(stands_alone(w) and w.startswith("{o}") for w in words.of["open"])
